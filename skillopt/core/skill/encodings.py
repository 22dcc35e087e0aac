"""What a file that is not UTF-8 probably is, for the message that says how to convert it."""

from __future__ import annotations

_MARKS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAMPLE = 4096
_MANY = 0.25


def probable_encoding(data: bytes) -> str:
    """The name that `iconv` knows: by the byte order mark, by NUL bytes, else WINDOWS-1252."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    sample = data[:_SAMPLE]
    high, low = sample[::2].count(0), sample[1::2].count(0)
    if high + low > _MANY * len(sample):
        return "UTF-16BE" if high > low else "UTF-16LE"
    return "WINDOWS-1252"


def conversion(data: bytes) -> str:
    """How to make it UTF-8, as the end of a message."""
    name = probable_encoding(data)
    return f"convert it first, for example with `iconv -f {name} -t UTF-8`"
