"""The log as people read it: one cycle's history, and the whole school's log with filters.

Where a payload may not be read yet, the clear part that would tell of it is left out, too.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from cycles.engine.access import may_read_entry, may_see
from cycles.engine.people import People
from cycles.errors import NotFoundError
from cycles.ledger import LOOK, LOOKS_SUBJECT, Body, is_look
from cycles.service.actors import OPERATIONS, Actor, require
from cycles.service.answers import CycleAnswer, EntryAnswer, HistoryAnswer
from cycles.service.core import Core, SchoolView, people_for
from cycles.service.journal import event_of
from cycles.service.looking import Looking, Seen
from cycles.service.looks import Looks
from cycles.service.names import Told, outward, people_in
from cycles.store import MARKS, LogFilter, Place, StoredEntry, Work

__all__ = ["EntryInChain", "LogQuestion", "Place", "ReadingLog", "may_read_payload"]

#: Entries looked at to fill one page; a page may be short of its limit and still have a next one.
_SCAN: Final = 2_000
_PAGE: Final = 200
#: What the clear part of an act says about the payload; the rest is for all who see the cycle.
_TELLING: Final[dict[str, frozenset[str]]] = {
    "file": frozenset({"facts", "points", "voices", "digest"}),
    "answer": frozenset({"disposition"}),
    "verify": frozenset({"outcome"}),
}

#: One proposes it, another one does it.
_REOPENING: Final = frozenset({"propose_reopen", "reopen"})

#: How many other cycles a guard looked at, and their digest: some of them may be hidden.
_WITNESS: Final = frozenset({"saw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuestion:
    """Which entries are asked for; `None` asks for all. Instants as the log writes them.

    Attributes:
        person: Who acted, or for whom it was typed: a person's id, or the pseudonym of one who
            was erased.
        group: Entries of the cycles of this group.
        cycle: Entries of this cycle.
        act: A command or a transition.
        since: From this instant on; a date will do.
        until: Before this instant.
        late: Records that were filed late (`True`), or all else.
        waived: Entries in which a guard was or became waived, or all else.
        typed: Entries that somebody typed for another, or all else.
        reopened: Entries by which a cycle is to be reopened, or was, or all else.
        looks: What auditors looked at, or all else.
    """

    person: str | None = None
    group: str | None = None
    cycle: str | None = None
    act: str | None = None
    since: str | None = None
    until: str | None = None
    late: bool | None = None
    waived: bool | None = None
    typed: bool | None = None
    reopened: bool | None = None
    looks: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryInChain:
    """An entry and its place among those of its subject.

    Attributes:
        entry: As the asker may read it.
        follows: Base64 leaf hash of the entry that it says it follows; `None` for the first.
        definition: Base64 SHA-256 of the workflow version in force; `None` outside of cycles.
        is_last: Whether nothing comes after it so far.
        cycle: The cycle that it is an entry of, as it stands.
    """

    entry: EntryAnswer
    follows: str | None
    definition: str | None
    is_last: bool
    cycle: CycleAnswer | None


class ReadingLog:
    """Answers about the log."""

    def __init__(self, core: Core) -> None:
        self._core, self._looking, self._looks = core, Looking(core), Looks(core)

    def history(
        self, actor: Actor, cycle_id: str, *, after: int = 0, limit: int = 50
    ) -> HistoryAnswer:
        """A cycle's entries, oldest first, those after the given number; `next` is a number.

        Raises `NotFoundError` for a cycle that the actor may not see.
        """

        def found(work: Work) -> tuple[Seen, HistoryAnswer]:
            seen = self._looking.seen(work, actor, cycle_id)
            reader = _Reader(self._core, work, actor)
            entries = work.entries(seen.row.subj, after=after, limit=limit + 1)
            shown = [reader.shown(e, Body.parse(e.body), seen.people) for e in entries[:limit]]
            more = len(entries) > limit and bool(shown)
            next_ = shown[-1].seq if more else None
            return seen, HistoryAnswer(entries=tuple(shown), next=next_)

        seen, answer = self._core.store.read(actor.school_id, found)
        self._looking.note(actor, seen)
        return answer

    def log(
        self,
        actor: Actor,
        asked: LogQuestion,
        *,
        before: Place | None = None,
        limit: int = 50,
    ) -> HistoryAnswer:
        """The school's entries, newest first; entries of cycles that the actor may see only.

        `before` and `next` are (at, subject, number) of the last entry shown or, where too many
        had to be passed over, of the minute in which those were written.

        Raises `NotAllowedError`.
        """
        require("log", actor)

        def found(work: Work) -> HistoryAnswer:
            reader = _Reader(self._core, work, actor)
            meant = reader.filter(asked)
            shown: list[EntryAnswer] = []
            last, scanned, wanted = before, 0, limit
            while True:
                page = work.log_page(meant, before=last, limit=wanted)
                for entry in page:
                    if scanned >= _SCAN and last and _minute(last[0]) != _minute(entry.at):
                        return HistoryAnswer(entries=tuple(shown), next=(_minute(last[0]), "-", 1))
                    last, scanned = entry.place, scanned + 1
                    body = Body.parse(entry.body)
                    if reader.is_meant(asked, body) and reader.knows(body):
                        shown.append(reader.shown(entry, body, reader.people(body)))
                        if len(shown) == limit:
                            return HistoryAnswer(entries=tuple(shown), next=last)
                if len(page) < wanted:
                    return HistoryAnswer(entries=tuple(shown))
                # The database passes over what is not meant; few are left to be passed over here.
                wanted = _PAGE

        answer = self._core.store.read(actor.school_id, found)
        self._note_search(actor, asked, before)
        return answer

    def _note_search(self, actor: Actor, asked: LogQuestion, before: Place | None) -> None:
        known = self._core.view(actor.school_id).person_of.get(asked.person or "")
        said = {name: getattr(asked, name) for name in LogQuestion.__slots__}
        said["person"] = known.pseudonym if known else asked.person
        said["before"] = None if before is None else before[0]
        cycle = said.pop("cycle")
        subj = None if cycle is None else f"cycle:{cycle}"
        self._looks.note(actor, "search", subj=subj, **said)

    def entry(self, actor: Actor, subj: str, seq: int) -> EntryInChain:
        """One entry of the school's log; raises `NotAllowedError` and `NotFoundError`."""
        require("log", actor)

        def found(work: Work) -> EntryInChain:
            reader = _Reader(self._core, work, actor)
            there = work.entries(subj, after=seq - 1, limit=2)
            body = Body.parse(there[0].body) if there else None
            if body is None or body.seq != seq or not reader.knows(body):
                raise NotFoundError("entry", f"{subj}/{seq}")
            return EntryInChain(
                entry=reader.shown(there[0], body, reader.people(body)),
                follows=body.prev,
                definition=body.def_,
                is_last=len(there) == 1,
                cycle=self._looking.if_seen(work, actor, _cycle_of(subj)),
            )

        answer = self._core.store.read(actor.school_id, found)
        self._looks.note(actor, "entry", subj=subj, seq=seq)
        return answer

    def one(self, work: Work, actor: Actor, subj: str, seq: int) -> EntryAnswer | None:
        """One entry, as a part of another answer; `None` if the actor may not know of it."""
        reader, there = _Reader(self._core, work, actor), work.entry(subj, seq)
        body = None if there is None else Body.parse(there.body)
        if there is None or body is None or not reader.knows(body):
            return None
        return reader.shown(there, body, reader.people(body))

    def titles(self, actor: Actor, cycles: Iterable[str]) -> dict[str, str]:
        """What each of these cycles is about; those that the actor may not see are left out."""

        def found(work: Work) -> dict[str, str]:
            looking, view = self._looking, self._core.view_in(work)
            rows = {cycle: work.cycle(cycle) for cycle in cycles}
            lines = {
                cycle: looking.line_if_seen(work, view, row, actor)
                for cycle, row in rows.items()
                if row is not None
            }
            return {cycle: line.title for cycle, line in lines.items() if line is not None}

        return self._core.store.read(actor.school_id, found)


