"""Inputs that nobody ever meant: bytes, lines, values and the zip itself, altered at random.

A mutated input is judged by what it holds. The verifier may call it sound only if every member
that a zip reader sees is, byte for byte, that of the true export. No meaning have: unused bytes of
the zip, the time at which the manifest says that it was made, the order of payload rows, and how
entries of different subjects are mixed. Where a mutation was made
to fit with all hashes computed anew, the check is against noted heads, and a sound one must hold
every entry, content, attachment and workflow that the true one holds; it may only have grown.
"""

from __future__ import annotations

import io
import json
import random
import resource
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cycles.canonical import canonical_bytes
from cycles.ledger import Report, manifest_bytes, read_manifest
from cycles.ledger.export_format import ENTRIES, MANIFEST, PAYLOADS
from cycles.service.verifying import verify_file
from tests.forgery.evidence import Evidence
from tests.forgery.export import Export
from tests.forgery.trying import versions_read_once
from tests.unit.service.log_school import members

__all__ = ["Figures", "mutate"]


@dataclass
class Figures:
    """What became of many mutated inputs."""

    inputs: int = 0
    same: int = 0
    grown: int = 0
    found: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def memory_mb(self) -> int:
        """The most memory that this process ever took; Linux counts it in KiB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    def __str__(self) -> str:
        first = ", ".join(f"{code} {n}" for code, n in self.codes.most_common(30))
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(self.kinds.items()))
        return (
            f"{self.inputs} mutated inputs ({kinds}): {self.found} found, {self.same} hold the very"
            f" same, {self.grown} hold more than before, 0 crashes, 0 falsely sound;"
            f" at most {self.memory_mb} MB of memory;"
            f" first told: {first}"
        )


def mutate(true: Evidence, folder: Path, *, first_seed: int, inputs: int) -> Figures:
    """Feed so many mutated inputs to the verifier; raises `AssertionError` with the seed."""
    with versions_read_once():
        return _mutate(true, folder, first_seed, inputs)


def _mutate(true: Evidence, folder: Path, first_seed: int, inputs: int) -> Figures:
    figures, path = Figures(), folder / "mutated.zip"
    workshop = _Workshop(true)
    for seed in range(first_seed, first_seed + inputs):
        chance = random.Random(seed)
        kind = chance.choice([_zip_bytes, _zip_bytes, _member, _lines, _values, _remade, _odd_zip])
        raw = kind(workshop, chance)
        path.write_bytes(raw)
        try:
            outcome = _judge(path, true, workshop, rewritten=kind is _remade, figures=figures)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {kind.__name__}: {error!r}") from error
        assert outcome, f"seed {seed}, {kind.__name__}: called sound, and is another export"
        figures.inputs += 1
        figures.kinds[kind.__name__.strip("_")] += 1
    return figures


class _Workshop:
    """The true export in all forms that mutations start from."""

    def __init__(self, true: Evidence) -> None:
        self.export = true.export
        self.held = true.export.members()
        self.zips = (true.path.read_bytes(), _zipped(self.held))
        self.meaning = _meaning(self.held)


def _judge(
    path: Path, true: Evidence, workshop: _Workshop, *, rewritten: bool, figures: Figures
) -> bool:
    report: Report = verify_file(path, heads=true.heads if rewritten else ())
    if not report.ok:
        figures.found += 1
        figures.codes[report.findings[0].code] += 1
        str(report.findings)
        return True
    if _meaning(members(path)) == workshop.meaning:
        figures.same += 1
        return True
    figures.grown += 1
    return rewritten and _holds_all(members(path), workshop.held)


def _meaning(held: dict[str, bytes]) -> dict[str, object]:
    """What a zip holds, but for what has no meaning; raises what a reader of it would."""
    said = replace(read_manifest(held[MANIFEST]), created_at="2000-01-01T00:00:00.000000Z")
    chains: dict[str, list[bytes]] = {}
    for raw in _lines_of(held[ENTRIES]):
        chains.setdefault(json.loads(raw)["subj"], []).append(raw)
    rows = sorted(_lines_of(held[PAYLOADS]))
    return {**held, MANIFEST: manifest_bytes(said), ENTRIES: chains, PAYLOADS: rows}


def _lines_of(content: bytes) -> list[bytes]:
    *lines, rest = content.split(b"\n")
    assert rest == b""
    return lines


def _holds_all(held: dict[str, bytes], truly: dict[str, bytes]) -> bool:
    for name in (ENTRIES, PAYLOADS):
        if not set(truly[name].split(b"\n")) <= set(held[name].split(b"\n")):
            return False
    return all(held[n] == c for n, c in truly.items() if n not in (ENTRIES, PAYLOADS, MANIFEST))


def _zipped(held: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, content in held.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


# --- bytes -------------------------------------------------------------------------------------

#: What numbers in a format are rarely ready for.
_NUMBERS = (
    b"\x00",
    b"\xff",
    b"\x00" * 4,
    b"\xff" * 4,
    b"\xff\xff\xff\x7f",
    b"\x01\x00",
    b"\xff" * 8,
)


def _bytes(raw: bytes, chance: random.Random, *, places: tuple[int, ...] = ()) -> bytes:
    """One to three alterations; half of them near `places`."""
    made = bytearray(raw)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if not made:
            break
        at = chance.randrange(len(made))
        if places and chance.random() < 0.5:
            at = min(len(made) - 1, chance.choice(places) + chance.randrange(48))
        length = 1 + int(chance.expovariate(1 / 20))
        match chance.randrange(9):
            case 0 | 1:
                made[at] ^= 1 << chance.randrange(8)
            case 2:
                made[at] = chance.randrange(256)
            case 3:
                number = chance.choice(_NUMBERS)
                made[at : at + len(number)] = number
            case 4:
                del made[at : at + length]
            case 5:
                made[at:at] = chance.randbytes(length)
            case 6:
                made[at:at] = made[at : at + length]
            case 7:
                other = chance.randrange(len(made))
                made[at : at + length] = made[other : other + length]
            case _:
                del made[at:]
    return bytes(made)


def _zip_bytes(workshop: _Workshop, chance: random.Random) -> bytes:
    """The packed file itself, often in its headers and its table of contents."""
    raw = chance.choice(workshop.zips)
    return _bytes(raw, chance, places=_headers(raw))


def _headers(raw: bytes) -> tuple[int, ...]:
    found, at = [], raw.find(b"PK")
    while at >= 0:
        found.append(at)
        at = raw.find(b"PK", at + 1)
    return tuple(found)


def _member(workshop: _Workshop, chance: random.Random) -> bytes:
    """What one file of the export holds; the zip around it is in order."""
    name = chance.choice(sorted(workshop.held))
    return _zipped({**workshop.held, name: _bytes(workshop.held[name], chance)})


def _lines(workshop: _Workshop, chance: random.Random) -> bytes:
    """Whole lines lost, doubled, moved, or taken from the other file."""
    name, other = chance.sample([ENTRIES, PAYLOADS], 2)
    lines = workshop.held[name].splitlines(keepends=True)
    for _ in range(chance.choice([1, 1, 2])):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(chance.randrange(len(lines) + 1), lines[at])
            case 2:
                lines.insert(chance.randrange(len(lines)), lines.pop(at))
            case 3:
                theirs = workshop.held[other].splitlines(keepends=True)
                lines.insert(at, chance.choice(theirs))
            case _:
                lines.insert(at, chance.choice([b"\n", b"{}\n", b"null\n", b"[" * 99 + b"\n"]))
        if not lines:
            break
    return _zipped({**workshop.held, name: b"".join(lines)})


# --- values ------------------------------------------------------------------------------------

_DEEP: Any = []
for _ in range(70):
    _DEEP = [_DEEP]

#: What no programme of ours writes in most places.
_HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 2**53 - 1, -(2**53) + 1, 2**53, 2**64, 10**400, 0.5, 1e300),
    *("", " ", "\0", "x" * 5_000, "中" * 500, "\ud800", "a\nb", "__class__", "${x}", "%s" * 9),
    *("0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2026-02-30T00:00:00.000000Z"),
    *("0001-01-01", "9999-12-31", "2026-13-01", "Asia/../../etc/passwd", "UTC", "Etc/GMT+99"),
    *(
        "-",
        "p_" + "a" * 26,
        "school",
        "cycle:x",
        "def:" + "0" * 64,
        "A" * 43 + "=",
        "open",
        "erase",
    ),
    *([], [[]], {}, {"": {}}, [None], ["x"] * 50, _DEEP, {"x": 1}, {"id": "1.1"}, [["", 0]]),
)


def _other_value(plain: Any, chance: random.Random, pool: list[Any]) -> Any:
    """The value with one part of it, however deep, replaced, removed or added."""
    if isinstance(plain, dict) and plain and chance.random() < 0.85:
        key = chance.choice(sorted(plain))
        made = dict(plain)
        roll = chance.random()
        if roll < 0.08:
            del made[key]
        elif roll < 0.12:
            made[chance.choice(["x", "", "text", "saw", key + "s"])] = chance.choice(_HOSTILE)
        else:
            made[key] = _other_value(plain[key], chance, pool)
        return made
    if isinstance(plain, list) and plain and chance.random() < 0.7:
        at = chance.randrange(len(plain))
        roll = chance.random()
        if roll < 0.2:
            return [*plain[:at], *plain[at + 1 :]]
        if roll < 0.4:
            return [*plain, plain[at]]
        return [*plain[:at], _other_value(plain[at], chance, pool), *plain[at + 1 :]]
    if isinstance(plain, int) and not isinstance(plain, bool) and chance.random() < 0.5:
        return plain + chance.choice([-1, 1, 2])
    return chance.choice(_HOSTILE if chance.random() < 0.6 else pool)


def _pool(export: Export) -> list[Any]:
    """Values that stand somewhere in the log: plausible in the wrong place."""
    found: list[Any] = []
    for line in export.lines:
        found += line.plain.values()
        found += line.plain["data"].values()
    return found


def _written(plain: Any) -> bytes:
    """Canonical where it can be, else as Python's own encoder has it."""
    try:
        return canonical_bytes(plain)
    except Exception:
        text = json.dumps(plain, separators=(",", ":"), sort_keys=True)
        return text.encode(errors="surrogatepass")


