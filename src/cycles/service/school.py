"""The school itself: its people, groups, appointments and days; every change is one entry.

What names somebody stands in the entry's payload, what replay and auditors need (ids, roles,
dates) in its data. Each change has the tasks of all open cycles worked out anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from cycles.canonical import nfc
from cycles.errors import (
    ConflictError,
    FieldFault,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TooLargeError,
)
from cycles.ledger import earliest_after, instant_text, pseudonym
from cycles.school import (
    HEAD,
    Appointment,
    Calendar,
    Directory,
    Group,
    HeldRole,
    Holiday,
    MakeUpDay,
    Person,
    Term,
)
from cycles.school.staff_columns import clean, key
from cycles.service.accesses import shut_out
from cycles.service.actors import Actor, operator_of, require
from cycles.service.core import Core
from cycles.service.journal import b64, plain_body
from cycles.service.outbox import DAY, SCHOOL, Outbox
from cycles.store import (
    AppointmentRow,
    GroupRow,
    HolidayRow,
    MakeUpDayRow,
    OutboxRow,
    PersonRow,
    SchoolRow,
    TermRow,
    Work,
)

__all__ = [
    "CalendarAnswer",
    "Change",
    "GroupAnswer",
    "NewSchool",
    "PersonAnswer",
    "Schools",
    "cleaned",
    "refuse_headless",
]

T = TypeVar("T")

#: Longest name of a person, a group, a term or a holiday, in characters.
MAX_NAME: Final = 50
_MAX_STAFF_NO: Final = 32
#: Holidays of one term, and make-up days: more do not fit an entry, and no term has them.
_MAX_DAYS: Final = 100
#: Payloads and files that one entry may say are erased: together they stay within 16 KiB.
_LEAVES: Final = 250
_FILES: Final = 40
_DAY: Final = timedelta(days=1)
#: A school's id is part of addresses, of the log's name, and a folder.
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}").fullmatch
_HOST: Final = re.compile(r"[a-z0-9][a-z0-9.:-]{0,199}").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchool:
    """A school that was made, and its first person, who heads it from today on."""

    id: str
    log: str
    head: str
    pseudonym: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """Somebody of the school, with what they hold today.

    Attributes:
        id: What the API calls them.
        name: What people call them.
        enabled: Whether the account may act.
        guest: Invited to single cycles only.
        groups: Ids of the groups that they are in today.
        roles: What they hold today.
        pseudonym: What the log calls them; only for those who may read it.
        staff_no: Only for those who look after the directory.
    """

    id: str
    name: str = field(repr=False)
    enabled: bool
    guest: bool
    groups: tuple[str, ...]
    roles: tuple[HeldRole, ...]
    pseudonym: str | None = None
    staff_no: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """A teaching-research group with its people of today, by id; members include the heads."""

    id: str
    name: str
    heads: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAnswer:
    """The school's days; `today` is the school's date, `school_day` whether there is school."""

    zone: str
    today: date
    school_day: bool
    terms: tuple[Term, ...]
    holidays: tuple[Holiday, ...]
    make_up_days: tuple[MakeUpDay, ...]


class Change:
    """One transaction that changes the people or the days of a school."""

    def __init__(self, core: Core, work: Work, actor: Actor) -> None:
        self._core, self.work, self._actor = core, work, actor
        #: The school before the change.
        self.view = core.view_in(work)
        self.directory = self.view.directory
        self.today = self.view.today(core.now())

    def person(self, person_id: str) -> Person:
        """Somebody of the school; raises `NotFoundError`."""
        found = self.view.person_of.get(person_id)
        if found is None:
            raise NotFoundError("person", person_id)
        return found

    def group(self, group_id: str) -> Group:
        """A group of the school; raises `NotFoundError`."""
        found = self.view.groups.get(group_id)
        if found is None:
            raise NotFoundError("group", group_id)
        return found

    def enter(
        self,
        subj: str,
        act: str,
        data: Mapping[str, Any],
        names: Mapping[str, Any] | None = None,
        *,
        via: str | None = None,
    ) -> str:
        """Write the entry; `names` are its payload. Its instant, as the log writes it."""
        link = self.work.link(subj)
        payload = self._core.payload(names)
        body = plain_body(
            log=self.view.row.log,
            subj=subj,
            link=link,
            act=act,
            at=instant_text(earliest_after(link, self._core.now())),
            actor=self._actor.pseudonym,
            via=via or self._actor.via,
            data=data,
            payload=payload,
        )
        self.work.append(body, payload)
        return body.at

    def erase(self, subj: str, leaves: Sequence[bytes], files: Sequence[str] = ()) -> int:
        """Erase the payloads of these entries; an entry of the subject says so, and of the files.

        As many entries as it takes; how many. The bytes of the files are left to the caller.
        """
        count = max(1, -(-len(leaves) // _LEAVES), -(-len(files) // _FILES))
        for n in range(count):
            told = [b64(leaf) for leaf in leaves[n * _LEAVES : (n + 1) * _LEAVES]]
            gone = list(files[n * _FILES : (n + 1) * _FILES])
            self.enter(subj, "erase", {"leaves": told, "files": gone})
        for leaf in leaves:
            self.work.erase_payload(leaf)
        return count

    def renew(self, *appointments: Appointment) -> None:
        """Have tasks worked out anew: after the commit, and when appointments begin or end."""
        self._queue(SCHOOL, "")
        for day in sorted(_turns(appointments)):
            if day > self.today:
                self._queue(DAY, day.isoformat())

    def _queue(self, topic: str, key: str) -> None:
        now = self._core.now_text()
        self.work.add(
            OutboxRow(school_id=self.work.school_id, topic=topic, key=key, created_at=now)
        )


class Schools:
    """Makes schools, changes them, and tells who and what there is."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core, self._outbox = core, outbox

    def create(
        self, school_id: str, name: str, zone: str, host: str, head_name: str, *, via: str = "cli"
    ) -> NewSchool:
        """A new school with its first person, who heads it from today on.

        Asking again for a school that was left without anybody goes on where it broke off.

        Args:
            school_id: Small letters, digits, `-`; at most 40.
            name: What people call the school.
            zone: Of its clocks, like `Asia/Shanghai`.
            host: First part of its log's name: who keeps it.
            head_name: Name of the first person.
            via: One of the ledger's `VIAS`.

        Raises:
            InvalidInputError: an id, host or name that cannot be.
            CalendarError: `unknown-zone`.
            ConflictError: there is such a school already.
        """
        faults = [
            FieldFault(field=at, code="wrong_type", data={})
            for at, given, form in (("id", school_id, _SLUG), ("host", host, _HOST))
            if form(given) is None
        ]
        if faults:
            raise InvalidInputError(faults)
        Calendar(zone=zone)
        head_name = cleaned(head_name, "head_name")
        row = SchoolRow(
            id=school_id,
            name=cleaned(name, "name"),
            log=f"{host}/{school_id}",
            zone=zone,
            created_at=self._core.now_text(),
        )
        there = self._core.store.school(school_id)
        if there is None:
            self._core.store.add_school(row)
        elif (there.log, there.zone, there.name) != (row.log, row.zone, row.name):
            raise _taken(school_id)

        def begun(work: Work) -> NewSchool:
            change = Change(self._core, work, operator_of(school_id, via))
            if change.directory.persons:
                raise _taken(school_id)
            change.enter("school", "create_school", {"zone": zone}, {"name": row.name})
            head = self._add(change, head_name, None, guest=False)
            post = Appointment(
                id=self._core.new_id(), person=head.id, role=HEAD, from_date=change.today
            )
            self._appoint(change, head, post)
            return NewSchool(id=school_id, log=row.log, head=head.id, pseudonym=head.pseudonym)

        return self._core.store.write(school_id, begun)

    # --- people ----------------------------------------------------------------------------

    def add_person(
        self, actor: Actor, name: str, *, staff_no: str | None = None, guest: bool = False
    ) -> str:
        """A new person, appointed to nothing yet; their id. Guests never are."""
        name = cleaned(name, "name")
        number = cleaned(staff_no, "staff_no", most=_MAX_STAFF_NO) if staff_no else None

        def added(change: Change) -> str:
            person = self._add(change, name, number, guest=guest)
            change.renew()
            return person.id

        return self._change(actor, added)

    def rename_person(self, actor: Actor, person_id: str, name: str) -> None:
        """Another name for somebody; raises `NotFoundError`."""
        name = cleaned(name, "name")

        def renamed(change: Change) -> None:
            person = change.person(person_id)
            if person.name != name:
                self._put_person(change, person.id, name=name)
                change.enter(f"person:{person.pseudonym}", "rename_person", {}, {"name": name})
                change.renew()

        self._change(actor, renamed)

    def enable(self, actor: Actor, person_id: str) -> None:
        """Let somebody act again; what they were appointed to holds again."""
        self._change(actor, lambda change: self._switch(change, person_id, True))

    def disable(self, actor: Actor, person_id: str) -> None:
        """Let somebody act no more, and hold nothing.

        Raises `ConflictError` for a head: that appointment is to be ended first.
        """
        self._change(actor, lambda change: self._switch(change, person_id, False))

    def _switch(self, change: Change, person_id: str, enabled: bool) -> None:
        person = change.person(person_id)
        if person.enabled == enabled:
            return
        if not enabled and any(
            a.person == person_id and a.role == HEAD and _lasts(a, change.today)
            for a in change.directory.appointments
        ):
            raise ConflictError(
                "a head cannot be disabled; end the appointment as head first",
                data={"reason": "is_head", "person": person_id},
            )
        self._put_person(change, person_id, enabled=enabled)
        if not enabled:
            shut_out(change.work, person_id)
        change.enter(f"person:{person.pseudonym}", "enable" if enabled else "disable", {})
        change.renew()

    def _put_person(self, change: Change, person_id: str, **changed: Any) -> None:
        row = change.work.get(PersonRow, id=person_id)
        if row is None:
            raise NotFoundError("person", person_id)
        for name, value in changed.items():
            setattr(row, name, value)
        change.work.put(row)

    def _add(self, change: Change, name: str, staff_no: str | None, *, guest: bool) -> Person:
        person = Person(
            id=self._core.new_id(),
            pseudonym=pseudonym(self._core.chance(16)),
            name=name,
            guest=guest,
            staff_no=staff_no,
        )
        subj = f"person:{person.pseudonym}"
        at = change.enter(subj, "add_person", {"guest": guest}, {"name": name})
        change.work.add(
            PersonRow(
                school_id=change.work.school_id,
                id=person.id,
                pseudonym=person.pseudonym,
                name=name,
                staff_no=staff_no,
                guest=guest,
                created_at=at,
            )
        )
        return person

    # --- groups ----------------------------------------------------------------------------

    def add_group(self, actor: Actor, name: str) -> str:
        """A new group; its id. Raises `ConflictError` for a name that another has."""
        name = cleaned(name, "name")

        def added(change: Change) -> str:
            _refuse_same_name(change, name)
            group = self._core.new_id()
            change.work.add(GroupRow(school_id=change.work.school_id, id=group, name=name))
            change.enter("school", "add_group", {"group": group}, {"name": name})
            change.renew()
            return group

        return self._change(actor, added)

    def rename_group(self, actor: Actor, group_id: str, name: str) -> None:
        """Another name for a group; raises `ConflictError` for one that another has."""
        name = cleaned(name, "name")

        def renamed(change: Change) -> None:
            group = change.group(group_id)
            if group.name == name:
                return
            _refuse_same_name(change, name, but=group_id)
            change.work.put(GroupRow(school_id=change.work.school_id, id=group_id, name=name))
            change.enter("school", "rename_group", {"group": group_id}, {"name": name})
            change.renew()

        self._change(actor, renamed)

    # --- appointments ----------------------------------------------------------------------

    def appoint(
        self,
        actor: Actor,
        person_id: str,
        role: str,
        group: str | None = None,
        from_date: date | None = None,
        until_date: date | None = None,
    ) -> str:
        """Give somebody a role, from today or a day on, to a day or until further notice; its id.

        Raises:
            NotFoundError: no such person or group.
            CalendarError: a role that is not there, lacks its group, or ends before it starts.
            ConflictError: a guest, a disabled head, or a role that they hold already.
        """

        def appointed(change: Change) -> str:
            person = change.person(person_id)
            if group is not None:
                change.group(group)
            post = Appointment(
                id=self._core.new_id(),
                person=person_id,
                role=role,
                group=group,
                from_date=from_date or change.today,
                until_date=until_date,
            )
            _refuse_appointment(change, person, post)
            self._appoint(change, person, post)
            return post.id

        return self._change(actor, appointed)

    def end_appointment(self, actor: Actor, appointment_id: str, last_day: date) -> None:
        """Say on which day an appointment ends; that day is still included.

        Raises:
            NotFoundError: no such appointment.
            CalendarError: it has not begun by then.
            ConflictError: the school would be without a head.
        """

        def ended(change: Change) -> None:
            found = [a for a in change.directory.appointments if a.id == appointment_id]
            if not found:
                raise NotFoundError("appointment", appointment_id)
            before, after = found[0], replace(found[0], until_date=last_day)
            if before == after:
                return
            posts = tuple(after if a is before else a for a in change.directory.appointments)
            refuse_headless(change, replace(change.directory, appointments=posts))
            change.work.put(_row_of(change, after))
            person = change.person(after.person)
            change.enter(
                f"person:{person.pseudonym}",
                "end_appointment",
                _plain(after),
                _names(change, person, after),
            )
            change.renew(after)

        self._change(actor, ended)

    def _appoint(self, change: Change, person: Person, post: Appointment) -> None:
        change.work.add(_row_of(change, post))
        names = _names(change, person, post)
        change.enter(f"person:{person.pseudonym}", "appoint", _plain(post), names)
        change.renew(post)

    # --- days ------------------------------------------------------------------------------

    def set_term(
        self,
        actor: Actor,
        name: str,
        first_day: date,
        last_day: date,
        *,
        term: str | None = None,
        holidays: Iterable[Holiday] = (),
        make_up_days: Iterable[MakeUpDay] = (),
    ) -> str:
        """A new term, or another shape for the one of this id; its id.

        Holidays and make-up days that begin in the term, before or after the change, are
        replaced by those given.

        Raises:
            NotFoundError: no such term.
            CalendarError: the calendar that this would make contradicts itself.
        """
        free = tuple(replace(h, name=cleaned(h.name, "holidays")) for h in holidays)
        made_up = tuple(replace(m, name=cleaned(m.name, "make_up_days")) for m in make_up_days)
        _refuse_twice("holidays", [h.first for h in free])
        _refuse_twice("make_up_days", [m.day for m in made_up])
        name = cleaned(name, "name")

        def kept(change: Change) -> str:
            before = _term(change, term) if term is not None else None
            new_id = term or self._core.new_id()
            after = Term(id=new_id, name=name, first_day=first_day, last_day=last_day)
            self._set_days(change, before, after, free, made_up)
            data = {
                "term": after.id,
                "first": first_day.isoformat(),
                "last": last_day.isoformat(),
                "holidays": [[h.first.isoformat(), h.last.isoformat()] for h in free],
                "make_up_days": [m.day.isoformat() for m in made_up],
            }
            names = {
                "name": after.name,
                "holidays": [h.name for h in free],
                "make_up_days": [m.name for m in made_up],
            }
            change.enter("school", "set_term", data, names)
            change.renew()
            return after.id

        return self._change(actor, kept)

    def remove_term(self, actor: Actor, term: str) -> None:
        """Take out a term with the holidays and make-up days that begin in it."""

        def removed(change: Change) -> None:
            self._set_days(change, _term(change, term), None, (), ())
            change.enter("school", "remove_term", {"term": term})
            change.renew()

        self._change(actor, removed)

    def _set_days(
        self,
        change: Change,
        before: Term | None,
        after: Term | None,
        holidays: tuple[Holiday, ...],
        make_up_days: tuple[MakeUpDay, ...],
    ) -> None:
        """Put `after` in the place of `before`, with its days; nothing that contradicts itself."""
        days, work = change.view.calendar, change.work
        spans = [term for term in (before, after) if term is not None]

        def inside(day: date) -> bool:
            return any(term.first_day <= day <= term.last_day for term in spans)

        now_free = {h.first: h for h in days.holidays if not inside(h.first)}
        now_free |= {h.first: h for h in holidays}
        now_made_up = {m.day: m for m in days.make_up_days if not inside(m.day)}
        now_made_up |= {m.day: m for m in make_up_days}
        terms = tuple(t for t in days.terms if t != before) + ((after,) if after else ())
        Calendar(
            zone=days.zone,
            terms=terms,
            holidays=tuple(now_free.values()),
            make_up_days=tuple(now_made_up.values()),
        )
        own = {"school_id": work.school_id}
        if before is not None:
            work.remove(TermRow, id=before.id)
        if after is not None:
            row = TermRow(
                **own,
                id=after.id,
                name=after.name,
                first_day=after.first_day,
                last_day=after.last_day,
            )
            work.add(row)
        for free in days.holidays:
            if now_free.get(free.first) != free:
                work.remove(HolidayRow, first=free.first)
        for free in now_free.values():
            if free not in days.holidays:
                work.add(HolidayRow(**own, first=free.first, last=free.last, name=free.name))
        for made_up in days.make_up_days:
            if now_made_up.get(made_up.day) != made_up:
                work.remove(MakeUpDayRow, day=made_up.day)
        for made_up in now_made_up.values():
            if made_up not in days.make_up_days:
                work.add(MakeUpDayRow(**own, day=made_up.day, name=made_up.name))

    # --- reading ---------------------------------------------------------------------------

    def people(self, actor: Actor) -> tuple[PersonAnswer, ...]:
        """Everybody of the school, by name, with what they hold today."""
        require("people", actor)
        view = self._core.view(actor.school_id)
        today, there = view.today(self._core.now()), view.directory
        reads_log, looks_after = _may(actor, "log"), _may(actor, "directory")
        found = []
        for person in there.persons:
            roles = there.roles_of(person.pseudonym, today)
            groups = tuple(dict.fromkeys(held.group for held in roles if held.group))
            answer = PersonAnswer(
                id=person.id,
                name=person.name,
                enabled=person.enabled,
                guest=person.guest,
                groups=groups,
                roles=roles,
                pseudonym=person.pseudonym if reads_log else None,
                staff_no=person.staff_no if looks_after else None,
            )
            found.append(answer)
        return tuple(sorted(found, key=lambda person: (person.name, person.id)))

    def groups(self, actor: Actor) -> tuple[GroupAnswer, ...]:
        """All groups, by name, with their people of today."""
        require("groups", actor)
        view = self._core.view(actor.school_id)
        today, there = view.today(self._core.now()), view.directory
        found = [
            GroupAnswer(
                id=group.id,
                name=group.name,
                heads=tuple(view.id_of[p] for p in there.group_heads(group.id, today)),
                members=tuple(view.id_of[p] for p in there.group_members(group.id, today)),
            )
            for group in there.groups
        ]
        return tuple(sorted(found, key=lambda group: (group.name, group.id)))

    def appointments(self, actor: Actor, person_id: str | None = None) -> tuple[Appointment, ...]:
        """All appointments, past and coming ones too, or those of one person; by first day."""
        require("people", actor)
        found = self._core.view(actor.school_id).directory.appointments
        mine = (a for a in found if person_id in (None, a.person))
        return tuple(sorted(mine, key=lambda a: (a.from_date, a.id)))

    def calendar(self, actor: Actor) -> CalendarAnswer:
        """The school's terms, holidays and make-up days."""
        require("calendar", actor)
        view = self._core.view(actor.school_id)
        today, days = view.today(self._core.now()), view.calendar
        return CalendarAnswer(
            zone=days.zone,
            today=today,
            school_day=days.is_school_day(today),
            terms=days.terms,
            holidays=days.holidays,
            make_up_days=days.make_up_days,
        )

    # --- changing --------------------------------------------------------------------------

    def _change(self, actor: Actor, do: Callable[[Change], T]) -> T:
        require("directory", actor)
        done = self._core.store.write(
            actor.school_id, lambda work: do(Change(self._core, work, actor))
        )
        self._outbox.settle(actor.school_id)
        return done


