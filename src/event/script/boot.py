import sys
if sys.version_info < (3, 8):
    sys.stderr.write('evtui-python %d.%d\n' % sys.version_info[:2])
    sys.exit(97)
if sys.path and sys.path[0] == '':
    del sys.path[0]
source = open(0, 'rb', buffering=0, closefd=False)
rest, parts = int(source.read(8)), []
while rest:
    part = source.read(rest)
    if not part:
        sys.exit(98)
    parts.append(part)
    rest -= len(part)
exec(compile(b''.join(parts), '<evtui worker>', 'exec'), {'__name__': 'evtui_worker'})
