"""YAML as the workflow language has it: plain values, and the place of every one of them.

YAML 1.2 core and less: only `true` and `false` are booleans, whole numbers are plain decimals,
everything else unquoted is text. Anchors, tags, repeated keys and several documents are faults.
Built on the parser's events with a stack of its own, so no depth of nesting can exhaust Python's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from cycles.errors import FileFault

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "KeyPath", "Parsed", "parse"]

MAX_BYTES = 512 * 1024
MAX_DEPTH = 40
MAX_NODES = 50_000

KeyPath = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER_LIKE = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*\.?[0-9]*([eE][-+]?[0-9]+)?)")
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
#: In a value not even a carriage return: lines end as the file's do.
_UNPRINTABLE = re.compile(rf"\r|{_FORBIDDEN.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a file says. `places` maps key paths to (line, column) from 1, of the key if it has one.

    `values` maps them to the place of the value. With `faults`, `value` is what could be read, or
    `None`.
    """

    value: Any
    places: Mapping[KeyPath, tuple[int, int]]
    values: Mapping[KeyPath, tuple[int, int]]
    faults: tuple[FileFault, ...]


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("first", "key", "node", "path")

    def __init__(self, node: Any, path: KeyPath) -> None:
        self.node, self.path = node, path
        self.key: str | None = None
        self.first: dict[str, int] = {}


def parse(text: str | bytes) -> Parsed:
    """Read one YAML document; never raises, everything wrong is in `faults`."""
    reader = _Reader()
    told = reader.decode(text)
    if told is not None:
        reader.read(told)
    return Parsed(
        value=reader.root,
        places=reader.places,
        values=reader.values,
        faults=tuple(reader.faults),
    )


class _Reader:
    def __init__(self) -> None:
        self.root: Any = None
        self.places: dict[KeyPath, tuple[int, int]] = {}
        self.values: dict[KeyPath, tuple[int, int]] = {}
        self.faults: list[FileFault] = []
        self.stack: list[_Open] = []
        self.skipping = 0  # depth inside a key that is itself a mapping or list

    def fault(self, line: int, column: int, code: str, message: str, path: KeyPath = ()) -> None:
        told = ".".join(map(str, path))
        self.faults.append(
            FileFault(line=line, column=column, path=told, code=code, message=message)
        )

    def decode(self, text: str | bytes) -> str | None:
        if len(text) > MAX_BYTES:
            self.fault(1, 1, "too-large", f"larger than {MAX_BYTES // 1024} KiB; split it")
            return None
        if isinstance(text, bytes):
            try:
                text = text.decode("utf-8")
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                self.fault(line, 1, "not-utf8", "not UTF-8; save the file as UTF-8")
                return None
        text = text.removeprefix("\ufeff")  # Windows' Notepad begins files so
        if bad := _FORBIDDEN.search(text):
            at = bad.start()
            column = at - text.rfind("\n", 0, at)
            told = f"the character U+{ord(bad[0]):04X} cannot stand here; delete it"
            self.fault(text.count("\n", 0, at) + 1, column, "character", told)
            return None
        return text

    def read(self, text: str) -> None:
        documents = nodes = 0
        try:
            events: Any = yaml.parse(text, Loader=_Loader)
            for event in events:
                mark = event.start_mark
                line, column = mark.line + 1, mark.column + 1
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self.fault(
                            line, column, "several-documents", "one workflow a file: end it here"
                        )
                        return
                if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                    told = "anchors and aliases (& and *) are not taken; write the part out again"
                    self.fault(line, column, "alias", told)
                    return
                if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
                    nodes += 1
                    if nodes > MAX_NODES:
                        self.fault(
                            line, column, "too-large", f"more than {MAX_NODES} values; split it"
                        )
                        return
                    if event.tag not in (None, "!"):
                        told = f"tags such as {event.tag[:40]!r} are not taken; leave it out"
                        self.fault(line, column, "tag", told)
                        return
                    if len(self.stack) >= MAX_DEPTH:
                        self.fault(line, column, "too-deep", f"nested deeper than {MAX_DEPTH}")
                        return
                self.take(event, line, column)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            told = getattr(error, "problem", None) or "cannot be read"
            hint = "check the indentation, colons, quotes and brackets here"
            self.fault(line, column, "yaml", f"no YAML: {told}; {hint}")
            return
        if documents == 0 or (self.root is None and not self.faults):
            self.fault(1, 1, "empty", "nothing in this file; begin with `workflow: some-key`")

    def take(self, event: Any, line: int, column: int) -> None:
        if isinstance(event, yaml.CollectionEndEvent):
            if self.skipping:
                self.skipping -= 1
            else:
                self.stack.pop()
            return
        if not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            return
        if self.skipping:
            self.skipping += isinstance(event, yaml.CollectionStartEvent)
            return
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None:
            self.take_key(top, event, line, column)
            return
        path: KeyPath = ()
        if top is not None:
            path = (*top.path, len(top.node) if top.key is None else top.key)
            self.places.setdefault(path, (line, column))
        self.values[path] = (line, column)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, line, column, path)
        else:
            value = {} if isinstance(event, yaml.MappingStartEvent) else []
        if top is None:
            self.root = value
        elif top.key is None:
            top.node.append(value)
        else:
            # The first of two equal keys stands; the second is read for its own faults only.
            if top.key not in top.node:
                top.node[top.key] = value
            top.key = None
        if isinstance(value, (dict, list)):
            self.stack.append(_Open(value, path))

    def take_key(self, top: _Open, event: Any, line: int, column: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.fault(line, column, "key", "a key is a word, not a list or mapping", top.path)
            self.skipping = 1
            top.key = "?"
            return
        key = event.value
        path = (*top.path, key)
        self.unescaped(key, line, column, path)
        if key in top.first:
            told = (
                f"duplicate key `{key[:64]}`, first at line {top.first[key]}; rename or join them"
            )
            self.fault(line, column, "duplicate-key", told, path)
        else:
            top.first[key] = line
            self.places[path] = (line, column)
        top.key = key

    def scalar(self, event: Any, line: int, column: int, path: KeyPath) -> Any:
        text: str = event.value
        if event.style not in (None, ""):  # C and Python parsers name plain text differently
            self.unescaped(text, line, column, path)
            return text
        if text in ("true", "false"):
            return text == "true"
        if text in ("", "~", "null"):
            told = "nothing stands here; give a value or leave the key out"
            self.fault(line, column, "no-value", told, path)
            return None
        if _INT.fullmatch(text):
            if len(text) > 15:
                self.fault(line, column, "number", "too large a number; at most 15 digits", path)
                return 0
            return int(text)
        if _NUMBER_LIKE.fullmatch(text):
            told = f"{text[:40]} is no whole number; write 5, or quote it if it is text"
            self.fault(line, column, "number", told, path)
            return 0
        return text

    def unescaped(self, text: str, line: int, column: int, path: KeyPath) -> None:
        """Tell of a character that may not stand in a file, and was written as an escape."""
        if bad := _UNPRINTABLE.search(text):
            told = f"the character U+{ord(bad[0]):04X} cannot stand here, nor its escape; delete it"
            self.fault(line, column, "character", told, path)