def cleaned(text: str, at: str, *, most: int = MAX_NAME) -> str:
    """A name as people mean it; raises `InvalidInputError` for what cannot be one."""
    plain = clean(nfc(text))
    code = None
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in plain):
        code = "control_characters"
    elif not plain:
        code = "required"
    elif len(plain) > most:
        code = "too_long"
    if code is not None:
        data = {"most": most} if code == "too_long" else {}
        raise InvalidInputError([FieldFault(field=at, code=code, data=data)])
    return plain


def refuse_headless(change: Change, after: Directory) -> None:
    """Refuse a directory in which the school is without a head on a day on which it had one."""
    posts = (*change.directory.appointments, *after.appointments)
    turns = _turns(a for a in posts if a.role == HEAD)
    for day in sorted({change.today, *(day for day in turns if day > change.today)}):
        if change.directory.heads(day) and not after.heads(day):
            raise ConflictError(
                f"from {day} on the school would be without a head; appoint another one first",
                data={"reason": "no_head", "from": day.isoformat()},
            )


def _refuse_appointment(change: Change, person: Person, post: Appointment) -> None:
    if person.guest:
        raise ConflictError(
            "a guest is appointed to nothing; add the person as one of the school",
            data={"reason": "is_guest", "person": person.id},
        )
    if post.role == HEAD and not person.enabled:
        raise ConflictError(
            "a disabled account cannot head the school; enable it first",
            data={"reason": "is_disabled", "person": person.id},
        )
    for other in change.directory.appointments:
        if (other.person, other.role, other.group) == (post.person, post.role, post.group) and (
            _lasts(other, post.from_date) and _lasts(post, other.from_date)
        ):
            raise ConflictError(
                "they hold this role within these days already; end that appointment first",
                data={"reason": "is_appointed", "appointment": other.id},
            )


