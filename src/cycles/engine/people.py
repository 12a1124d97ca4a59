"""Who is meant: holders of roles on a day, and what a who-expression comes to.

Guards read the people in the log (who fills a role is an entry); only `school.*` and `group.*`
ask the directory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cycles.engine.cycle import Cycle, Filing, Point
from cycles.engine.memory import remembered
from cycles.engine.sight import knows
from cycles.engine.surroundings import Surroundings
from cycles.workflow.definition import Who
from cycles.workflow.version import Version

__all__ = ["PRESENT", "People"]

#: 到场: the one attendance code that counts as present.
PRESENT = "present"


@dataclass(frozen=True, slots=True)
class People:
    """The people of one cycle on one day."""

    version: Version
    cycle: Cycle
    around: Surroundings
    #: Where `cycle` is only tried out (what-if): the real one, whose rules of sight hold.
    real_cycle: Cycle | None = None
    #: What was asked before (`remembered`).
    memory: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def real(self) -> People:
        """The people of the real cycle; these very ones unless it is only tried out."""
        return self if self.real_cycle is None else self._real()

    @remembered
    def _real(self) -> People:
        return replace(self, cycle=self.real_cycle or self.cycle, real_cycle=None)

    @remembered
    def holders(self, role: str, round_no: int | None = None) -> tuple[str, ...]:
        """Who holds the role today, in the given round (default: the present one)."""
        held = list(self.cycle.roles.get(role, ()))
        if self.cycle.substitutions:
            busy = self._standing_in()
            held = [self._stand_in(role, p) for p in held if busy.get(p, role) == role]
        source = self.version.workflow.roles[role].from_
        if source is not None:
            held += self._named(source, round_no or self.cycle.round)
        return tuple(dict.fromkeys(held))

    @remembered
    def of(self, who: Who, *, owner: str | None = None) -> tuple[str, ...]:
        """Everybody the expression names, on duty or not, in a stable order."""
        if len(who) == 1:
            return self._atom(who[0], owner)
        return tuple(dict.fromkeys(p for atom in who for p in self._atom(atom, owner)))

    def on_duty(self, people: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the people whose account is enabled and who are not excused today."""
        enabled = self.around.directory.enabled
        able = [p for p in people if p in enabled]
        return tuple([p for p in able if not self.is_excused(p)] if self.cycle.excuses else able)

    @remembered
    def acting(self, who: Who, *, concerned: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Those on duty and unconcerned; if none, the deputy, the head, another group's head.

        Of those named, only who sees the cycle by its rule.
        """
        directory = self.around.directory
        others = tuple(
            p for g, heads in directory.group_heads.items() if g != self.cycle.group for p in heads
        )
        meant = tuple(p for p in self.of(who) if knows(self, p))
        for people in (meant, directory.deputies, directory.heads, others):
            able = tuple(p for p in self.on_duty(people) if p not in concerned)
            if able:
                return able
        return ()

    def is_excused(self, person: str) -> bool:
        """Whether an excuse covers today."""
        excuses, today = self.cycle.excuses, self.around.today
        return bool(excuses) and any(
            e.person == person and e.since <= today <= e.until for e in excuses
        )

    @remembered
    def hands(self) -> frozenset[str]:
        """Whoever filed or typed something, at any time."""
        filings = self.cycle.filings
        return frozenset({f.person for f in filings} | {f.typed_by for f in filings})

    @remembered
    def roles_of(self, person: str) -> tuple[str, ...]:
        """The roles of the cycle that the person holds today."""
        return tuple(r for r in self.version.workflow.roles if person in self.holders(r))

    def current(self, record: str, round_no: int | None = None) -> tuple[Filing, ...]:
        """Current filings of the record in its scope (the round, or the cycle), late ones too."""
        return tuple(f for f in self._filed(record, round_no) if f.current)

    @remembered
    def binding(self, record: str, round_no: int | None = None) -> tuple[Filing, ...]:
        """The filings that rules look at: of each identity the last version filed in time.

        What comes late is kept and shown, but changes no base, role or guard (LANGUAGE `late`).
        """
        one_per = self.version.workflow.records[record].one_per
        by_person, by_filing = "person" in one_per, "filing" in one_per
        last: dict[tuple[object, ...], Filing] = {}
        for f in self._filed(record, round_no):
            if not (f.late or f.voided):
                last[f.person if by_person else None, f.id if by_filing else None] = f
        return tuple(last.values())

    def fact(self, path: str, round_no: int | None = None) -> Any:
        """The fact's value in the binding filing of the round, or in the subject; else `None`."""
        record, field = path.split(".")
        if record == "subject":
            return self.cycle.subject.get(field)
        filings = self.binding(record, round_no)
        return filings[-1].facts.get(field) if filings else None

    def held_back(self, record: str, round_no: int | None = None) -> date | str | None:
        """Why the record cannot be filed yet: the day it waits for, or the record with that day.

        `None`: nothing holds it back. A round that never entered the day's states is exempt
        (a desk round).
        """
        path = self.version.workflow.records[record].not_before
        if path is None:
            return None
        source = path.split(".")[0]
        round_no = round_no or self.cycle.round
        if self.version.file_in.get(source, frozenset()).isdisjoint(self._entered_in(round_no)):
            return None
        value = self.fact(path, round_no)
        if value is None:
            return source
        day = date.fromisoformat(str(value))
        return day if day > self.around.today else None

    @remembered
    def _entered_in(self, round_no: int) -> frozenset[str]:
        return self.cycle.entered_in(round_no)

    @remembered
    def attendance(self, record: str, field: str, round_no: int | None = None) -> dict[str, str]:
        """Person → code in the round's attendance; empty while there is none."""
        found: dict[str, str] = {}
        for filing in self.binding(record, round_no):
            found.update(filing.facts.get(field) or {})
        return found

    def attendance_missing(self, record: str, field: str) -> tuple[str, ...]:
        """Holders who have no code yet."""
        of = self.version.workflow.records[record].form[field].of or ()
        codes = self.attendance(record, field)
        return tuple(p for p in self.of(of) if p not in codes)

    def unfiled_source(self, who: Who) -> str | None:
        """The record that a derived role of `who` waits for, while the round has none complete."""
        for atom in who:
            role = self.version.workflow.roles.get(atom)
            if role is None or role.from_ is None:
                continue
            record, field = role.from_.split(".")
            if self.version.workflow.records[record].form[field].type == "attendance":
                missing = self.attendance_missing(record, field)
                if missing or not self.attendance(record, field):
                    return record
            elif not self.binding(record):
                return record
        return None

    @remembered
    def absent(self) -> frozenset[str]:
        """Those whom a complete attendance of the present round does not name present."""
        found: set[str] = set()
        for record, name, _ in self.version.attendance_fields:
            codes = self.attendance(record, name)
            if codes and not self.attendance_missing(record, name):
                found.update(p for p, code in codes.items() if code != PRESENT)
        return frozenset(found)

    def owner_of(self, point: Point) -> str:
        """Who owns the point today: its owner, or who stands in for them."""
        today = self.around.today
        for s in reversed(self.cycle.substitutions):
            if s.person == point.owner and s.since <= today <= s.until:
                return s.to
        return point.owner

    def is_candidate(self, role: str, person: str) -> bool:
        """Whether the person may be given the role: enabled, among those meant, guest if it may."""
        shape, directory = self.version.workflow.roles[role], self.around.directory
        if not directory.is_enabled(person):
            return False
        if person in directory.guests:
            return shape.outside
        return shape.among is None or person in self.of(shape.among)

    def types_for(self, typist: str, who: Who, person: str) -> bool:
        """代录: whether the typist holds a role with `files_for` a role of `who` that is theirs."""
        roles = self.version.workflow.roles
        meant = {a for a in who if a in roles and person in self.holders(a)}
        # A derived role (those present) is held by people who also fill another one.
        if any(roles[a].from_ for a in meant):
            meant |= set(self.roles_of(person))
        return any(meant & set(roles[r].files_for) for r in self.roles_of(typist))

    def _filed(self, record: str, round_no: int | None) -> list[Filing]:
        filed = [f for f in self.cycle.filings if f.record == record]
        if "round" not in self.version.workflow.records[record].one_per:
            return filed
        wanted = round_no or self.cycle.round
        return [f for f in filed if f.round == wanted]

    def _named(self, source: str, round_no: int) -> list[str]:
        record, field = source.split(".")
        shape = self.version.workflow.records[record].form[field]
        if shape.type == "attendance":
            # Whoever has handed their part over since is no longer among those present.
            here, codes = self.of(shape.of or ()), self.attendance(record, field, round_no)
            return [p for p, code in codes.items() if code == PRESENT and p in here]
        named: list[str] = []
        for filing in self.binding(record, round_no):
            value = filing.facts.get(field)
            named += [value] if isinstance(value, str) else list(value or ())
        return named

    def _stand_in(self, role: str, person: str) -> str:
        today = self.around.today
        for s in reversed(self.cycle.substitutions):
            if s.role == role and s.person == person and s.since <= today <= s.until:
                return s.to
        return person

    @remembered
    def _standing_in(self) -> dict[str, str]:
        """Who stands in for somebody today → in which role; meanwhile they hold no other."""
        found: dict[str, str] = {}
        for s in self.cycle.substitutions:
            to = self._stand_in(s.role, s.person)
            if to != s.person and s.person in self.cycle.roles.get(s.role, ()):
                found[to] = s.role
        return found

    def _atom(self, atom: str, owner: str | None) -> tuple[str, ...]:
        directory, group = self.around.directory, self.cycle.group
        if atom in self.version.workflow.roles:
            return self.holders(atom)
        match atom.split("."):
            case ["school", "head"]:
                return directory.heads
            case ["school", "deputy"]:
                return directory.deputies
            case ["school", "staff"]:
                return directory.staff
            case ["group", "head"]:
                return directory.group_heads.get(group, ())
            case ["group", "members"]:
                return directory.group_members.get(group, ())
            case ["opener"]:
                return (self.cycle.opener,)
            case ["item", "owner"]:
                return (owner,) if owner else ()
            case ["subject", field]:
                value = self.cycle.subject.get(field)
                return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value or ()))
            case _:
                _, link, role = atom.split(".")  # linked.<link>.<role>
                found = (c.roles.get(role, ()) for c in self.around.linked if c.link == link)
                return tuple(dict.fromkeys(p for people in found for p in people))
