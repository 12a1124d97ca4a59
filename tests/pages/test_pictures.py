"""The pictures of the guides show what is there."""

import re
import struct
import zlib
from pathlib import Path

import pytest

from tests.pages.pictures import FOLDER, LANGUAGES, PICTURES, SHOWN_AT, shown_text, taken
from tests.pages.serving import served
from tests.pages.smaller_png import smaller_png

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def still():
    """The demo school on the day of the pictures."""
    with served(still=SHOWN_AT) as running:
        yield running


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_still_true(chromium, still, name, language):
    """The page says today what it said when its picture was made; else: `make screenshots`."""
    page = taken(chromium, still, name, language)

    said = shown_text(page)

    page.context.close()
    kept = FOLDER / f"{name}.{language}.txt"
    assert said == kept.read_text(encoding="utf-8"), "look at the page, then: make screenshots"


def test_every_picture_is_in_a_guide_and_every_guide_has_its_pictures():
    """No picture is missing, and none lies there unused."""
    guides = [ROOT / "README.md", ROOT / "README.zh.md", *(ROOT / "docs").glob("*.md")]
    found = [re.findall(r"pictures/([a-z-]+\.\w\w\.png)", p.read_text("utf-8")) for p in guides]

    used = {name for names in found for name in names}
    made = {p.name for p in FOLDER.glob("*.png")}
    assert made == {f"{name}.{language}.png" for name in PICTURES for language in LANGUAGES}
    assert used == made


def test_a_smaller_picture_is_the_same_picture():
    """With few colours nothing is changed at all, whatever filter its lines had."""
    rows = [[(x * 40 % 256, y * 50 % 256, 7) for x in range(9)] for y in range(5)]
    filtered = b"".join(
        bytes([kind]) + _filtered(kind, rows, y) for y, kind in enumerate((0, 1, 2, 3, 4))
    )
    head = struct.pack(">IIBBBBB", 9, 5, 8, 2, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(filtered))

    made = smaller_png(raw + _chunk(b"IEND", b""))

    colours = made[made.index(b"PLTE") + 4 :]
    at = made.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", made[at - 8 : at - 4])
    lines = zlib.decompress(made[at : at + length])
    for y, row in enumerate(rows):
        numbers = lines[y * 10 + 1 : y * 10 + 10]
        assert [tuple(colours[n * 3 : n * 3 + 3]) for n in numbers] == row


def _chunk(name, held):
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def _filtered(kind, rows, y):
    line = [c for pixel in rows[y] for c in pixel]
    above = [c for pixel in rows[y - 1] for c in pixel] if y else [0] * len(line)
    made = []
    for at, value in enumerate(line):
        left = line[at - 3] if at >= 3 else 0
        corner = above[at - 3] if at >= 3 else 0
        near = left + above[at] - corner
        paeth = min((left, above[at], corner), key=lambda one: abs(near - one))
        guess = (0, left, above[at], (left + above[at]) // 2, paeth)[kind]
        made.append((value - guess) & 255)
    return bytes(made)
