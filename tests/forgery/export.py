"""An export taken apart, so that a forger can alter it and put it together again."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.ledger import (
    Head,
    Manifest,
    PayloadRow,
    definition_member,
    digest_of_member,
    file_member,
    leaf_hash,
    manifest_bytes,
    payload_line,
    read_manifest,
    read_payload_line,
)
from cycles.ledger.export_format import DEFINITIONS, ENTRIES, FILES, MANIFEST, PAYLOADS
from cycles.service.exporting import files_in

__all__ = ["Export", "Line", "b64"]


def b64(raw: bytes) -> str:
    """Bytes as the log writes them."""
    return base64.b64encode(raw).decode()


@dataclass(frozen=True)
class Line:
    """An entry with its payload row, if it commits to one; `leaf` is what the row names."""

    plain: Mapping[str, Any]
    row: PayloadRow | None = None
    withheld: bool = False

    @property
    def subj(self) -> str:
        return str(self.plain["subj"])

    @property
    def seq(self) -> int:
        return int(self.plain["seq"])

    @property
    def of_cycle(self) -> bool:
        return self.subj.startswith("cycle:")

    @property
    def raw(self) -> bytes:
        return canonical_bytes(self.plain)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(self.raw)

    def with_(self, **changes: Any) -> Line:
        """The line saying something else; its row still names the leaf of before."""
        return replace(self, plain={**self.plain, **changes})


@dataclass(frozen=True)
class Export:
    """All that an export holds, in the order of its lines."""

    lines: tuple[Line, ...]
    definitions: Mapping[str, bytes]
    files: Mapping[str, bytes]
    manifest: Manifest

    @classmethod
    def read(cls, held: Mapping[str, bytes]) -> Export:
        """The export that a zip's members are."""
        rows = {r.leaf: r for r in map(read_payload_line, held[PAYLOADS].splitlines())}
        manifest = read_manifest(held[MANIFEST])
        lines = []
        for raw in held[ENTRIES].split(b"\n")[:-1]:
            leaf = leaf_hash(raw)
            withheld = b64(leaf) in manifest.withheld
            lines.append(Line(parse_canonical(raw), rows.get(leaf), withheld))

        def under(folder: str) -> dict[str, bytes]:
            found = {digest_of_member(n): c for n, c in held.items() if n.startswith(folder)}
            return {digest: content for digest, content in found.items() if digest}

        return cls(tuple(lines), under(DEFINITIONS), under(FILES), manifest)

    def members(self) -> dict[str, bytes]:
        """The zip's members, by name."""
        rows = [line.row for line in self.lines if line.row is not None]
        return {
            ENTRIES: b"".join(line.raw + b"\n" for line in self.lines),
            PAYLOADS: b"".join(map(payload_line, rows)),
            **{definition_member(d): content for d, content in self.definitions.items()},
            **{file_member(d): content for d, content in self.files.items()},
            MANIFEST: manifest_bytes(self.manifest),
        }

    def subjects(self) -> dict[str, list[int]]:
        """Subject → where its lines stand."""
        found: dict[str, list[int]] = {}
        for at, line in enumerate(self.lines):
            found.setdefault(line.subj, []).append(at)
        return found

    def cycles(self) -> list[str]:
        """The subjects that are cycles."""
        return [subj for subj in self.subjects() if subj.startswith("cycle:")]

    # --- forging ---------------------------------------------------------------------------

    def at(self, place: int, line: Line) -> Export:
        """With another line in this place, and nothing else made to fit."""
        return replace(self, lines=(*self.lines[:place], line, *self.lines[place + 1 :]))

    def without(self, *places: int) -> Export:
        """Without these lines, and nothing else made to fit."""
        gone = set(places)
        return replace(self, lines=tuple(x for i, x in enumerate(self.lines) if i not in gone))

    def inserted(self, place: int, line: Line) -> Export:
        """With one line more before this place, and nothing else made to fit."""
        return replace(self, lines=(*self.lines[:place], line, *self.lines[place:]))

    def swapped(self, one: int, other: int) -> Export:
        """With two lines exchanged."""
        return self.at(one, self.lines[other]).at(other, self.lines[one])

    def relinked(self) -> Export:
        """Every number, previous leaf and `from` made to fit, rows and erasures taken along."""
        leaves: dict[str, str] = {}
        last: dict[str, Line] = {}
        made: list[Line] = []
        for line in self.lines:
            before = last.get(line.subj)
            new = line.with_(
                seq=1 if before is None else before.seq + 1,
                prev=None if before is None else b64(before.leaf),
                **{"from": None if before is None else before.plain["to"]},
            )
            if line.row is not None:
                leaves[b64(line.row.leaf)] = b64(new.leaf)
                new = replace(new, row=replace(line.row, leaf=new.leaf))
            last[line.subj] = new
            made.append(new)
        return replace(self, lines=tuple(_erasures_follow(made, leaves)))

    def announced(self) -> Export:
        """With a manifest that says what is there."""
        ends = {subj: self.lines[places[-1]] for subj, places in self.subjects().items()}
        said = replace(
            self.manifest,
            entries=len(self.lines),
            payloads=sum(line.row is not None for line in self.lines),
            heads={s: Head(subj=s, seq=e.seq, leaf=b64(e.leaf)) for s, e in ends.items()},
            definitions=tuple(sorted(self.definitions)),
            files=tuple(sorted(self.files)),
            withheld=tuple(sorted(b64(line.leaf) for line in self.lines if line.withheld)),
        )
        return replace(self, manifest=said)

    def remade(self) -> Export:
        """All that a forger can compute is computed anew: chain, rows, erasures, manifest."""
        before = self
        while (after := before.relinked()).lines != before.lines:
            before = after  # an erasure that names a leaf has another leaf itself
        return after.tidied().announced()

    def tidied(self) -> Export:
        """Without files that no content names any more, and versions that no entry defines."""
        rows = [line.row for line in self.lines if line.row is not None]
        words = [parse_canonical(row.payload) for row in rows if row.payload is not None]
        named = {digest for word in words for digest in files_in(word)}
        defined = {f"def:{digest}": digest for digest in self.definitions}
        kept = {defined[subj] for subj in self.subjects() if subj in defined}
        kept |= {base64.b64decode(x.plain["def"]).hex() for x in self.lines if x.plain["def"]}
        return replace(
            self,
            files={d: content for d, content in self.files.items() if d in named},
            definitions={d: content for d, content in self.definitions.items() if d in kept},
        )


def _erasures_follow(lines: list[Line], leaves: Mapping[str, str]) -> Iterator[Line]:
    for line in lines:
        if line.plain["act"] == "erase" and "leaves" in line.plain["data"]:
            named = [leaves.get(leaf, leaf) for leaf in line.plain["data"]["leaves"]]
            yield line.with_(data={**line.plain["data"], "leaves": named})
        else:
            yield line