def _values(workshop: _Workshop, chance: random.Random) -> bytes:
    """One value of a line, the manifest or a workflow, however deep; nothing is made to fit."""
    held, pool = workshop.held, _pool(workshop.export)
    name = chance.choice([ENTRIES, ENTRIES, PAYLOADS, MANIFEST, *sorted(held)])
    if name.endswith(".jsonl"):
        lines = held[name].splitlines()
        at = chance.randrange(len(lines))
        lines[at] = _written(_other_value(json.loads(lines[at]), chance, pool))
        return _zipped({**held, name: b"".join(line + b"\n" for line in lines)})
    try:
        plain = json.loads(held[name])
    except ValueError:
        return _zipped({**held, name: _bytes(held[name], chance)})
    return _zipped({**held, name: _written(_other_value(plain, chance, pool))})


def _remade(workshop: _Workshop, chance: random.Random) -> bytes:
    """Values of an entry altered, and every hash, row and count made to fit, so that it replays."""
    export = workshop.export
    place = chance.randrange(len(export.lines))
    line, pool = export.lines[place], _pool(export)
    plain = dict(line.plain)
    for _ in range(chance.choice([1, 1, 2])):
        key = chance.choice(["data", "data", "data", "guards", *sorted(plain)])
        plain[key] = _other_value(plain[key], chance, pool)
    forged = replace(line, plain=plain)
    try:
        new = export.at(place, forged)
        if chance.random() < 0.2:
            new = export.inserted(place + 1, replace(forged, row=None, withheld=False))
        return _zipped(new.remade().members())
    except Exception:  # what has no canonical form cannot be made to fit
        lines = workshop.held[ENTRIES].splitlines()
        lines[place] = _written(plain)
        entries = b"".join(each + b"\n" for each in lines)
        return _zipped({**workshop.held, ENTRIES: entries})


