"""Runs a user's script for evtui: timestamps in, events out, over two pipes.

Requests come in on standard input, answers go out on what was standard output. Both are moved out of
the way before the script is loaded, so that nothing it prints or reads gets between them.
"""

import array
import faulthandler
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import io
import itertools
import json
import linecache
import os
import select
import struct
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

MAGIC = 0x45565457
REQUEST = struct.Struct('<BI')
ANSWER = struct.Struct('<IBIII')
ROW = struct.Struct('<HBBBBBIiH')

LIST, DROPPED, EXHAUSTED, FAILED = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC

SIGNALS = 'eventum.plugins.event.exceptions'
OWN = '<evtui worker>'
FLUSH_SECONDS = 0.02
FLUSH_BYTES = 256 * 1024
EVENTS_A_LOOK = 8
TEXT_CHARS = 2000


class Pipes:
    """The two pipes to evtui, away from the numbers that scripts know."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = os.dup(0)
        self.answers = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        self.reader = io.open(self.requests, 'rb', buffering=65536, closefd=False)
        os.register_at_fork(after_in_child=self.forget)
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(encoding='utf-8', errors='backslashreplace', line_buffering=True)

    def forget(self):
        """A forked child must not hold the pipes open, and never write to them."""
        for fd in (self.requests, self.answers):
            try:
                os.close(fd)
            except OSError:
                pass

    def read(self):
        """The next request, or None at the end."""
        head = self.reader.read(REQUEST.size)
        if len(head) < REQUEST.size:
            return None, b''
        kind, size = REQUEST.unpack(head)
        body = self.reader.read(size)
        return (kind, body) if len(body) == size else (None, b'')

    def write(self, kind, number, heads, data):
        frame = ANSWER.pack(MAGIC, ord(kind), number, len(heads), len(data)) + heads.tobytes() + data
        view = memoryview(frame)
        with self.lock:
            while view:
                view = view[os.write(self.answers, view):]

    def tell(self, kind, value):
        self.write(kind, 0, array.array('I'), json.dumps(value).encode())


def printable(text):
    return str(text).encode('utf-8', 'backslashreplace').decode()


def text_of(error):
    try:
        text = str(error)
    except Exception:
        text = '(its text cannot be made)'
    if len(text) > TEXT_CHARS:
        text = text[:TEXT_CHARS] + '...'
    return printable(text)


class Places:
    """Which lines of a traceback are the user's own."""

    def __init__(self, script, base):
        self.script = script
        self.base = os.path.join(base, '')

    def owns(self, name):
        return name == self.script or (
            name.startswith(self.base)
            and 'site-packages' not in name
            and not name.startswith((sys.prefix + os.sep, sys.base_prefix + os.sep))
        )

    def columns(self, code, lasti, line):
        """First and last column from 1, in characters; 0 where Python does not know."""
        if not hasattr(code, 'co_positions') or lasti < 0:
            return 0, 0
        at = next(itertools.islice(code.co_positions(), lasti // 2, None), None)
        if at is None or at[0] != line or at[2] is None:
            return 0, 0
        text = linecache.getline(code.co_filename, line).encode()
        start = len(text[: at[2]].decode('utf-8', 'replace')) + 1
        end = len(text[: at[3]].decode('utf-8', 'replace')) + 1 if at[1] == line else 0
        return start, end

    def of(self, steps):
        """Splits the steps of a stack, innermost first, into places and the foreign code on top."""
        frames, inside = [], None
        for index, (code, line, lasti) in enumerate(steps):
            name = code.co_filename
            if name == OWN or line is None:
                continue
            if self.owns(name):
                start, end = self.columns(code, lasti, line)
                frames.append([printable(name), line, start, end, code.co_name])
            elif not frames and inside is None and not name.startswith('<'):
                inside = '%s:%d' % ('/'.join(printable(name).split(os.sep)[-2:]), line)
        return frames[:50], inside

    def of_traceback(self, traceback):
        steps = []
        while traceback is not None:
            frame = traceback.tb_frame
            steps.append((frame.f_code, traceback.tb_lineno, traceback.tb_lasti))
            traceback = traceback.tb_next
        steps.reverse()
        return self.of(steps)

    def of_frame(self, frame):
        steps = []
        while frame is not None:
            steps.append((frame.f_code, frame.f_lineno, frame.f_lasti))
            frame = frame.f_back
        return self.of(steps)

    def describe(self, error):
        """An exception as evtui shows it."""
        frames, inside = self.of_traceback(error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename and error.lineno:
            column = error.offset or 0
            frames.insert(0, [printable(error.filename), error.lineno, max(column, 0), 0, ''])
            inside = None
            message = printable(error.msg)
        else:
            message = text_of(error)
        for note in getattr(error, '__notes__', None) or ():
            message += '; ' + text_of(note)
        cause = error.__cause__
        if cause is None and not error.__suppress_context__:
            cause = error.__context__
        told = {
            'kind': 'exit' if isinstance(error, SystemExit) else 'raise',
            'type': type(error).__name__,
            'text': message,
            'frames': frames,
            'inside': inside,
        }
        if cause is not None:
            told['cause'] = '%s: %s' % (type(cause).__name__, text_of(cause))
        if isinstance(error, ModuleNotFoundError) and error.name:
            top = error.name.split('.')[0]
            folder = os.path.dirname(self.script)
            told['beside'] = os.path.exists(os.path.join(folder, top + '.py')) or os.path.isdir(
                os.path.join(folder, top)
            )
        return told


# What scripts import from the reference: signals and the type of their argument.


def fill_signals(module):
    def known(name, base, doc):
        if not hasattr(module, name):
            body = {'__module__': SIGNALS, '__doc__': doc}
            setattr(module, name, type(name, (base,), body))
        return getattr(module, name)

    base = known('PluginProduceSignal', Exception, 'Base of what is no error.')
    known('PluginEventsExhaustedError', base, 'No more events.')
    known('PluginEventDroppedError', base, 'No event for this timestamp.')
    known('PluginProduceError', Exception, 'The event cannot be made.')


def fill_types(module):
    from typing import Tuple, TypedDict

    module.ProduceParams = TypedDict(
        'ProduceParams', {'timestamp': datetime, 'tags': Tuple[str, ...]}
    )


STUBS = {
    'eventum': None,
    'eventum.plugins': None,
    'eventum.plugins.event': None,
    'eventum.plugins.event.base': None,
    'eventum.plugins.event.base.plugin': fill_types,
    SIGNALS: fill_signals,
}


class Stub(importlib.abc.Loader):
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        fill = STUBS[module.__name__]
        if fill is None:
            module.__path__ = []
        else:
            fill(module)


class Completed(importlib.abc.Loader):
    """The installed module, with the signals that an older release lacks."""

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        fill_signals(module)


class Finder(importlib.abc.MetaPathFinder):
    """Gives scripts the reference's names whether or not it is installed."""

    def __init__(self):
        self.installed = importlib.machinery.PathFinder.find_spec('eventum') is not None

    def find_spec(self, name, path=None, target=None):
        if not self.installed:
            if name in STUBS:
                return importlib.machinery.ModuleSpec(name, Stub())
            return None
        if name != SIGNALS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = Completed(spec.loader)
        return spec


def signal_of(error):
    """EXHAUSTED, DROPPED or None."""
    for one in type(error).__mro__:
        if one.__module__ == SIGNALS:
            if one.__name__ == 'PluginEventsExhaustedError':
                return EXHAUSTED
            if one.__name__ == 'PluginEventDroppedError':
                return DROPPED
    return None


def zone_of(name):
    """The zone, or None where this Python knows no zones."""
    try:
        from zoneinfo import ZoneInfo
    except ImportError:
        try:
            from backports.zoneinfo import ZoneInfo
        except ImportError:
            return None
    try:
        return ZoneInfo(name)
    except Exception:
        return None


def defines_produce(tree):
    """False only when nothing in the script can give it that name."""
    import ast

    for node in ast.walk(tree):
        name = getattr(node, 'name', None) or getattr(node, 'id', None)
        if name in ('produce', 'globals', 'exec', 'setattr', 'vars', '__getattr__'):
            return True
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if any((one.asname or one.name) in ('produce', '*') for one in node.names):
                return True
    return False


class Refused(Exception):
    """The script cannot be used; the reason is its argument."""


class Worker:
    def __init__(self):
        self.pipes = Pipes()
        self.tags = []
        self.busy = None
        self.limit = None
        self.flushes = 0
        self.heads = []
        self.parts = []

    # Loading

    def start(self, options, source):
        self.options = options
        self.script = options['path']
        self.places = Places(self.script, options['base'])
        self.most = options['most']
        seed = options.get('seed')
        if seed is not None:
            import random

            random.seed(seed)
        self.zone = zone_of(options['zone'])
        self.limit = options['start_timeout']
        self.busy = 'start'
        self.main = threading.main_thread().ident
        threading.Thread(target=self.watch, name='evtui', daemon=True).start()
        faulthandler.enable(file=2, all_threads=False)
        sys.meta_path.insert(0, Finder())
        try:
            self.produce = self.load(source)
        except Refused as refused:
            told = refused.args[0]
        except BaseException as error:
            told = self.places.describe(error)
        else:
            self.busy = None
            self.limit = options['timeout']
            self.pipes.tell('R', {
                'version': '%d.%d.%d' % sys.version_info[:3],
                'zone': self.zone is not None,
            })
            return True
        self.busy = None
        self.pipes.tell('X', told)
        return False

    def load(self, source):
        spec = importlib.util.spec_from_file_location('user_module', self.script)
        if spec is None or spec.loader is None:
            raise Refused({'kind': 'suffix'})
        code = None
        if self.script.endswith('.py'):
            if self.options['check']:
                import ast

                flags = ast.PyCF_ONLY_AST
                tree = compile(source, self.script, 'exec', flags, dont_inherit=True)
                compile(tree, self.script, 'exec', dont_inherit=True)
                if not defines_produce(tree):
                    raise Refused({'kind': 'missing', 'near': []})
                return None
            code = compile(source, self.script, 'exec', dont_inherit=True)
        elif self.options['check']:
            return None
        module = importlib.util.module_from_spec(spec)
        sys.modules['user_module'] = module
        if code is None:
            spec.loader.exec_module(module)
        else:
            exec(code, module.__dict__)
        missing = object()
        produce = getattr(module, 'produce', missing)
        if produce is missing:
            near = [name for name, one in vars(module).items() if callable(one)]
            raise Refused({'kind': 'missing', 'near': [printable(name) for name in near[:100]]})
        if not callable(produce):
            raise Refused({'kind': 'uncallable', 'type': type(produce).__name__})
        return produce

    # Producing

    def serve(self):
        while True:
            kind, body = self.pipes.read()
            if kind == ord('B'):
                if self.batch(body):
                    return
            elif kind == ord('T'):
                self.tags.append(tuple(json.loads(body)))
            else:
                return

    def batch(self, body):
        """Answers a batch of timestamps; True when the script has no more."""
        (number,) = struct.unpack_from('<I', body)
        produce, zone, tags, params = self.produce, self.zone, self.tags, self.params
        heads, parts, most = self.heads, self.parts, self.most
        add_head, add_part, clock, make = heads.append, parts.append, time.perf_counter, datetime
        size, last, fixed, left = 0, clock(), zone is None, 1
        self.busy = number
        for year, month, day, hour, minute, second, micro, offset, index in ROW.iter_unpack(
            memoryview(body)[4:]
        ):
            if fixed:
                zone = timezone(timedelta(seconds=offset))
            params['timestamp'] = make(year, month, day, hour, minute, second, micro, zone)
            params['tags'] = tags[index]
            try:
                result = produce(params)
                if result.__class__ is str:
                    data = result.encode()
                    length = len(data)
                    if length > most:
                        self.failed({'kind': 'long', 'bytes': length})
                    else:
                        add_part(data)
                        add_head(length)
                        size += length
                else:
                    size += self.other(result)
            except BaseException as error:
                if self.raised(error):
                    self.busy = None
                    self.flush('D', number)
                    return True
            left -= 1
            if left and size <= FLUSH_BYTES:
                continue
            now = clock()
            # The clock is looked at after each event of a slow script, and after some of a fast one.
            left = EVENTS_A_LOOK if now - last < FLUSH_SECONDS / 4 else 1
            if now - last > FLUSH_SECONDS or size > FLUSH_BYTES:
                self.busy = None
                self.flush('P', number)
                self.busy = number
                size, last = 0, clock()
        self.busy = None
        self.flush('D', number)
        return False

    params = {}

    def flush(self, kind, number):
        data = b''.join(self.parts)
        heads = array.array('I', self.heads)
        del self.heads[:], self.parts[:]
        self.flushes += 1
        if sys.byteorder == 'big':
            heads.byteswap()
        self.pipes.write(kind, number, heads, data)

    def other(self, result):
        """Adds a result that is no plain text; gives its size in bytes."""
        if isinstance(result, str):
            parts = [str.encode(result)]
        elif isinstance(result, list):
            wrong = {one.__class__.__name__ for one in result} - {'str'}
            if wrong:
                self.failed(self.wrong('list', sorted(wrong)))
                return 0
            parts = [one.encode() for one in result]
        else:
            self.failed(self.wrong(type(result).__name__, []))
            return 0
        size = sum(map(len, parts))
        if size > self.most:
            self.failed({'kind': 'long', 'bytes': size})
            return 0
        if len(parts) == 1:
            self.heads.append(size)
        else:
            self.heads.extend((LIST, len(parts)))
            self.heads.extend(map(len, parts))
        self.parts.extend(parts)
        return size

    def wrong(self, name, items):
        told = {'kind': 'result', 'type': name, 'items': [printable(one) for one in items]}
        code = getattr(self.produce, '__code__', None)
        if code is not None:
            told['frames'] = [[printable(code.co_filename), code.co_firstlineno, 0, 0, 'produce']]
        return told

    def raised(self, error):
        """Adds what was raised; True when the script has no more."""
        signal = signal_of(error)
        if signal is not None:
            self.heads.append(signal)
            return signal == EXHAUSTED
        try:
            told = self.places.describe(error)
        except Exception:
            told = {'kind': 'raise', 'type': type(error).__name__, 'text': ''}
        # The traceback would keep the frames and all they hold until the next exception.
        error.__traceback__ = None
        self.failed(told)
        return False

    def failed(self, told):
        data = json.dumps(told).encode()
        self.heads.extend((FAILED, len(data)))
        self.parts.append(data)

    # Watching over it

    def mark(self):
        return self.busy, self.flushes, len(self.heads)

    def watch(self):
        """Ends the process when evtui is gone, and when one call lasts too long."""
        poller = select.poll()
        poller.register(self.pipes.requests, 0)
        last, since = None, time.monotonic()
        shortest = min(self.options['timeout'], self.options['start_timeout'])
        step = min(max(shortest / 8, 0.02), 5.0)
        while True:
            if poller.poll(step * 1000):
                # The script may be about to end by itself.
                time.sleep(1)
                os._exit(3)
            mark, now = self.mark(), time.monotonic()
            if mark != last or mark[0] is None:
                last, since = mark, now
            elif now - since >= self.limit:
                self.hang()

    def hang(self):
        frame = sys._current_frames().get(self.main)
        frames, inside = self.places.of_frame(frame)
        if self.busy != 'start':
            # What was made before it is not lost.
            self.flush('P', self.busy)
        self.pipes.tell('H', {
            'kind': 'hang', 'limit': self.limit, 'frames': frames, 'inside': inside,
        })
        os._exit(4)


def main():
    worker = Worker()
    kind, body = worker.pipes.read()
    if kind != ord('I'):
        return
    (size,) = struct.unpack_from('<I', body)
    options = json.loads(body[4:4 + size])
    if worker.start(options, bytes(body[4 + size:])) and not options['check']:
        del body
        gc.freeze()
        worker.serve()


main()