def _subject_asked(asked: LogQuestion) -> str | None:
    """The one subject to which all that is meant belongs, if there is one."""
    if asked.cycle is not None:
        return f"cycle:{asked.cycle}"
    return LOOKS_SUBJECT if asked.looks else None


def _cycle_of(subj: str) -> str | None:
    return subj.removeprefix("cycle:") if subj.startswith("cycle:") else None


def _minute(at: str) -> str:
    """The instant at which an instant's minute begins."""
    return f"{at[:16]}:00.000000Z"


def may_read_payload(people: People, person: str, body: Body) -> bool:
    """Whether the person may read the payload of a cycle's entry as things stand.

    The engine's rule, and one more: why somebody is absent may be a matter of health. Only who
    excused them, they themselves, and those who answer for the school or audit it may know.
    """
    if not may_read_entry(people, person, event_of(body)):
        return False
    if body.act != "excuse":
        return True
    there = people.around.directory
    return person in (
        body.actor,
        body.for_,
        body.data["person"],
        *there.heads,
        *there.deputies,
        *there.auditors,
        *there.group_heads.get(people.cycle.group, ()),
    )


def _people_meant(view: SchoolView, body: Body, payload: dict[str, Any] | None) -> list[str]:
    """The ids of the people whom an entry is about, or at whose entries an auditor looked."""
    subjects = [body.subj, str(payload.get("subj")) if payload else ""]
    meant = (subj.removeprefix("person:") for subj in subjects if subj.startswith("person:"))
    return [view.id_of[pseudonym] for pseudonym in meant if pseudonym in view.id_of]


