"""Who is meant: holders of roles on a day, and what a who-expression comes to.

Guards read the people in the log (who fills a role is an entry); only `school.*` and `group.*`
ask the directory.
"""

from __future__ import annotations

from dataclasses import dataclass

from cycles.engine.cycle import Cycle, Filing
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

    def holders(self, role: str, round_no: int | None = None) -> tuple[str, ...]:
        """Who holds the role today, in the given round (default: the present one)."""
        held = [self._stand_in(role, p) for p in self.cycle.roles.get(role, ())]
        source = self.version.workflow.roles[role].from_
        if source is not None:
            held += self._named(source, round_no or self.cycle.round)
        return tuple(dict.fromkeys(held))

    def of(self, who: Who, *, owner: str | None = None) -> tuple[str, ...]:
        """Everybody the expression names, on duty or not, in a stable order."""
        return tuple(dict.fromkeys(p for atom in who for p in self._atom(atom, owner)))

    def on_duty(self, people: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the people whose account is enabled and who are not excused today."""
        return tuple(
            p for p in people if self.around.directory.is_enabled(p) and not self.is_excused(p)
        )

    def acting(self, who: Who, *, concerned: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Those on duty and unconcerned; if none, the deputy, the head, another group's head."""
        directory = self.around.directory
        others = tuple(
            p for g, heads in directory.group_heads.items() if g != self.cycle.group for p in heads
        )
        for people in (self.of(who), directory.deputies, directory.heads, others):
            able = tuple(p for p in self.on_duty(people) if p not in concerned)
            if able:
                return able
        return ()

    def is_excused(self, person: str) -> bool:
        """Whether an excuse covers today."""
        today = self.around.today
        return any(e.person == person and e.since <= today <= e.until for e in self.cycle.excuses)

    def roles_of(self, person: str) -> tuple[str, ...]:
        """The roles of the cycle that the person holds today."""
        return tuple(r for r in self.version.workflow.roles if person in self.holders(r))

    def current(self, record: str, round_no: int | None = None) -> tuple[Filing, ...]:
        """Current filings of the record in its scope: the round, or the cycle."""
        by_round = "round" in self.version.workflow.records[record].one_per
        wanted = self.cycle.round if round_no is None else round_no
        return tuple(
            f
            for f in self.cycle.filings
            if f.record == record and f.current and (not by_round or f.round == wanted)
        )

    def attendance(self, record: str, field: str, round_no: int | None = None) -> dict[str, str]:
        """Person → code in the round's current attendance; empty while there is none."""
        found: dict[str, str] = {}
        for filing in self.current(record, round_no):
            found.update(filing.facts.get(field) or {})
        return found

    def attendance_missing(self, record: str, field: str) -> tuple[str, ...]:
        """Holders who have no code yet."""
        of = self.version.workflow.records[record].form[field].of or ()
        codes = self.attendance(record, field)
        return tuple(p for p in self.of(of) if p not in codes)

    def absent(self) -> frozenset[str]:
        """Those whom a complete attendance of the present round does not name present."""
        found: set[str] = set()
        for record, field, _ in self.version.attendance_fields:
            codes = self.attendance(record, field)
            if codes and not self.attendance_missing(record, field):
                found.update(p for p, code in codes.items() if code != PRESENT)
        return frozenset(found)

    def _named(self, source: str, round_no: int) -> list[str]:
        record, field = source.split(".")
        if self.version.workflow.records[record].form[field].type == "attendance":
            codes = self.attendance(record, field, round_no)
            return [p for p, code in codes.items() if code == PRESENT]
        named: list[str] = []
        for filing in self.current(record, round_no):
            value = filing.facts.get(field)
            named += [value] if isinstance(value, str) else list(value or ())
        return named

    def _stand_in(self, role: str, person: str) -> str:
        today = self.around.today
        for s in reversed(self.cycle.substitutions):
            if s.role == role and s.person == person and s.since <= today <= s.until:
                return s.to
        return person

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
                return (value,) if isinstance(value, str) else tuple(value or ())
            case ["linked", link, role]:
                found = (c.roles.get(role, ()) for c in self.around.linked if c.link == link)
                return tuple(p for people in found for p in people)
        return ()
