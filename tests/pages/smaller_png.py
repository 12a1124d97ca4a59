"""A picture of a page with the 256 colours that it mostly has: a third of its size."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

__all__ = ["smaller_png"]

_SIGN = b"\x89PNG\r\n\x1a\n"
#: Bytes a pixel, by the kind of colours: RGB and RGBA.
_WIDE = {2: 3, 6: 4}


def smaller_png(raw: bytes) -> bytes:
    """A browser's PNG (8 bits, opaque, not interlaced) with a palette of its commonest colours."""
    parts = list(_parts(raw))
    width, height, depth, kind, *_, laced = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, laced) == (8, 0)
    lines = _lines(
        zlib.decompress(b"".join(held for name, held in parts if name == b"IDAT")),
        width,
        height,
        _WIDE[kind],
    )
    pixels = [[line[at : at + 3] for at in range(0, len(line), _WIDE[kind])] for line in lines]
    counted = Counter(pixel for line in pixels for pixel in line)
    palette = [colour for colour, _ in counted.most_common(256)]
    index = {colour: number for number, colour in enumerate(palette)}
    for colour in counted:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda n: _apart(palette[n], colour))
    body = b"".join(b"\0" + bytes(index[pixel] for pixel in line) for line in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    made = [(b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(body, 9))]
    return _SIGN + b"".join(_part(name, held) for name, held in [*made, (b"IEND", b"")])


def _parts(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGN)
    while at < len(raw):
        (length,) = struct.unpack(">I", raw[at : at + 4])
        yield raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        at += length + 12


def _part(name: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def _lines(data: bytes, width: int, height: int, wide: int) -> Iterator[bytes]:
    """The lines as they are, each line's filter taken back."""
    size = width * wide
    above = bytes(size)
    for number in range(height):
        start = number * (size + 1)
        line = bytearray(data[start + 1 : start + 1 + size])
        _unfilter(data[start], line, above, wide)
        above = bytes(line)
        yield above


def _unfilter(filter_: int, line: bytearray, above: bytes, wide: int) -> None:
    if filter_ == 2:
        line[:] = bytes((a + b) & 255 for a, b in zip(line, above, strict=True))
    elif filter_:
        for at in range(len(line)):
            left = line[at - wide] if at >= wide else 0
            corner = above[at - wide] if at >= wide else 0
            if filter_ == 1:
                guess = left
            elif filter_ == 3:
                guess = (left + above[at]) // 2
            else:
                guess = _paeth(left, above[at], corner)
            line[at] = (line[at] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda one: abs(near - one))


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
