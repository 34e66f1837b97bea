"""The HTTP face of ClickHouse over chdb, its engine as a library.

Answers what the output `clickhouse` sends: questions and inserts as POST bodies with settings in the
query string, Basic authorization, and errors as the server gives them (status, exception code, text).
Only for tests; started with the port, the folder for data, and the password of the user `default`.
"""

import base64
import hmac
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from chdb import session

PORT, FOLDER, PASSWORD = int(sys.argv[1]), sys.argv[2], sys.argv[3]
AUTHORIZATION = "Basic " + base64.b64encode(f"default:{PASSWORD}".encode()).decode()
# Parameters of a request that are no settings.
OWN = {"database", "query_id", "session_id", "query", "default_format"}
# Statuses by exception code, as the server has them; all others are 500.
STATUS = {516: 403, 497: 403, 60: 404, 81: 404, 62: 400, 26: 400, 27: 400, 72: 400, 117: 400, 6: 400, 108: 400}
LOCK = Lock()
ENGINE = session.Session(FOLDER)


def with_settings(body, settings):
    """Puts settings where the engine reads them: in front of the data of an insert, behind a query."""
    if not settings:
        return body
    pairs = ", ".join(f"{name} = '{value}'" for name, value in settings)
    match = re.match(rb"INSERT INTO .*? (?=FORMAT \w+\n)", body, re.S)
    if match:
        return match.group(0) + f"SETTINGS {pairs} ".encode() + body[match.end():]
    return body


def run(body, database, settings):
    with LOCK:
        # The server refuses a database that is not there whatever the query is.
        ENGINE.query("USE `" + database.strip('`"').replace("`", "``") + "`")
        return ENGINE.query(with_settings(body, settings).decode("utf-8", "surrogateescape"), "TabSeparated")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, text, headers=()):
        body = text if isinstance(text, bytes) else text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def fail(self, code, text):
        self.reply(STATUS.get(code, 500), text + "\n", [("X-ClickHouse-Exception-Code", str(code))])

    def do_GET(self):
        self.reply(200, "Ok.\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not hmac.compare_digest(self.headers.get("Authorization", ""), AUTHORIZATION):
            text = "Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)"
            return self.fail(516, text)
        parameters = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        database = dict(parameters).get("database", "default")
        settings = [(name, value) for name, value in parameters if name not in OWN]
        try:
            result = run(body, database, settings)
        except Exception as error:  # The engine has one class for all.
            text = str(error)
            code = re.search(r"Code: (\d+)", text)
            return self.fail(int(code.group(1)) if code else 1002, text)
        rows = result.bytes() if hasattr(result, "bytes") else str(result).encode()
        self.reply(200, rows, [("X-ClickHouse-Summary", '{"written_rows":"0"}')])

    def log_message(self, *_):
        pass


print("engine", ENGINE.query("SELECT version()", "TabSeparated"), flush=True)
ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
