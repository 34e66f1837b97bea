"""Writes multi_byte.bin beside it: the characters of the encodings that need more than one byte for
some of them, as CPython's codecs have them. Run with any CPython 3; the tests compare every map with a
recorded SHA-256.

For each encoding: its name and a zero byte, the length of what follows (u32, little endian), and a zlib
stream of variable-length numbers: how many characters there are; for each, ordered by its bytes, the
difference to the last one's bytes (as one big-endian number) and to the last one's code point, less one
each and zigzag-encoded; how many pairs of code points have bytes of their own; for each, first, second
and bytes. The four-byte part of gb18030 is left out: it follows a rule.
"""

import pathlib
import struct
import zlib

NAMES = (
    'big5 big5hkscs cp932 cp949 cp950 euc_jp euc_jis_2004 euc_jisx0213 euc_kr gb2312 gbk gb18030 '
    'johab shift_jis shift_jis_2004 shift_jisx0213'
).split()
MARKS = '\u0300\u0301\u0304\u030c\u02e5\u02e9\u309a'


def encoded(text, name):
    try:
        return text.encode(name)
    except UnicodeEncodeError:
        return None


def number(value):
    out = b''
    while True:
        value, low = value >> 7, value & 0x7F
        out += bytes([low | (0x80 if value else 0)])
        if not value:
            return out


def zigzag(value):
    return number(value * 2 if value >= 0 else -value * 2 - 1)


def table(name):
    points = [p for p in range(0x110000) if not 0xD800 <= p < 0xE000]
    known = {p: encoded(chr(p), name) for p in points}
    rows = sorted(
        (code, p)
        for p, code in known.items()
        if code is not None and not (name == 'gb18030' and len(code) == 4)
    )
    out, codes, last, before = number(len(rows)), b'', -1, -1
    for code, point in rows:
        value = int.from_bytes(code, 'big')
        out += zigzag(value - last - 1)
        codes += zigzag(point - before - 1)
        last, before = value, point
    pairs = []
    for first in points:
        if first > 0xFFFF or known[first] is None:
            continue
        for mark in MARKS:
            code = encoded(chr(first) + mark, name)
            apart = encoded(mark, name)
            if code is not None and (apart is None or code != known[first] + apart):
                pairs.append((first, ord(mark), int.from_bytes(code, 'big')))
    out += codes + number(len(pairs))
    for pair in pairs:
        out += b''.join(number(value) for value in pair)
    return zlib.compress(out, 9)


def main():
    data = b''
    for name in NAMES:
        rows = table(name)
        data += name.encode() + b'\0' + struct.pack('<I', len(rows)) + rows
    pathlib.Path(__file__).with_suffix('.bin').write_bytes(data)


main()
