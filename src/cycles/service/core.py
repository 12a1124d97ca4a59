"""What every part of the service stands on: the store, the clock, chance, and what may be kept.

Only values that cannot go stale unseen are kept between requests: a workflow version by its
digest, a cycle by the leaf of its last entry, a school's directory by its change number.
"""

from __future__ import annotations

import base64
import secrets
import threading
import uuid
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from cycles.canonical import canonical_bytes
from cycles.engine.people import People
from cycles.engine.surroundings import Directory as OnDuty
from cycles.engine.surroundings import LinkedCycle, Surroundings
from cycles.errors import NotFoundError, StoreError
from cycles.ledger import SALT_BYTES, instant_text
from cycles.school import (
    Appointment,
    Calendar,
    Directory,
    Group,
    Holiday,
    MakeUpDay,
    Person,
    Term,
)
from cycles.store import (
    AppointmentRow,
    CycleCache,
    CycleRow,
    DefiningRow,
    GroupRow,
    HolidayRow,
    LinkRow,
    MakeUpDayRow,
    Payload,
    PersonRow,
    SchoolRow,
    Store,
    TermRow,
    VersionRow,
    Work,
)
from cycles.store.files import FileFolder
from cycles.workflow.version import Version, every_guard

__all__ = ["Core", "Opening", "SchoolView", "links_matter", "people_for", "subject_of"]

K = TypeVar("K")
V = TypeVar("V")


class _Kept(Generic[K, V]):
    """The values used last; safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: K, value: V) -> V:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return value

    def drop(self, key: K) -> None:
        with self._lock:
            self._values.pop(key, None)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a cycle's opening keeps outside the log: its subject and its secret key.

    Both are gone once it is erased; `key` is then that of a later filing, if there is one.
    """

    subject: dict[str, Any] | None
    key: bytes | None


class SchoolView:
    """One school as it stands: its directory, its calendar, who is who; never changed."""

    def __init__(
        self, row: SchoolRow, directory: Directory, calendar: Calendar, number: int
    ) -> None:
        self.row, self.directory, self.calendar, self.number = row, directory, calendar, number
        self.id_of = {p.pseudonym: p.id for p in directory.persons}
        self.person_of = {p.id: p for p in directory.persons}
        self.groups = {g.id: g for g in directory.groups}
        self._on_duty: dict[date, OnDuty] = {}
        self._called = Counter(p.name for p in directory.persons)

    @property
    def school_id(self) -> str:
        """The school's id."""
        return self.row.id

    def today(self, now: datetime) -> date:
        """The school's date at an instant."""
        return self.calendar.local_date(now)

    def on_duty(self, day: date) -> OnDuty:
        """The directory of one day, as the engine wants it."""
        known = self._on_duty.get(day)
        if known is not None:
            return known
        there = self.directory
        guests = (p.pseudonym for p in there.persons if p.guest and p.enabled)
        made = OnDuty(
            heads=there.heads(day),
            deputies=there.deputies(day),
            auditors=there.auditors(day),
            staff=there.staff(day),
            group_heads={g.id: there.group_heads(g.id, day) for g in there.groups},
            group_members={g.id: there.group_members(g.id, day) for g in there.groups},
            guests=tuple(sorted(guests)),
        )
        if len(self._on_duty) > 60:
            self._on_duty.clear()
        self._on_duty[day] = made
        return made

    def around(self, now: datetime, linked: tuple[LinkedCycle, ...] = ()) -> Surroundings:
        """What the engine is told of the world at an instant."""
        today = self.today(now)
        return Surroundings(
            now=now,
            today=today,
            directory=self.on_duty(today),
            calendar=self.calendar,
            linked=linked,
        )

    def may_enter(self, person_id: str) -> bool:
        """Whether there is such a person, and their account is open."""
        person = self.person_of.get(person_id)
        return person is not None and person.enabled

    def name(self, person_id: str) -> str:
        """A person's name; the id of one who was erased."""
        person = self.person_of.get(person_id)
        return person.name if person else person_id

    def told_apart(self, person_id: str, day: date) -> str:
        """A person's name where one is chosen of many: with the groups, if two are called so."""
        person = self.person_of.get(person_id)
        if person is None or self._called[person.name] < 2:
            return self.name(person_id)
        held = self.directory.roles_of(person.pseudonym, day)
        groups = dict.fromkeys(self.groups[each.group].name for each in held if each.group)
        return " · ".join([person.name, *(groups or [person.staff_no or person.id[-4:]])])


