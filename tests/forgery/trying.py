"""Trials of a forger: seeded, counted, and each forged export really another one."""

from __future__ import annotations

import random
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from cycles.errors import CyclesError
from cycles.ledger import Report, manifest_bytes, read_manifest
from cycles.ledger.export_format import ENTRIES, MANIFEST
from cycles.service.verifying import verify_file
from cycles.workflow.version import Version
from tests.forgery.evidence import Evidence
from tests.forgery.export import Export
from tests.forgery.forgers import Forger, Members

__all__ = ["Tried", "forgeries", "packed", "try_out", "versions_read_once"]


@dataclass
class Tried:
    """What became of a forger's trials.

    Attributes:
        forger: Its name.
        trials: How many forged exports were checked.
        alone: How many were found in the export or database alone.
        noted: How many were found against the heads that were noted elsewhere.
        unseen: Seeds of those that were not found in either way.
        pointed: How many of the first findings name the first line that differs, its neighbour,
            or its subject.
        causes: The most causes that were told of one trial.
        codes: How often which code was the first finding.
    """

    forger: str
    trials: int = 0
    alone: int = 0
    noted: int = 0
    unseen: list[int] = field(default_factory=list)
    pointed: int = 0
    causes: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        first = ", ".join(f"{code} {n}" for code, n in self.codes.most_common(4))
        return (
            f"{self.trials} trials, {self.alone} found without noted heads,"
            f" {self.noted} with them, {len(self.unseen)} not found; first told: {first}"
        )


def try_out(
    forger: Forger, true: Evidence, folder: Path, *, trials: int, first_seed: int = 0
) -> Tried:
    """Have a forger try so often; what it hands over always differs from what is true."""
    with versions_read_once():
        return _try_out(forger, true, folder, trials, first_seed)


def _try_out(forger: Forger, true: Evidence, folder: Path, trials: int, first_seed: int) -> Tried:
    tried, truly = Tried(forger.__name__), true.export.members()
    for seed, held in forgeries(forger, true, first_seed):
        path = packed(folder / "forged.zip", held)
        report = verify_file(path)
        tried.trials += 1
        tried.alone += not report.ok
        if report.ok:
            report = verify_file(path, heads=true.heads)
            if report.ok:
                tried.unseen.append(seed)
        tried.noted += not report.ok
        _look_at(tried, report, truly, held)
        if tried.trials == trials:
            break
    return tried


@contextmanager
def versions_read_once() -> Iterator[None]:
    """A workflow of the same bytes is read once for all trials: that is most of a check's time."""
    with patch.object(Version, "from_canonical", lru_cache(64)(Version.from_canonical)):
        yield


def packed(path: Path, held: Members) -> Path:
    """A zip that holds this."""
    with zipfile.ZipFile(path, "w") as made:  # not compressed, which is faster
        for name, content in held.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return path


def forgeries(forger: Forger, true: Evidence, first_seed: int) -> Iterator[tuple[int, Members]]:
    """Seed and members of forged exports without end; none means the same as the true one.

    The time at which a manifest says that it was made means nothing: no entry depends on it.
    """
    truly = _undated(true.export.members())
    seed = first_seed
    while True:
        forged = forger(true, random.Random(f"{forger.__name__} {seed}"))
        held = forged.members() if isinstance(forged, Export) else forged
        if held is not None and _undated(held) != truly:
            yield seed, held
        seed += 1


def _undated(held: Members) -> dict[str, bytes]:
    try:
        said = replace(read_manifest(held[MANIFEST]), created_at="")
    except (KeyError, CyclesError):
        return dict(held)
    return {**held, MANIFEST: manifest_bytes(said)}


def _look_at(tried: Tried, report: Report, truly: Members, held: Members) -> None:
    if report.ok:
        return
    first = report.findings[0]
    tried.codes[first.code] += 1
    tried.causes = max(tried.causes, sum(not f.follows for f in report.findings))
    line = _first_difference(truly, held)
    subjects = [_subject(members, line) for members in (truly, held)]
    tried.pointed += first.line in (line, line + 1) or first.subj in subjects


def _first_difference(truly: Members, held: Members) -> int:
    """The number of the first line of the entries that is another one."""
    old, new = _lines(truly), _lines(held)
    differ = (n for n, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b)
    return next(differ, min(len(old), len(new)) + 1)


def _lines(members: Mapping[str, bytes]) -> list[bytes]:
    return members.get(ENTRIES, b"").split(b"\n")


def _subject(members: Members, line: int) -> str | None:
    lines = _lines(members)
    _, _, rest = (lines[line - 1] if line <= len(lines) else b"").partition(b'"subj":"')
    return rest.partition(b'"')[0].decode(errors="replace") or None
