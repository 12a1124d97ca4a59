"""Who the people of one school are, and what they are appointed to on which day.

The directory answers in pseudonyms (`p_…`), the only names of people that the engine and the
log know. Appointments have a first day and may have a last one; a disabled account holds
nothing, and a guest is never appointed: guests come in by a link, for one cycle.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from cycles.errors import CalendarError

__all__ = [
    "ADMIN",
    "AUDITOR",
    "DEPUTY",
    "GROUP_HEAD",
    "GROUP_ROLES",
    "HEAD",
    "ROLES",
    "ROLE_TITLES",
    "TEACHER",
    "Appointment",
    "Directory",
    "Group",
    "HeldRole",
    "Person",
]

HEAD: Final = "head"
DEPUTY: Final = "deputy"
GROUP_HEAD: Final = "group_head"
TEACHER: Final = "teacher"
AUDITOR: Final = "auditor"
ADMIN: Final = "admin"

#: Every role that an appointment can give, highest first.
ROLES: Final = (HEAD, DEPUTY, GROUP_HEAD, TEACHER, AUDITOR, ADMIN)
#: Roles held in a group; the others are held in the school and name no group.
GROUP_ROLES: Final = frozenset({GROUP_HEAD, TEACHER})
#: What people call the roles. 组长 alone means the principal in the school's plan.
ROLE_TITLES: Final = {
    HEAD: {"zh": "组长（校长）", "en": "Head"},
    DEPUTY: {"zh": "副组长", "en": "Deputy head"},
    GROUP_HEAD: {"zh": "教研组长", "en": "Group head"},
    TEACHER: {"zh": "教师", "en": "Teacher"},
    AUDITOR: {"zh": "督学·教研员", "en": "Auditor"},
    ADMIN: {"zh": "管理员", "en": "Administrator"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account; `staff_no` (工号) only tells people of one name apart."""

    id: str
    pseudonym: str
    name: str = field(repr=False)  # names do not belong in logs or tracebacks
    enabled: bool = True
    guest: bool = False
    staff_no: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A teaching-research group (教研组)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One role of one person, from a day to a day (both included; None: until further notice).

    Days are the school's. `person` and `group` are ids.

    Raises:
        CalendarError: `appointment-ends-before-it-starts`, `unknown-role`, `group-missing`,
            `group-not-allowed`.
    """

    id: str
    person: str
    role: str
    group: str | None = None
    from_date: date
    until_date: date | None = None

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise CalendarError(
                "unknown-role",
                f"appointment to {self.role!r}: no such role; possible: {', '.join(ROLES)}",
                appointment=self.id,
            )
        if self.until_date is not None and self.until_date < self.from_date:
            raise CalendarError(
                "appointment-ends-before-it-starts",
                f"an appointment from {self.from_date} cannot end on {self.until_date}; "
                "give a last day that is not before the first",
                appointment=self.id,
            )
        if self.role in GROUP_ROLES and self.group is None:
            raise CalendarError(
                "group-missing",
                f"a {self.role} is appointed in a group; name the group",
                appointment=self.id,
            )
        if self.role not in GROUP_ROLES and self.group is not None:
            raise CalendarError(
                "group-not-allowed",
                f"a {self.role} is appointed in the school; leave the group out",
                appointment=self.id,
            )

    def covers(self, day: date) -> bool:
        """Whether the appointment holds on that day, first and last day included."""
        return self.from_date <= day and (self.until_date is None or day <= self.until_date)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class HeldRole:
    """A role that somebody holds on a day; `group` is empty for roles in the school."""

    role: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """Everything that is asked of one day, ready to hand out."""

    by_role: dict[str, tuple[str, ...]]
    staff: tuple[str, ...]
    group_heads: dict[str, tuple[str, ...]]
    group_members: dict[str, tuple[str, ...]]
    roles: dict[str, tuple[HeldRole, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The people, groups and appointments of one school; equal when these are equal.

    Every question takes a day in the school's zone and answers pseudonyms, sorted, each once:
    only of enabled persons who are no guests and whose appointment covers that day.

    Raises:
        CalendarError: `duplicate` (two things of one id or pseudonym), `unknown-person` or
            `unknown-group` (an appointment that names what is not there).

    >>> li = Person(id="1", pseudonym="p_li", name="李芳")
    >>> chinese = Group(id="g", name="语文组")
    >>> since = date(2026, 9, 1)
    >>> post = Appointment(id="a", person="1", role=GROUP_HEAD, group="g", from_date=since)
    >>> school = Directory(persons=(li,), groups=(chinese,), appointments=(post,))
    >>> school.group_members("g", date(2026, 9, 1)), school.group_members("g", date(2026, 8, 31))
    (('p_li',), ())
    """

    persons: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    # Answers change only on the first day of an appointment and on the day after its last, so
    # there is one index for each stretch between such days, made when it is first asked for.
    _turns: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _by_stretch: dict[int, _Day] = field(init=False, repr=False, compare=False)
    _by_pseudonym: dict[str, Person] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _refuse_duplicates("person", (p.id for p in self.persons))
        _refuse_duplicates("pseudonym", (p.pseudonym for p in self.persons))
        _refuse_duplicates("group", (g.id for g in self.groups))
        _refuse_duplicates("appointment", (a.id for a in self.appointments))
        persons, groups = {p.id for p in self.persons}, {g.id for g in self.groups}
        for a in self.appointments:
            if a.person not in persons:
                raise CalendarError(
                    "unknown-person",
                    f"appointment {a.id!r} names a person who is not in the directory",
                    appointment=a.id,
                )
            if a.group is not None and a.group not in groups:
                raise CalendarError(
                    "unknown-group",
                    f"appointment {a.id!r} names a group that is not in the directory",
                    appointment=a.id,
                )
        turns = {a.from_date for a in self.appointments}
        turns |= {
            a.until_date + timedelta(days=1)
            for a in self.appointments
            if a.until_date is not None and a.until_date < date.max
        }
        object.__setattr__(self, "_turns", tuple(sorted(turns)))
        object.__setattr__(self, "_by_stretch", {})
        object.__setattr__(self, "_by_pseudonym", {p.pseudonym: p for p in self.persons})

    def heads(self, day: date) -> tuple[str, ...]:
        """The principals, who preside over teaching research: 组长（校长）."""
        return self._on(day).by_role.get(HEAD, ())

    def deputies(self, day: date) -> tuple[str, ...]:
        """The deputies, who run it: 副组长."""
        return self._on(day).by_role.get(DEPUTY, ())

    def staff(self, day: date) -> tuple[str, ...]:
        """Everyone appointed to anything, except those who only audit."""
        return self._on(day).staff

    def auditors(self, day: date) -> tuple[str, ...]:
        """Those who check: inspectors and research officers."""
        return self._on(day).by_role.get(AUDITOR, ())

    def group_heads(self, group: str, day: date) -> tuple[str, ...]:
        """The heads of that group; none for a group that is not there."""
        return self._on(day).group_heads.get(group, ())

    def group_members(self, group: str, day: date) -> tuple[str, ...]:
        """The teachers and the heads of that group."""
        return self._on(day).group_members.get(group, ())

    def roles_of(self, pseudonym: str, day: date) -> tuple[HeldRole, ...]:
        """What that person holds, sorted; nothing for strangers, guests and disabled accounts."""
        return self._on(day).roles.get(pseudonym, ())

    def is_enabled(self, pseudonym: str) -> bool:
        """Whether the account may act; false for somebody who is not in the directory."""
        person = self._by_pseudonym.get(pseudonym)
        return person is not None and person.enabled

    def is_guest(self, pseudonym: str) -> bool:
        """Whether somebody comes by invitation only; false for one not in the directory."""
        person = self._by_pseudonym.get(pseudonym)
        return person is not None and person.guest

    def _on(self, day: date) -> _Day:
        stretch = bisect_right(self._turns, day)
        found = self._by_stretch.get(stretch)
        if found is None:
            # Two threads may both get here: they make equal answers, and either may stay.
            found = self._by_stretch[stretch] = self._index(day)
        return found

    def _index(self, day: date) -> _Day:
        acting = {p.id: p.pseudonym for p in self.persons if p.enabled and not p.guest}
        by_role: dict[str, set[str]] = {}
        heads: dict[str, set[str]] = {}
        members: dict[str, set[str]] = {}
        roles: dict[str, set[HeldRole]] = {}
        for a in self.appointments:
            who = acting.get(a.person)
            if who is None or not a.covers(day):
                continue
            by_role.setdefault(a.role, set()).add(who)
            roles.setdefault(who, set()).add(HeldRole(role=a.role, group=a.group or ""))
            if a.group is not None:
                members.setdefault(a.group, set()).add(who)
                if a.role == GROUP_HEAD:
                    heads.setdefault(a.group, set()).add(who)
        only_audits = {HeldRole(role=AUDITOR)}
        return _Day(
            by_role=_sorted(by_role),
            staff=tuple(sorted(who for who, held in roles.items() if held != only_audits)),
            group_heads=_sorted(heads),
            group_members=_sorted(members),
            roles={who: tuple(sorted(held)) for who, held in roles.items()},
        )


def _sorted(sets: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(found)) for key, found in sets.items()}


def _refuse_duplicates(kind: str, keys: Iterable[str]) -> None:
    twice = sorted(key for key, times in Counter(keys).items() if times > 1)
    if twice:
        raise CalendarError(
            "duplicate",
            f"a directory holds each {kind} once, {twice[0]!r} is there twice; keep one of them",
            kind=kind,
            keys=twice,
        )
