"""Workflow versions of a school: stored for good under their digest, one of each current.

New cycles run under the current version; which it is, is an entry of the log like all else. A
version that was current before can become so again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from cycles.errors import NotFoundError
from cycles.ledger import Link, defining_data, earliest_after, instant_text
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.journal import plain_body
from cycles.store import DefiningRow, VersionRow, Work
from cycles.workflow.loading import load
from cycles.workflow.version import Version

__all__ = ["Defined", "WorkflowAnswer", "Workflows", "shipped"]

#: One maker of versions at a time, so that their numbers follow each other.
_LOCK: Final = "define"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowAnswer:
    """A workflow in one of its versions.

    Attributes:
        version: The version.
        added_at: Since when it is the current one, or when it was made so last.
        current: Whether new cycles run under it.
    """

    version: Version
    added_at: str
    current: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """What became of a version that was to be the current one.

    `new`: it was stored, and is; `again`: it was stored already, and is current again;
    `unchanged`: it was the current one.
    """

    version: Version
    outcome: Literal["new", "again", "unchanged"]


def shipped() -> tuple[Version, ...]:
    """The workflows that come with the programme, proven sound, by key."""
    inside = Path(str(files("cycles"))) / "_workflows"
    # In a checkout they stand beside `src`, where people read and change them.
    folder = inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "workflows"
    found = (load(path.read_bytes(), path.name) for path in sorted(folder.glob("*.yaml")))
    return tuple(sorted(found, key=lambda version: version.key))


class Workflows:
    """Stores versions, makes one of each workflow the current one, and gives them out."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def define(self, actor: Actor, versions: Iterable[Version]) -> tuple[Defined, ...]:
        """Have new cycles run under these versions; what became of each, in their order.

        One entry for each that was not the current one of its workflow. Cycles under way keep
        the version under which they were opened.
        """
        require("define", actor)
        wanted = tuple(versions)

        def defined(work: Work) -> tuple[Defined, ...]:
            work.lock(_LOCK)
            return tuple(self._make_current(work, actor, version) for version in wanted)

        return self._core.store.write(actor.school_id, defined)

    def renew(self, actor: Actor, versions: Iterable[Version]) -> tuple[Version, ...]:
        """Take up versions that the school never had, as after an upgrade; those that were new.

        A version that it had before is left as it is: the school may since have chosen another.
        """
        require("define", actor)
        wanted = tuple(versions)

        def renewed(work: Work) -> tuple[Version, ...]:
            work.lock(_LOCK)
            new = [v for v in wanted if work.get(VersionRow, digest=v.digest) is None]
            for version in new:
                self._make_current(work, actor, version)
            return tuple(new)

        return self._core.store.write(actor.school_id, renewed)

    def _make_current(self, work: Work, actor: Actor, version: Version) -> Defined:
        before = self._core.current_row(work, version.key)
        if before is not None and before.digest == version.digest:
            return Defined(version=version, outcome="unchanged")
        subj = f"def:{version.digest}"
        link = work.link(subj)
        at, number = self._at(link, before), 1 if before is None else before.number + 1
        known = work.get(VersionRow, digest=version.digest) is not None
        if not known:
            stored = VersionRow(
                school_id=work.school_id,
                digest=version.digest,
                workflow=version.key,
                canonical=version.canonical,
                added_at=at,
            )
            work.add(stored)
        body = plain_body(
            log=self._core.view_in(work).row.log,
            subj=subj,
            link=link,
            act="define",
            at=at,
            actor=actor.pseudonym,
            via=actor.via,
            data=defining_data(version.key, number),
            payload=None,
        )
        work.append(body, None)
        made = DefiningRow(
            school_id=work.school_id,
            workflow=version.key,
            number=number,
            digest=version.digest,
            at=at,
        )
        work.add(made)
        return Defined(version=version, outcome="again" if known else "new")

    def _at(self, link: Link | None, before: DefiningRow | None) -> str:
        """Not before the version's last entry, nor before the one current until now."""
        now = instant_text(earliest_after(link, self._core.now()))
        return now if before is None else max(now, before.at)

    def all(self, actor: Actor) -> tuple[WorkflowAnswer, ...]:
        """The current version of each workflow, by key."""
        require("workflows", actor)

        def found(work: Work) -> tuple[WorkflowAnswer, ...]:
            rows = work.find(DefiningRow, order=("workflow", "number"))
            current = {row.workflow: row for row in rows}
            return tuple(
                WorkflowAnswer(version=self._core.version(work, row.digest), added_at=row.at)
                for row in current.values()
            )

        return self._core.store.read(actor.school_id, found)

    def one(self, actor: Actor, key: str) -> WorkflowAnswer:
        """The current version of a workflow, or the version of a digest in hex.

        Raises `NotFoundError`.
        """
        require("workflows", actor)

        def found(work: Work) -> WorkflowAnswer:
            row = self._core.current_row(work, key)
            if row is None:
                rows = work.find(DefiningRow, digest=key, order=("-number",), limit=1)
                if not rows:
                    raise NotFoundError("workflow", key)
                row = rows[0]
            now = self._core.current_row(work, row.workflow)
            return WorkflowAnswer(
                version=self._core.version(work, row.digest),
                added_at=row.at,
                current=now is not None and now.digest == row.digest,
            )

        return self._core.store.read(actor.school_id, found)
