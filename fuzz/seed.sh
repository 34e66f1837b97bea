#!/bin/sh
# Makes the corpus of the target `template` from the sample projects and the golden vectors.
set -eu
cd "$(dirname "$0")/.."
into=fuzz/corpus/template
mkdir -p "$into"
find sample-configs -name '*.jinja' | while read -r file; do
    cp "$file" "$into/$(echo "$file" | tr '/' '-')"
done
python3 - "$into" <<'PYTHON'
import hashlib, json, pathlib, sys

for path in pathlib.Path("tests/golden/events").glob("*.json"):
    for case in json.loads(path.read_text()).get("cases", []):
        for name, text in case.get("files", {}).items():
            if name.endswith(".jinja") and isinstance(text, str):
                seed = hashlib.sha1(text.encode()).hexdigest()
                pathlib.Path(sys.argv[1], seed).write_text(text)
PYTHON