# --- the zip -----------------------------------------------------------------------------------


def _odd_zip(workshop: _Workshop, chance: random.Random) -> bytes:
    """Members with other names, packings, attributes, twice, in folders, with a comment."""
    out = io.BytesIO()
    held = list(workshop.held.items())
    chance.shuffle(held)
    way: Callable[[zipfile.ZipInfo], None] = chance.choice(
        [_renamed, _marked, _commented, _packed_otherwise]
    )
    chosen = chance.randrange(len(held))
    with zipfile.ZipFile(out, "w") as made:
        for number, (name, content) in enumerate(held):
            info = zipfile.ZipInfo(name)
            if number == chosen:
                way(info)
                if chance.random() < 0.2:
                    made.writestr(zipfile.ZipInfo(name + "x"), content)
            if number != chosen or chance.random() < 0.95:
                made.writestr(info, content)
        if chance.random() < 0.3:
            made.comment = chance.randbytes(chance.randrange(60))
    raw = out.getvalue()
    if chance.random() < 0.3:
        raw = chance.randbytes(chance.randrange(1, 40)) + raw
    if chance.random() < 0.2:
        raw += chance.choice([b"", b"PK\x05\x06", raw[: chance.randrange(200)]])
    return raw


def _renamed(info: zipfile.ZipInfo) -> None:
    info.filename = info.filename.upper() if len(info.filename) % 2 else f"./{info.filename}"


def _marked(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16  # a symbolic link


def _commented(info: zipfile.ZipInfo) -> None:
    info.comment, info.extra = b"x" * 50, b"\x99\x99\x04\x00abcd"


def _packed_otherwise(info: zipfile.ZipInfo) -> None:
    info.compress_type = zipfile.ZIP_BZIP2