def _subject_looked_at(payload: bytes) -> str:
    """The subject that the payload of an auditor's look names."""
    return str(msgspec.json.decode(payload)["subj"])


class _Reader:
    """One actor reading entries in one transaction."""

    def __init__(self, core: Core, work: Work, actor: Actor) -> None:
        self._core, self._work, self._actor = core, work, actor
        self._reads_log = OPERATIONS["log"](actor)
        self._view: SchoolView = core.view_in(work)
        self._people: dict[str, People | None] = {}

    def people(self, body: Body) -> People | None:
        """The people of an entry's cycle; `None` where the subject is no cycle."""
        if not body.is_of_cycle:
            return None
        if body.subj not in self._people:
            row = self._work.cycle(body.subj.removeprefix("cycle:"))
            self._people[body.subj] = (
                None if row is None else people_for(self._core, self._work, self._view, row)
            )
        return self._people[body.subj]

    def knows(self, body: Body) -> bool:
        """Whether the actor may know of the entry's cycle; all else is theirs to read."""
        if not body.is_of_cycle or self._actor.is_operator:
            return True
        people = self.people(body)
        return people is not None and may_see(people, self._actor.pseudonym)

    def knows_subject(self, subj: str) -> bool:
        """Whether the actor may know of a subject of the log."""
        if not subj.startswith("cycle:") or self._actor.is_operator:
            return True
        row = self._work.cycle(subj.removeprefix("cycle:"))
        if row is None:
            return False
        people = people_for(self._core, self._work, self._view, row)
        return may_see(people, self._actor.pseudonym)

    def filter(self, asked: LogQuestion) -> LogFilter:
        """The question for the database, which may answer it with more than is meant."""
        return LogFilter(
            subj=_subject_asked(asked),
            act=asked.act,
            besides=LOOK if asked.looks is False else None,
            person=self._pseudonym(asked.person),
            group=asked.group,
            since=asked.since,
            until=asked.until,
            marks=tuple(mark for mark in MARKS if getattr(asked, mark)),
        )

    def _pseudonym(self, person: str | None) -> str | None:
        known = self._view.person_of.get(person or "")
        return known.pseudonym if known else person

    def is_meant(self, asked: LogQuestion, body: Body) -> bool:
        """Whether the entry, found by `filter`, is one of those that were asked for."""
        person = self._pseudonym(asked.person)
        if person is not None and person not in (body.actor, body.for_):
            return False
        if asked.looks is not None and asked.looks != (body.act == LOOK):
            return False
        late = body.act == "file" and body.data.get("late") is True
        waived = body.act == "waive" or "waived" in body.guards.values()
        return (
            asked.late in (None, late)
            and asked.waived in (None, waived)
            and asked.typed in (None, body.for_ is not None)
            and asked.reopened in (None, body.act in _REOPENING)
        )

    def shown(self, entry: StoredEntry, body: Body, people: People | None) -> EntryAnswer:
        """The entry as the actor may read it."""
        readable = self._may_read(body, people)
        if readable and is_look(body.act, body.subj) and entry.payload is not None:
            readable = self.knows_subject(_subject_looked_at(entry.payload.content))
        view, content, payload = self._view, *_content(entry, body, readable)
        telling = frozenset() if readable else _TELLING.get(body.act, frozenset())
        telling |= frozenset() if self._reads_log else _WITNESS
        clear = {key: value for key, value in body.data.items() if key not in telling}
        actor, for_ = outward(view, body.actor), outward(view, body.for_)
        data, payload = outward(view, clear), outward(view, payload)
        return EntryAnswer(
            subj=body.subj,
            seq=body.seq,
            act=body.act,
            from_=body.from_,
            to=body.to,
            fired=body.fired,
            round=body.round,
            at=body.at,
            actor=actor,
            for_=for_,
            role=body.role,
            via=body.via,
            guards=body.guards,
            data=data,
            content=content,
            payload=payload,
            leaf=base64.b64encode(entry.leaf).decode(),
            told=Told(
                people.version if people else None,
                people_in(view, [actor, for_, data, payload, *_people_meant(view, body, payload)]),
            ),
        )

    def _may_read(self, body: Body, people: People | None) -> bool:
        if self._actor.is_operator or not body.is_of_cycle:
            return True
        return people is not None and may_read_payload(people, self._actor.pseudonym, body)


def _content(
    entry: StoredEntry, body: Body, readable: bool
) -> tuple[Literal["none", "shown", "withheld", "erased"], dict[str, Any] | None]:
    """What there is to read, and that; never the key under which content digests are made."""
    if body.pay is None:
        return "none", None
    if entry.payload is None:
        return "erased", None
    if not readable:
        return "withheld", None
    plain: dict[str, Any] = msgspec.json.decode(entry.payload.content)
    return "shown", {key: value for key, value in plain.items() if key != "key"}