def _refuse_same_name(change: Change, name: str, *, but: str | None = None) -> None:
    for group in change.directory.groups:
        if group.id != but and key(group.name) == key(name):
            raise ConflictError(
                "another group has this name; choose another one",
                data={"reason": "same_name", "group": group.id},
            )


def _refuse_twice(at: str, days: list[date]) -> None:
    if len(days) > _MAX_DAYS:
        raise TooLargeError(f"{at}: at most {_MAX_DAYS} in a term", data={"limit": _MAX_DAYS})
    for day in sorted({day for day in days if days.count(day) > 1}):
        data = {"day": day.isoformat()}
        raise InvalidInputError([FieldFault(field=at, code="item_twice", data=data)])


def _taken(school_id: str) -> ConflictError:
    return ConflictError(
        f"there is a school {school_id!r} already; choose another id",
        data={"reason": "same_name", "school": school_id},
    )


def _term(change: Change, term_id: str) -> Term:
    for term in change.view.calendar.terms:
        if term.id == term_id:
            return term
    raise NotFoundError("term", term_id)


def _lasts(post: Appointment, day: date) -> bool:
    """Whether it has not ended before the day."""
    return post.until_date is None or post.until_date >= day


def _turns(appointments: Iterable[Appointment]) -> set[date]:
    """The days on which one of them begins, and those on which one holds no more."""
    posts = tuple(appointments)
    ends = {a.until_date for a in posts if a.until_date is not None and a.until_date < date.max}
    return {a.from_date for a in posts} | {last + _DAY for last in ends}


def _row_of(change: Change, post: Appointment) -> AppointmentRow:
    return AppointmentRow(
        school_id=change.work.school_id,
        id=post.id,
        person=post.person,
        role=post.role,
        group=post.group,
        from_date=post.from_date,
        until_date=post.until_date,
    )


def _plain(post: Appointment) -> dict[str, Any]:
    """What the log says of an appointment in clear; whose it is, is the entry's subject."""
    return {
        "appointment": post.id,
        "role": post.role,
        "group": post.group,
        "from": post.from_date.isoformat(),
        "until": post.until_date.isoformat() if post.until_date else None,
    }


def _names(change: Change, person: Person, post: Appointment) -> dict[str, str]:
    group = change.view.groups.get(post.group or "")
    return {"name": person.name} | ({"group": group.name} if group else {})


def _may(actor: Actor, operation: str) -> bool:
    try:
        require(operation, actor)
    except NotAllowedError:
        return False
    return True
