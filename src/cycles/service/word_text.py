"""The words of a Word file (.docx), paragraph by paragraph, so that versions can be compared.

Whoever sent the file may be careless or hostile. It is a zip of XML, and of it only the main text
is unpacked, up to a limit whatever the zip says of itself. Nothing in it is run, looked up or
fetched: macros, pictures and links are left where they are, and XML with a document type, the door
to entity bombs and to other files, is not read on.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final, Literal
from xml.parsers import expat

from cycles.service.zips import open_zip

__all__ = ["MAX_CHARACTERS", "MAX_PARAGRAPHS", "WordText", "words_of"]

#: What is read of a text at most.
MAX_CHARACTERS: Final = 100_000
MAX_PARAGRAPHS: Final = 2_000
#: What one part of the zip may unpack to, in bytes.
_MAX_PART: Final = 16 * 1024 * 1024
_MAX_ELEMENTS: Final = 400_000
_CHUNK: Final = 1024 * 1024

_MAIN: Final = "word/document.xml"
#: Word's own namespace in both editions of the standard; m: is its formulas.
_WORD: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_FORMULA: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_TEXTS: Final = frozenset(f"{space} t" for space in (*_WORD, *_FORMULA))
_PARAGRAPHS: Final = frozenset(f"{space} p" for space in _WORD)
_BREAKS: Final = frozenset(f"{space} {name}" for space in _WORD for name in ("br", "cr", "tab"))
#: What was struck out or moved away, and what Word keeps for programmes that know less.
_LEFT_OUT: Final = frozenset(
    {
        *(f"{space} {name}" for space in _WORD for name in ("del", "moveFrom")),
        "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback",
    }
)
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError),
    *(EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordText:
    """The paragraphs that have words; `why` says why there are none, or not all of them."""

    paragraphs: tuple[str, ...]
    why: Literal["", "unreadable", "long"] = ""


class _EnoughError(Exception):
    """There is more than is read."""


class _RefusedError(Exception):
    """The file asks for what a text never needs."""


def words_of(source: IO[bytes]) -> WordText:
    """The words of the file; never an exception, whatever the file holds.

    `source` can be read from any place. What was struck out in tracked changes is left out, what
    was put in is there.
    """
    found = _Words()
    try:
        with open_zip(source) as packed:
            _parse(packed, _main_part(packed), found)
    except _EnoughError:
        return WordText(paragraphs=tuple(found.paragraphs), why="long")
    except (_RefusedError, *_BROKEN):
        return WordText(paragraphs=(), why="unreadable")
    return WordText(paragraphs=tuple(found.paragraphs))


def _main_part(packed: zipfile.ZipFile) -> str:
    """The part with the text: Word says which, and it is nearly always the same."""
    if "_rels/.rels" not in packed.namelist():
        return _MAIN
    links = _Links()
    _parse(packed, "_rels/.rels", links)
    return links.main or _MAIN


class _Links:
    """Reads from `_rels/.rels` which part is the document."""

    def __init__(self) -> None:
        self.main = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        inside = attributes.get("TargetMode") != "External"
        if inside and attributes.get("Type", "").endswith("/officeDocument"):
            self.main = attributes.get("Target", "").lstrip("/")

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, said: str) -> None:
        """Text between elements."""


class _Words:
    """Gathers the words of the main part; a text box stands before the paragraph it hangs on."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._open: list[list[str]] = []
        self._left_out = 0
        self._in_text = False
        self._characters = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name in _LEFT_OUT:
            self._left_out += 1
        elif name in _PARAGRAPHS:
            self._open.append([])
        elif name in _BREAKS and self._open:
            self._open[-1].append(" ")
        self._in_text = name in _TEXTS

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _LEFT_OUT:
            self._left_out -= 1
        elif name in _PARAGRAPHS and self._open:
            said = " ".join("".join(self._open.pop()).split())
            if said:
                self.paragraphs.append(said)
            if len(self.paragraphs) >= MAX_PARAGRAPHS:
                raise _EnoughError
        self._in_text = False

    def text(self, said: str) -> None:
        """Text between elements."""
        if not self._in_text or self._left_out or not self._open:
            return
        self._open[-1].append(said)
        self._characters += len(said)
        if self._characters > MAX_CHARACTERS:
            raise _EnoughError


def _parse(packed: zipfile.ZipFile, part: str, reader: _Links | _Words) -> None:
    """Read a part as XML, bit by bit; stops at the first thing that no document needs."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    count = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MAX_ELEMENTS:
            raise _EnoughError
        reader.begin(name, attributes)

    def refuse(*_: object) -> None:
        raise _RefusedError

    parser.StartElementHandler = begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = refuse
    for chunk in _chunks(packed, part):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _chunks(packed: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    info = packed.getinfo(part)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _RefusedError
    left = _MAX_PART
    with packed.open(info) as file:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _EnoughError
            yield chunk
