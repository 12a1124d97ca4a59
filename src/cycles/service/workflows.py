"""Workflow versions of a school: stored for good under their digest, the newest for new cycles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cycles.errors import NotFoundError
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.journal import plain_body
from cycles.store import VersionRow, Work
from cycles.workflow.loading import load
from cycles.workflow.version import Version

__all__ = ["WorkflowAnswer", "Workflows", "shipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowAnswer:
    """A workflow in the version under which new cycles run."""

    version: Version
    added_at: str


def shipped() -> tuple[Version, ...]:
    """The workflows that come with the programme, proven sound, by key."""
    inside = Path(str(files("cycles"))) / "_workflows"
    # In a checkout they stand beside `src`, where people read and change them.
    folder = inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "workflows"
    found = (load(path.read_bytes(), path.name) for path in sorted(folder.glob("*.yaml")))
    return tuple(sorted(found, key=lambda version: version.key))


class Workflows:
    """Stores versions and gives them out."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def define(self, actor: Actor, versions: Iterable[Version]) -> tuple[Version, ...]:
        """Store versions for new cycles to run under; those that were new, one entry each.

        A version that is the newest of its workflow already is left alone. One that was used
        before a newer one cannot come back: what is stored is never changed.
        """
        require("define", actor)
        wanted = tuple(versions)

        def defined(work: Work) -> tuple[Version, ...]:
            return tuple(v for v in wanted if self._store(work, actor, v))

        return self._core.store.write(actor.school_id, defined)

    def _store(self, work: Work, actor: Actor, version: Version) -> bool:
        if work.get(VersionRow, digest=version.digest) is not None:
            return False
        before = work.find(VersionRow, workflow=version.key)
        at, subj = self._core.now_text(), f"def:{version.digest}"
        work.add(
            VersionRow(
                school_id=work.school_id,
                digest=version.digest,
                workflow=version.key,
                canonical=version.canonical,
                added_at=at,
                number=len(before) + 1,
            )
        )
        body = plain_body(
            log=self._core.view_in(work).row.log,
            subj=subj,
            link=None,
            act="define",
            at=at,
            actor=actor.pseudonym,
            via=actor.via,
            data={"workflow": version.key, "number": len(before) + 1},
            payload=None,
        )
        work.append(body, None)
        return True

    def all(self, actor: Actor) -> tuple[WorkflowAnswer, ...]:
        """The newest version of each workflow, by key."""
        require("workflows", actor)

        def found(work: Work) -> tuple[WorkflowAnswer, ...]:
            newest = {r.workflow: r for r in work.find(VersionRow, order=("workflow", "number"))}
            return tuple(
                WorkflowAnswer(version=self._core.version(work, row.digest), added_at=row.added_at)
                for row in newest.values()
            )

        return self._core.store.read(actor.school_id, found)

    def one(self, actor: Actor, key: str) -> WorkflowAnswer:
        """The newest version of a workflow, or the version of a digest in hex.

        Raises `NotFoundError`.
        """
        require("workflows", actor)

        def found(work: Work) -> WorkflowAnswer:
            row = work.get(VersionRow, digest=key)
            if row is None:
                rows = work.find(VersionRow, workflow=key, order=("-number",), limit=1)
                row = rows[0] if rows else None
            if row is None:
                raise NotFoundError("workflow", key)
            return WorkflowAnswer(
                version=self._core.version(work, row.digest), added_at=row.added_at
            )

        return self._core.store.read(actor.school_id, found)
