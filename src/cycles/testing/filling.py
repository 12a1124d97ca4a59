"""Forms filled in as people would: with what a form asks for, and more or less besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from cycles.engine.filing import superseded_by
from cycles.engine.forms import ATTENDANCE_CODES
from cycles.engine.guards import verifiers
from cycles.engine.people import PRESENT, People
from cycles.workflow.definition import Compare, FormField
from cycles.workflow.version import every_guard

__all__ = ["MARK", "Choose", "Filler"]

T = TypeVar("T")

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several, none of them better than the others."""

#: Stands in every text that is filed, and so may stand in no entry's clear part.
MARK = "密"


@dataclass(slots=True)
class Filler:
    """Fills in forms; remembers what each feedback point said, as its author would."""

    choose: Choose
    #: Point id → its text, or its columns.
    said: dict[str, Any] = field(default_factory=dict)
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def text(self) -> str:
        """A text that was never written before."""
        return f"{MARK}{next(iter(self._numbers))}"

    def record(
        self, people: People, record: str, person: str, *, well: bool = True
    ) -> dict[str, Any]:
        """The fields of a filing of the record by the person.

        `well`: as it has to be for the cycle to move on: everybody present, today's date, a class
        not yet taught, the value that a guard compares with. Otherwise anything a form takes.
        """
        kind = people.version.workflow.records[record]
        sent: dict[str, Any] = {}
        value: Any
        for name, shape in kind.form.items():
            needed = shape.required or (shape.min and shape.type in ("points", "items"))
            if shape.type in ("points", "items"):
                value = self._points(people, record, name, person, well)
            elif shape.type == "verify":
                value = self._voices(people, person, well)
            elif well or needed or self.choose([True, False]):
                value = self.value(people, shape, f"{record}.{name}", well)
            else:
                value = None
            if value not in (None, [], {}):
                sent[name] = value
        if kind.needs_any and not sent.keys() & set(kind.needs_any):
            name = self.choose(kind.needs_any)
            sent[name] = self.value(people, kind.form[name], f"{record}.{name}", True)
        return sent

    def form(
        self, people: People, form: Mapping[str, FormField], owner: str, *, well: bool
    ) -> dict[str, Any]:
        """The fields of any other form: a subject, the columns of an item."""
        return {
            name: value
            for name, shape in form.items()
            if well or shape.required or self.choose([True, False])
            if (value := self.value(people, shape, f"{owner}.{name}", well)) is not None
        }

    def remember(
        self, sent: Mapping[str, Any], form: Mapping[str, FormField], ids: list[str]
    ) -> None:
        """Keep what the points said to which the engine has now given these ids, in order."""
        items = [
            item
            for name, shape in form.items()
            if shape.type in ("points", "items")
            for item in sent.get(name) or ()
        ]
        for item, key in zip(items, ids, strict=True):
            if isinstance(item, dict):
                plain = {k: v for k, v in item.items() if k != "id"}
                self.said[key] = plain["text"] if plain.keys() == {"text"} else plain
            else:
                self.said[key] = item

    def value(self, people: People, shape: FormField, path: str, well: bool) -> Any:
        """A value of a field's type; `None` where there is none to be had."""
        around, today = people.around, people.around.today
        compared = _wanted(people, path) if well else None
        if compared is not None:
            return compared
        match shape.type:
            case "text":
                return self.text() * max(1, -(-(shape.min or 0) // 2))
            case "choice":
                return self.choose(list(shape.options or {}))
            case "yes_no":
                return True if well else self.choose([True, False])
            case "number":
                least = shape.min if shape.min is not None else 0
                most = shape.max if shape.max is not None else least + 9
                return self.choose([least, most])
            case "date":
                ahead = 0 if well else self.choose([0, 1, 4] if shape.future else [0, -3])
                return (today + timedelta(days=ahead)).isoformat()
            case "time":
                return "08:05"
            case "person" | "people":
                able = people.on_duty(people.of(shape.of)) if shape.of else around.directory.staff
                chosen = self.choose(able) if able else None
                return chosen if shape.type == "person" or chosen is None else [chosen]
            case "class":
                return f"c{next(iter(self._numbers))}" if well else self.choose(["c-a", "c-b"])
            case "group" | "seat":
                return "a1"
            case "timed_notes":
                return [{"at": "08:05", "text": self.text()}]
            case "attendance":
                return self._attendance(people.of(shape.of or ()), well)
            case "file":
                return {"digest": "0" * 64, "name": f"{self.text()}.docx"}
            case "link":
                return f"https://example.org/{self.text()}"
            case "cycle":
                known = [c.id for c in around.linked if not c.incoming and path.endswith(c.link)]
                return self.choose(known) if known else None
        return None

    def _attendance(self, of: tuple[str, ...], well: bool) -> dict[str, str]:
        codes = (PRESENT,) if well else ATTENDANCE_CODES
        named = of if well else tuple(p for p in of if self.choose([True, True, False]))
        return {person: self.choose(codes) for person in named}

    def _points(self, people: People, record: str, name: str, person: str, well: bool) -> list[Any]:
        """New points, after those kept from the version before: what has a life must stay."""
        shape = people.version.workflow.records[record].form[name]
        before = {
            f.id
            for f in superseded_by(people.version, people.cycle, record, person, people.cycle.round)
        }
        points = people.cycle.points.values()
        sources = {p.merged_into for p in points}
        found: list[Any] = []
        for point in points:
            if point.filing not in before or point.field != name:
                continue
            if point.disposition or point.id in sources or self.choose([True, False]):
                said = self.said[point.id]
                plain = said if isinstance(said, dict) else {"text": said}
                found.append({"id": point.id, **plain})
        least = (shape.min or 0) - len(found)
        more = max(least, 0) if found and well else max(least, self.choose([0, 1, 2]), int(well))
        for _ in range(min(more, (shape.max or 100) - len(found))):
            columns = shape.item.form if shape.item else None
            if columns is None:
                found.append(self.text())
            else:
                found.append(self.form(people, columns, f"{record}.{name}", well=True))
        return found

    def _voices(self, people: People, person: str, well: bool) -> dict[str, str]:
        outcomes = ["worked"] if well else ["worked", "not_yet"]
        return {
            point.id: self.choose(outcomes)
            for point in people.cycle.points.values()
            if person in (verifiers(people, point) or ()) and self.choose([True, False])
        }


def _wanted(people: People, path: str) -> Any:
    """A value with which some way on from here lets pass, where one compares the field."""
    for _, way in people.version.leaving.get(people.cycle.state, ()):
        for guard in every_guard(way.guards):
            if guard.field is not None and guard.field.field == path and not way.side:
                return _passing(people, guard.field)
    return None


def _passing(people: People, rule: Compare) -> Any:
    if rule.in_:
        return rule.in_[0]
    if rule.is_not is not None:
        record, name = rule.field.split(".")
        options = people.version.workflow.records[record].form[name].options or {}
        return next((o for o in options if o != rule.is_not), None)
    return next((v for v in (rule.is_, rule.at_least, rule.at_most) if v is not None), None)