class Core:
    """The store and the folder of files, with what is worth keeping of them in memory.

    Args:
        store: Where everything is.
        files: The attachments.
        clock: The present instant, in UTC.
        chance: That many random bytes.
    """

    def __init__(
        self,
        store: Store,
        files: FileFolder,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.store, self.files = store, files
        self._clock, self.chance = clock, chance
        self.cycles = CycleCache()
        self._views: _Kept[str, SchoolView] = _Kept(200)
        self._versions: _Kept[str, Version] = _Kept(500)
        self._openings: _Kept[tuple[str, str], Opening] = _Kept(5_000)

    # --- time and chance -------------------------------------------------------------------

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._clock().astimezone(UTC)

    def now_text(self) -> str:
        """The present instant as the log writes it."""
        return instant_text(self.now())

    def new_id(self) -> str:
        """A new id that sorts by time: UUIDv7 (RFC 9562)."""
        milliseconds = int(self.now().timestamp() * 1000)
        raw = bytearray(milliseconds.to_bytes(6, "big") + self.chance(10))
        raw[6] = 0x70 | raw[6] & 0x0F
        raw[8] = 0x80 | raw[8] & 0x3F
        return str(uuid.UUID(bytes=bytes(raw)))

    def payload(self, content: Any) -> Payload | None:
        """What an entry commits to, freshly salted; `None` for no content."""
        if not content:
            return None
        return Payload(salt=self.chance(SALT_BYTES), content=canonical_bytes(content))

    # --- schools ---------------------------------------------------------------------------

    def view(self, school_id: str) -> SchoolView:
        """The school as committed; raises `NotFoundError`."""
        kept = self._views.get(school_id)
        if kept is not None and kept.number == self.store.changes_of(school_id):
            return kept
        # Kept only as committed: what a transaction saw may be undone.
        return self._views.keep(school_id, self.store.read(school_id, self.view_in))

    def view_in(self, work: Work, number: int | None = None) -> SchoolView:
        """The school as this transaction sees it, with its change number where that is known.

        Raises `NotFoundError`.
        """
        if number is None:
            number = work.changes()
        kept = self._views.get(work.school_id)
        if kept is not None and kept.number == number:
            return kept
        row = work.get(SchoolRow, id=work.school_id)
        if row is None:
            raise NotFoundError("school", work.school_id)
        return _view(work, row, number)

    # --- versions and cycles ---------------------------------------------------------------

    def version(self, work: Work, digest: str) -> Version:
        """A stored workflow version; raises `StoreError` if it is not there."""
        kept = self._versions.get(digest)
        if kept is not None:
            return kept
        row = work.get(VersionRow, digest=digest)
        if row is None:
            raise StoreError(f"the workflow version {digest[:12]} is not stored")
        return self._versions.keep(digest, Version.from_canonical(row.canonical))

    def latest(self, work: Work, workflow: str) -> Version:
        """The version under which new cycles run; raises `NotFoundError`."""
        row = self.current_row(work, workflow)
        if row is None:
            raise NotFoundError("workflow", workflow)
        return self.version(work, row.digest)

    def current_row(self, work: Work, workflow: str) -> DefiningRow | None:
        """Which version of a workflow is current; `None` if there is no such workflow."""
        rows = work.find(DefiningRow, workflow=workflow, order=("-number",), limit=1)
        return rows[0] if rows else None

    def opening(self, work: Work, cycle_id: str) -> Opening:
        """The cycle's subject and key, from the payload of its opening."""
        known = self._openings.get((work.school_id, cycle_id))
        if known is not None:
            return known
        subj = f"cycle:{cycle_id}"
        first = work.payloads(subj, [1]).get(1)
        if first is not None:
            plain = msgspec.json.decode(first.content)
            found = Opening(plain["subject"], base64.b64decode(plain["key"]))
        else:
            found = Opening(None, _later_key(work, subj))
        return self._openings.keep((work.school_id, cycle_id), found)

    def forget_opening(self, school_id: str, cycle_id: str) -> None:
        """Have a cycle's subject and key read anew: they were erased, or made anew."""
        self._openings.drop((school_id, cycle_id))

    def linked(
        self,
        work: Work,
        version: Version,
        cycle_id: str | None,
        named: dict[str, str],
        links: Sequence[LinkRow] | None = None,
    ) -> tuple[LinkedCycle, ...]:
        """The cycles that this one names or that name it, and those that a command names.

        Args:
            work: The transaction.
            version: The cycle's version; one without links is not looked up.
            cycle_id: The cycle; `None` while it is being opened.
            named: Link name → cycle id, as the command at hand says.
            links: The links from it and to it, where they are known.
        """
        if not links_matter(version):
            return ()
        if links is None:
            links = [] if cycle_id is None else work.links(cycle_id)
        out = [*named.items(), *((r.name, r.to_cycle) for r in links if r.from_cycle == cycle_id)]
        incoming = [(r.name, r.from_cycle) for r in links if r.to_cycle == cycle_id]
        found = [self._linked(work, other, name, False) for name, other in dict.fromkeys(out)]
        found += [self._linked(work, other, name, True) for name, other in dict.fromkeys(incoming)]
        return tuple(c for c in found if c is not None)

    def _linked(self, work: Work, other: str, name: str, incoming: bool) -> LinkedCycle | None:
        row = work.cycle(other)
        if row is None:
            return None
        cycle = self.cycles.cycle_of(row)
        return LinkedCycle(
            id=row.id,
            workflow=row.workflow,
            link=name,
            incoming=incoming,
            state=row.state,
            revision=row.revision,
            leaf=base64.b64encode(row.head).decode(),
            people=tuple(dict.fromkeys(p for held in cycle.roles.values() for p in held)),
            roles=cycle.roles,
        )

    def row_of(self, work: Work, cycle_id: str) -> CycleRow:
        """A cycle's row; raises `NotFoundError`."""
        row = work.cycle(cycle_id)
        if row is None:
            raise NotFoundError("cycle", cycle_id)
        return row


def people_for(core: Core, work: Work, view: SchoolView, row: CycleRow) -> People:
    """The people of a stored cycle, as of now."""
    version = core.version(work, row.version)
    around = view.around(core.now(), core.linked(work, version, row.id, {}))
    return People(version, core.cycles.cycle_of(row), around)


_LINKING: Final[dict[str, bool]] = {}


def links_matter(version: Version) -> bool:
    """Whether anything in the workflow looks at other cycles."""
    known = _LINKING.get(version.digest)
    if known is None:
        workflow = version.workflow
        forms = [workflow.subject, *(kind.form for kind in workflow.records.values())]
        guards = [g for t in workflow.transitions.values() for g in every_guard(t.guards)]
        known = (
            any(field.type == "cycle" for form in forms for field in form.values())
            or any(g.linked is not None for g in guards)
            or b'"linked.' in version.canonical
        )
        _LINKING[version.digest] = known
    return known


def subject_of(version: Version, body: dict[str, Any] | None) -> str:
    """What a cycle is about in a few words: its subject's first text; empty once erased."""
    form, said = version.workflow.subject, body or {}
    texts = (str(said[name]) for name in form if form[name].type == "text" and said.get(name))
    return next(texts, "")


def _later_key(work: Work, subj: str) -> bytes | None:
    """The key that a filing brought after the first one had been erased."""
    for entry in work.entries(subj, after=1):
        if entry.payload is not None and b'"key"' in entry.payload.content:
            plain = msgspec.json.decode(entry.payload.content)
            if "key" in plain:
                return base64.b64decode(plain["key"])
    return None


def _view(work: Work, row: SchoolRow, number: int) -> SchoolView:
    persons = tuple(
        Person(
            id=p.id,
            pseudonym=p.pseudonym,
            name=p.name,
            enabled=p.enabled,
            guest=p.guest,
            staff_no=p.staff_no,
        )
        for p in work.find(PersonRow)
    )
    groups = tuple(Group(id=g.id, name=g.name) for g in work.find(GroupRow))
    appointments = tuple(
        Appointment(
            id=a.id,
            person=a.person,
            role=a.role,
            group=a.group,
            from_date=a.from_date,
            until_date=a.until_date,
        )
        for a in work.find(AppointmentRow)
    )
    calendar = Calendar(
        zone=row.zone,
        terms=tuple(
            Term(id=t.id, name=t.name, first_day=t.first_day, last_day=t.last_day)
            for t in work.find(TermRow)
        ),
        holidays=tuple(
            Holiday(first=h.first, last=h.last, name=h.name) for h in work.find(HolidayRow)
        ),
        make_up_days=tuple(MakeUpDay(day=m.day, name=m.name) for m in work.find(MakeUpDayRow)),
    )
    directory = Directory(persons=persons, groups=groups, appointments=appointments)
    return SchoolView(row, directory, calendar, number)
