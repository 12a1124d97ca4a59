"""What importing a staff list would do to the directory, and how to undo it; both pure.

A plan names what is to be made by temporary keys (`row:7`, `group:1`); whoever applies it
gives the ids and keeps an `ImportReceipt`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from cycles.school.directory import GROUP_HEAD, GROUP_ROLES, TEACHER, Appointment, Directory, Person
from cycles.school.staff_columns import IgnoredColumn, key
from cycles.school.staff_list import StaffLine, StaffList

__all__ = [
    "Candidate",
    "EndedAppointment",
    "ImportPlan",
    "ImportReceipt",
    "PlannedAppointment",
    "PlannedGroup",
    "PlannedPerson",
    "RowReport",
    "UndoObstacle",
    "UndoPlan",
    "UndoRefusal",
    "plan_import",
    "plan_undo",
]

#: Rows of one name that the next one is compared with; where there are more, it asks.
_TWINS: Final = 50
_HEAD_ANSWERS: Final = frozenset({"head", "instead", "member"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody whom a row may mean: a person's id, or `row:<number>`, and their groups."""

    id: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """What becomes of one row; `outcome` and `codes` are those of `staff_codes`."""

    row: int
    name: str
    group: str
    outcome: str
    codes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """A person to make; `key` stands for the id in the same plan."""

    key: str
    name: str
    staff_no: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """A group to make; `key` stands for the id in the same plan."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAppointment:
    """An appointment to make; `person` and `group` are ids, or keys of the same plan."""

    person: str
    role: str
    group: str
    from_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedAppointment:
    """An appointment that gets a last day, and the one it had."""

    id: str
    until_date: date
    was_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import does, and its report row by row.

    If `ok` is false nothing is to be done, and nothing stands in the plan.
    """

    ok: bool
    rows: tuple[RowReport, ...]
    ignored_columns: tuple[IgnoredColumn, ...]
    persons: tuple[PlannedPerson, ...] = ()
    groups: tuple[PlannedGroup, ...] = ()
    appointments: tuple[PlannedAppointment, ...] = ()
    ended: tuple[EndedAppointment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReceipt:
    """The ids that an import has made, and the appointments it has ended."""

    persons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    appointments: tuple[str, ...] = ()
    ended_appointments: tuple[EndedAppointment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """What undoing an import removes; `reopen` get back the last day they had."""

    persons: tuple[str, ...]
    groups: tuple[str, ...]
    appointments: tuple[str, ...]
    reopen: tuple[EndedAppointment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoObstacle:
    """One thing that the import made and that cannot be taken back."""

    kind: str
    id: str
    code: str = "in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRefusal:
    """Why an import cannot be undone; nothing is to be done."""

    obstacles: tuple[UndoObstacle, ...]


def plan_import(
    staff_list: StaffList,
    directory: Directory,
    answers: Mapping[int, str] | None = None,
    *,
    day: date,
    only_good: bool = False,
) -> ImportPlan:
    """What importing the list would do from `day` on (a date of the school).

    Args:
        staff_list: The list.
        directory: The school's people, groups and appointments.
        answers: By row, what somebody answered to it: `same:<candidate>`, `new`, `head`,
            `instead`, `member`; both kinds with a comma between. See `staff_codes.ANSWERS`.
        day: First day of the new appointments. Those that end, end on the day before it, or
            on their own first day if that is later.
        only_good: Import the good rows though others ask or are faulty.
    """
    work = _Import(staff_list, directory, answers or {}, day)
    work.identify()
    work.appoint_heads()
    reports = work.reports()
    bad = any(report.outcome in {"asks", "fault"} for report in reports)
    if bad and not only_good:
        return ImportPlan(ok=False, rows=reports, ignored_columns=staff_list.ignored_columns)
    return work.plan(reports)


def plan_undo(receipt: ImportReceipt, used: AbstractSet[str]) -> UndoPlan | UndoRefusal:
    """How to undo an import, unless something of it is in use or was changed since.

    Args:
        receipt: What the import made.
        used: Ids of persons, groups and appointments in use in cycles, or changed since.
    """
    made = {
        "person": receipt.persons,
        "group": receipt.groups,
        "appointment": receipt.appointments,
        "ended_appointment": tuple(ended.id for ended in receipt.ended_appointments),
    }
    obstacles = tuple(
        UndoObstacle(kind=kind, id=each)
        for kind, ids in made.items()
        for each in ids
        if each in used
    )
    if obstacles:
        return UndoRefusal(obstacles=obstacles)
    return UndoPlan(
        persons=receipt.persons,
        groups=receipt.groups,
        appointments=receipt.appointments,
        reopen=receipt.ended_appointments,
    )


class _Import:
    """The working state of one `plan_import`; dropped when the plan is made."""

    def __init__(
        self, staff_list: StaffList, directory: Directory, answers: Mapping[int, str], day: date
    ) -> None:
        self.list, self.day = staff_list, day
        self.answers = {row: _choices(said) for row, said in answers.items()}
        self.persons = {p.id: p for p in directory.persons if not p.guest}
        self.by_name: dict[str, list[Person]] = {}
        for person in self.persons.values():
            self.by_name.setdefault(key(person.name), []).append(person)
        self.group_names = {g.id: g.name for g in directory.groups}
        self.group_ids: dict[str, str] = {}
        for group in directory.groups:
            self.group_ids.setdefault(key(group.name), group.id)
        self.new_groups: dict[str, str] = {}
        #: Appointments in groups that hold on the day or begin later, by person.
        self.current: dict[str, list[Appointment]] = {}
        for a in directory.appointments:
            if a.role in GROUP_ROLES and (a.until_date is None or a.until_date >= day):
                self.current.setdefault(a.person, []).append(a)
        #: By row: the person's id, or the key of a person to make.
        self.who: dict[int, str] = {}
        self.lines = {line.row: line for line in staff_list.lines if line.good}
        self.asks: dict[int, set[str]] = {}
        self.faults: dict[int, str] = {}
        self.candidates: dict[int, tuple[Candidate, ...]] = {}

    # -- who is meant -----------------------------------------------------------------

    def identify(self) -> None:
        """Find whom each row means, or that it has to be asked or is faulty."""
        self._refuse_shared_numbers()
        above: dict[str, list[StaffLine]] = {}
        for line in self.lines.values():
            if line.row in self.faults:
                continue
            twins = above.setdefault(key(line.name), [])
            self._identify(line, twins)
            if len(twins) < _TWINS:
                twins.append(line)

    def _refuse_shared_numbers(self) -> None:
        """A staff number tells one person from all others: two names cannot share one."""
        names: dict[str, set[str]] = {}
        for person in self.persons.values():
            names.setdefault(person.staff_no or "", set()).add(key(person.name))
        for line in self.lines.values():
            names.setdefault(line.staff_no or "", set()).add(key(line.name))
        for line in self.lines.values():
            if line.staff_no and len(names[line.staff_no]) > 1:
                self.faults[line.row] = "staff_no_twice"

    def _identify(self, line: StaffLine, twins: list[StaffLine]) -> None:
        known = self.by_name.get(key(line.name), [])
        self.candidates[line.row] = self._candidates(known, twins)
        choices = self.answers.get(line.row, frozenset()) - _HEAD_ANSWERS
        if choices:
            self._answered(line, choices)
            return
        certain = self._certain(line, known, twins) if len(twins) < _TWINS else None
        if certain is not None:
            self.who[line.row] = certain
        elif known or len(twins) == _TWINS or not _all_differ(line, twins):
            self.asks.setdefault(line.row, set()).add("same_name")
        else:
            self.who[line.row] = f"row:{line.row}"

    def _answered(self, line: StaffLine, choices: frozenset[str]) -> None:
        [choice, *more] = sorted(choices)
        chosen = choice.removeprefix("same:")
        if more or (choice != "new" and chosen not in {c.id for c in self.candidates[line.row]}):
            self.faults[line.row] = "bad_answer"
        elif choice == "new":
            self.who[line.row] = f"row:{line.row}"
        elif not chosen.startswith("row:"):
            self.who[line.row] = chosen
        else:
            same = self.who.get(int(chosen.removeprefix("row:")))
            if same is None:
                self.faults[line.row] = "depends_on_row"
            else:
                self.who[line.row] = same

    def _certain(self, line: StaffLine, known: list[Person], twins: list[StaffLine]) -> str | None:
        """The person if the list and the directory leave no doubt."""
        if line.staff_no:
            for twin in twins:
                if twin.staff_no == line.staff_no and twin.row in self.who:
                    return self.who[twin.row]
            same = [p for p in known if p.staff_no == line.staff_no]
            if len(same) == 1:
                return same[0].id
        group = self.group_ids.get(key(line.group))
        here = [p for p in known if group in {a.group for a in self.current.get(p.id, ())}]
        if len(here) != 1 or (line.staff_no and here[0].staff_no):
            return None
        if any(key(twin.group) == key(line.group) for twin in twins):
            return None
        return here[0].id

    def _candidates(self, known: list[Person], twins: list[StaffLine]) -> tuple[Candidate, ...]:
        people = [
            Candidate(
                id=p.id,
                name=p.name,
                groups=tuple(
                    sorted({self.group_names[a.group or ""] for a in self.current.get(p.id, ())})
                ),
            )
            for p in known
        ]
        rows = [Candidate(id=f"row:{t.row}", name=t.name, groups=(t.group,)) for t in twins]
        return tuple(people + rows)

    # -- who heads what ---------------------------------------------------------------

    def appoint_heads(self) -> None:
        """Ask about each group that would have more heads than one."""
        wanted: dict[str, dict[str, int]] = {}
        for row, line in self.lines.items():
            if line.head and row not in self.faults:
                who = self.who.get(row, f"row:{row}")
                wanted.setdefault(key(line.group), {}).setdefault(who, row)
        for group, rows in wanted.items():
            present = set(self._heads_of(self.group_ids.get(group)))
            if len(present | rows.keys()) < 2:
                continue
            for who, row in rows.items():
                said = self.answers.get(row, frozenset()) & _HEAD_ANSWERS
                if who not in present and len(said) != 1:
                    self.asks.setdefault(row, set()).add("two_heads")

    def _heads_of(self, group: str | None) -> dict[str, Appointment]:
        return {
            person: a
            for person, held in self.current.items()
            for a in held
            if group is not None
            and a.group == group
            and a.role == GROUP_HEAD
            and person in self.persons
            and self.persons[person].enabled
        }

    # -- what is told and done --------------------------------------------------------

    def taken(self) -> list[StaffLine]:
        """The lines that can be imported, in the order of the file."""
        return [
            line
            for row, line in self.lines.items()
            if row in self.who
            and row not in self.asks
            and row not in self.faults
            and not self._hangs(self.who[row])
        ]

    def _hangs(self, who: str) -> bool:
        """Whether the person would be made by a row that is not imported."""
        if not who.startswith("row:"):
            return False
        row = int(who.removeprefix("row:"))
        return row in self.asks or row in self.faults

    def reports(self) -> tuple[RowReport, ...]:
        """The report, a line for each row below the header."""
        taken = {line.row for line in self.taken()}
        leavers = {a.person for a in self._left()}
        seen: set[tuple[str, str]] = set()
        return tuple(self._report(line, taken, leavers, seen) for line in self.list.lines)

    def _report(
        self,
        line: StaffLine,
        taken: set[int],
        leavers: set[str],
        seen: set[tuple[str, str]],
    ) -> RowReport:
        outcome, codes = "fault", [line.fault or self.faults.get(line.row, "depends_on_row")]
        if line.skipped:
            outcome, codes = "skipped", [line.skipped]
        elif line.row in self.asks:
            outcome, codes = "asks", sorted(self.asks[line.row])
        elif line.row in taken:
            who = self.who[line.row]
            place = (who, key(line.group))
            outcome, codes = self._taken_as(line, leavers), self._notes(line)
            if place in seen:
                codes.append("duplicate_row")
            seen.add(place)
        asking = outcome == "asks" or "bad_answer" in codes
        return RowReport(
            row=line.row,
            name=line.name,
            group=line.group,
            outcome=outcome,
            codes=tuple(codes),
            candidates=self.candidates.get(line.row, ()) if asking else (),
        )

    def _taken_as(self, line: StaffLine, leavers: set[str]) -> str:
        who = self.who[line.row]
        if who not in self.persons:
            return "new"
        return "moved" if who in leavers and not self._is_in(line) else "known"

    def _notes(self, line: StaffLine) -> list[str]:
        who, notes = self.who[line.row], []
        if self._becomes_head(line):
            notes.append("made_head")
        if who in self.persons:
            if self.current.get(who) and not self._is_in(line):
                notes.append("group_added")
            if not self.persons[who].enabled:
                notes.append("disabled")
        return notes

    def _is_in(self, line: StaffLine) -> bool:
        group = self.group_ids.get(key(line.group))
        return any(a.group == group for a in self.current.get(self.who[line.row], ()))

    def _becomes_head(self, line: StaffLine) -> bool:
        if not line.head or "member" in self.answers.get(line.row, ()):
            return False
        return self.who[line.row] not in self._heads_of(self.group_ids.get(key(line.group)))

    def _left(self) -> list[Appointment]:
        """Appointments in groups that known people leave for another one."""
        named: dict[str, set[str]] = {}
        movers: set[str] = set()
        for line in self.taken():
            who = self.who[line.row]
            named.setdefault(who, set()).add(key(line.group))
            if who in self.persons and not self._is_in(line):
                movers.add(who)
        return [
            a
            for who in sorted(movers)
            for a in self.current.get(who, ())
            if key(self.group_names[a.group or ""]) not in named[who]
        ]

    def plan(self, reports: tuple[RowReport, ...]) -> ImportPlan:
        """Everything that the lines taken bring about."""
        lines = self.taken()
        made: dict[str, PlannedPerson] = {}
        ended = {a.id: a for a in self._left()}
        posts: dict[tuple[str, str, str], PlannedAppointment] = {}
        groups: dict[str, PlannedGroup] = {}
        for line in lines:
            who, name = self.who[line.row], key(line.group)
            if name not in self.group_ids and name not in groups:
                groups[name] = PlannedGroup(key=f"group:{len(groups) + 1}", name=line.group)
            group = self.group_ids.get(name) or groups[name].key
            if who not in self.persons and who not in made:
                made[who] = PlannedPerson(key=who, name=line.name, staff_no=line.staff_no)
            if self._becomes_head(line):
                self._post(posts, who, GROUP_HEAD, group)
                posts.pop((who, TEACHER, group), None)
                if "instead" in self.answers.get(line.row, ()):
                    self._replace_heads(group, ended, posts)
            elif not self._is_in(line) and (who, GROUP_HEAD, group) not in posts:
                self._post(posts, who, TEACHER, group)
        return ImportPlan(
            ok=bool(lines),
            rows=reports,
            ignored_columns=self.list.ignored_columns,
            persons=tuple(made.values()),
            groups=tuple(groups.values()),
            appointments=tuple(posts.values()),
            ended=tuple(self._end(a) for a in ended.values()),
        )

    def _replace_heads(
        self,
        group: str,
        ended: dict[str, Appointment],
        posts: dict[tuple[str, str, str], PlannedAppointment],
    ) -> None:
        for person, headship in self._heads_of(group).items():
            if headship.id in ended:
                continue  # leaves the group anyway
            ended[headship.id] = headship
            held = self.current[person]
            if not any(a.role == TEACHER and a.group == group for a in held):
                # Whoever hands over the group stays in it.
                self._post(posts, person, TEACHER, group)

    def _post(
        self,
        posts: dict[tuple[str, str, str], PlannedAppointment],
        who: str,
        role: str,
        group: str,
    ) -> None:
        posts[who, role, group] = PlannedAppointment(
            person=who, role=role, group=group, from_date=self.day
        )

    def _end(self, a: Appointment) -> EndedAppointment:
        until = max(a.from_date, self.day - timedelta(days=1))
        return EndedAppointment(id=a.id, until_date=until, was_until=a.until_date)


def _choices(said: str) -> frozenset[str]:
    return frozenset(part.strip() for part in said.split(",") if part.strip())


def _all_differ(line: StaffLine, twins: Iterable[StaffLine]) -> bool:
    """Whether staff numbers tell the line from everybody of that name above it."""
    return all(line.staff_no and t.staff_no and t.staff_no != line.staff_no for t in twins)
