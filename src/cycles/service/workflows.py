"""Workflow versions of a school: stored for good under their digest, one of each current.

New cycles run under the current version; which it is, is an entry of the log like all else. A
version that was current before can become so again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from cycles.errors import ConflictError, InvalidInputError, NotFoundError
from cycles.ledger import Body, Link, defining_data, earliest_after, instant_text
from cycles.service.actors import Actor, operator_of, require
from cycles.service.core import Core
from cycles.service.journal import plain_body
from cycles.service.names import named
from cycles.service.once import Given, once
from cycles.store import CycleRow, DefiningRow, VersionRow, Work
from cycles.workflow.choices import (
    Choices,
    Difference,
    choices_of,
    differences,
    with_choices,
)
from cycles.workflow.loading import load
from cycles.workflow.version import Version

__all__ = ["Change", "Defined", "VersionLine", "WorkflowAnswer", "Workflows", "shipped"]

#: One maker of versions at a time, so that their numbers follow each other.
_LOCK: Final = "define"
_NOTHING_GIVEN: Final = Given()
#: By which way a version comes that keeps what people chose, when a newer one is taken up.
_CARRIED: Final = "job"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of a workflow, and what it is to the school.

    Attributes:
        version: The version.
        current: Whether new cycles run under it.
        since: When it was made the current one, the last time.
        by: Who made it so then: a person's id; `None` for the programme or somebody erased.
        name: Their name.
        times: How often it was made so.
        under_way: How many cycles run under it.
        ended: How many did.
        differences: What is otherwise in it than in the current one.
    """

    version: Version
    current: bool
    since: str
    by: str | None
    times: int
    under_way: int
    ended: int
    differences: tuple[Difference, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would be if another version became the current one.

    Attributes:
        before: The current version.
        after: The other one; the same where nothing would change.
        known: Whether it is stored already.
        differences: What would be otherwise.
        under_way: How many cycles of the workflow run; they keep their version.
    """

    before: Version
    after: Version
    known: bool
    differences: tuple[Difference, ...]
    under_way: int


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

    def choose(
        self, actor: Actor, key: str, wanted: Choices, *, seen: str, given: Given = _NOTHING_GIVEN
    ) -> str:
        """Have new cycles of a workflow run with other choices; the `Defined.outcome` of it.

        Args:
            actor: Who asks.
            key: The workflow's.
            wanted: What the school chooses now; all else stays as it is in the current version.
            seen: The digest of the version that was current when they were asked.
            given: The idempotency key.

        Raises:
            NotFoundError: no such workflow.
            InvalidInputError: choices that cannot be.
            ConflictError: `version_changed`, another version is current since.
        """
        return self._changed(actor, key, seen, given, lambda _, now: with_choices(now, wanted))

    def choose_again(
        self, actor: Actor, key: str, digest: str, *, seen: str, given: Given = _NOTHING_GIVEN
    ) -> str:
        """Have new cycles run under a version that is stored; raises as `choose` does."""
        return self._changed(
            actor, key, seen, given, lambda work, _: self._stored(work, key, digest)
        )

    def with_choices(self, actor: Actor, key: str, wanted: Choices, *, seen: str) -> Change:
        """What these choices would change, asked before it is done; raises as `choose` does."""
        return self._supposed(actor, key, seen, lambda _, now: with_choices(now, wanted))

    def with_version(self, actor: Actor, key: str, digest: str, *, seen: str) -> Change:
        """What it would change to go back to a stored version; raises as `choose` does."""
        return self._supposed(actor, key, seen, lambda work, _: self._stored(work, key, digest))

    def versions(self, actor: Actor, key: str) -> tuple[VersionLine, ...]:
        """All versions of a workflow, the current one first, then the one that was so last.

        Raises:
            NotAllowedError: they may not see them.
            NotFoundError: no such workflow.
        """
        require("versions", actor)

        def found(work: Work) -> tuple[VersionLine, ...]:
            rows = work.find(DefiningRow, workflow=key, order=("-number",))
            if not rows:
                raise NotFoundError("workflow", key)
            now, view = self._core.version(work, rows[0].digest), self._core.view_in(work)
            count: Counter[tuple[str, bool]] = Counter(
                work.pick(CycleRow, ("version", "ended"), workflow=key)
            )
            lines = []
            for digest in dict.fromkeys(row.digest for row in rows):
                times = [row for row in rows if row.digest == digest]
                version, first = self._core.version(work, digest), work.entries(f"def:{digest}")
                by = Body.parse(first[-1].body).actor if first else ""
                lines.append(
                    VersionLine(
                        version=version,
                        current=digest == rows[0].digest,
                        since=times[0].at,
                        by=view.id_of.get(by),
                        times=len(times),
                        under_way=count[digest, False],
                        ended=count[digest, True],
                        differences=differences(now, version),
                    )
                )
            names = named(view, [line.by for line in lines if line.by])
            return tuple(replace(line, name=names.get(line.by or "", "")) for line in lines)

        return self._core.store.read(actor.school_id, found)

    def _changed(
        self,
        actor: Actor,
        key: str,
        seen: str,
        given: Given,
        wanted: Callable[[Work, Version], Version],
    ) -> str:
        require("define", actor)

        def changed(work: Work) -> tuple[str, None]:
            work.lock(_LOCK)
            now = self._as_seen(work, key, seen)
            return self._make_current(work, actor, wanted(work, now)).outcome, None

        return once(self._core, actor, given, str, changed)[0]

    def _supposed(
        self, actor: Actor, key: str, seen: str, wanted: Callable[[Work, Version], Version]
    ) -> Change:
        require("define", actor)

        def found(work: Work) -> Change:
            now = self._as_seen(work, key, seen)
            after = wanted(work, now)
            rows = work.pick(CycleRow, ("version", "ended"), workflow=key)
            return Change(
                before=now,
                after=after,
                known=work.get(VersionRow, digest=after.digest) is not None,
                differences=differences(now, after),
                under_way=sum(not ended for _, ended in rows),
            )

        return self._core.store.read(actor.school_id, found)

    def _as_seen(self, work: Work, key: str, seen: str) -> Version:
        now = self._core.latest(work, key)
        if now.digest != seen:
            raise ConflictError(
                "another version is current since; look at it first",
                data={"reason": "version_changed"},
            )
        return now

    def _stored(self, work: Work, key: str, digest: str) -> Version:
        row = work.get(VersionRow, digest=digest)
        if row is None or row.workflow != key:
            raise NotFoundError("workflow", digest)
        return self._core.version(work, digest)

    def renew(self, actor: Actor, versions: Iterable[Version]) -> tuple[Version, ...]:
        """Take up versions that the school never had, as after an upgrade; those that were new.

        A version that it had before is left as it is: the school may since have chosen another.
        What people chose in the one before stays chosen, in a version of its own, wherever the
        new one has it.
        """
        require("define", actor)
        wanted = tuple(versions)

        def renewed(work: Work) -> tuple[Version, ...]:
            work.lock(_LOCK)
            new = [v for v in wanted if work.get(VersionRow, digest=v.digest) is None]
            for version in new:
                own = self._with_own_choices(work, version)
                self._make_current(work, actor, version)
                if own != version:
                    self._make_current(work, replace(actor, via=_CARRIED), own)
            return tuple(new)

        return self._core.store.write(actor.school_id, renewed)

    def _with_own_choices(self, work: Work, version: Version) -> Version:
        """The version with what people chose since the machine stored one the last time."""
        rows = work.find(DefiningRow, workflow=version.key, order=("-number",))
        given = next((row for row in rows if self._is_given(work, row)), None)
        if given is None or given.digest == rows[0].digest:
            return version
        before = choices_of(self._core.version(work, given.digest))
        own = choices_of(self._core.version(work, rows[0].digest))
        new = choices_of(version)
        measures = {k: m for k, m in own.measures.items() if m != before.measures.get(k)}
        wanted = Choices(
            rounds=new.rounds if own.rounds == before.rounds else own.rounds,
            measures={k: measures.get(k, m) for k, m in new.measures.items()},
            names=new.names if own.names == before.names else own.names,
        )
        try:
            return with_choices(version, wanted)
        except InvalidInputError:
            return version

    def _is_given(self, work: Work, row: DefiningRow) -> bool:
        """Whether it was stored from a file on the machine, not chosen by anybody."""
        bodies = (Body.parse(entry.body) for entry in work.entries(f"def:{row.digest}"))
        made = next(body for body in bodies if body.data["number"] == row.number)
        return made.actor == operator_of("").pseudonym and made.via != _CARRIED

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
