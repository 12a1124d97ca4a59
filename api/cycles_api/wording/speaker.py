"""From codes and data to sentences, with the workflow's own titles and people's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from cycles.engine.lamps import Lamp
from cycles.engine.verdicts import Remedy, Task, Verdict
from cycles.errors import (
    BackupError,
    CalendarError,
    ConflictError,
    CyclesError,
    FieldFault,
    IdempotencyError,
    NotAllowedError,
    NotWhatItSaysError,
    RefusedError,
    StaffListError,
    StoreUnavailableError,
    TooLargeError,
    WrongStateError,
)
from cycles.workflow.version import MAX_ROUNDS, Version, every_guard
from cycles_api.wording.acts import DISPOSITIONS, DO, DONE, STATES, STEP, TOLD, VERBS
from cycles_api.wording.backups import BACKUPS
from cycles_api.wording.explained import CALENDAR, CONFLICTS, ERRORS, IDEMPOTENCY
from cycles_api.wording.faults import FAULTS, LABELS
from cycles_api.wording.lamps import LAMP_CODES
from cycles_api.wording.language import Both, Language
from cycles_api.wording.staff import STAFF
from cycles_api.wording.tasks import CHOICE, STEPS, day_text, in_zone, sentence_of
from cycles_api.wording.unavailable import UNAVAILABLE
from cycles_api.wording.verdicts import ANOTHER_ROUND, GUARDS, VERDICTS, WAIVED

__all__ = ["Speaker"]

#: More names than these are counted instead.
_MAX_NAMES = 6
_PEOPLE = frozenset({"who", "person", "people", "candidates", "taker"})


class _Values(dict[str, str]):
    """Values of a sentence; one that is not there leaves a gap instead of an exception."""

    def __missing__(self, key: str) -> str:
        return "…"


class Speaker:
    """Says things in one language.

    Args:
        language: `zh` or `en`.
        version: The workflow whose titles are used; without one, names stand as they are.
        name_of: From whatever the data calls a person to the name people read.
    """

    def __init__(
        self,
        language: Language,
        version: Version | None = None,
        name_of: Callable[[str], str] = str,
    ) -> None:
        self.language, self.version, self._name_of = language, version, name_of

    # --- titles ----------------------------------------------------------------------------

    def record(self, name: str) -> str:
        """A record's title."""
        kind = self.version.workflow.records.get(name) if self.version else None
        return kind.title.in_language(self.language) if kind else name

    def state(self, name: str) -> str:
        """A state's title, the engine's own states included."""
        place = self.version.workflow.states.get(name) if self.version else None
        if place is not None:
            return place.title.in_language(self.language)
        return STATES[name].in_language(self.language) if name in STATES else name

    def transition(self, name: str) -> str:
        """A transition's title."""
        way = self.version.workflow.transitions.get(name) if self.version else None
        return way.title.in_language(self.language) if way else name

    def role(self, name: str) -> str:
        """A role's title."""
        role = self.version.workflow.roles.get(name) if self.version else None
        return role.title.in_language(self.language) if role else name

    def field(self, path: str) -> str:
        """The title of `record.field` or `subject.field`."""
        owner, _, name = path.partition(".")
        if self.version is None or not name:
            return path
        if owner == "subject":
            form = self.version.workflow.subject
        else:
            kind = self.version.workflow.records.get(owner)
            form = kind.form if kind else {}
        return form[name].title.in_language(self.language) if name in form else path

    def link(self, name: str) -> str:
        """The title of a named link: that of the `cycle` field of this name."""
        if self.version is not None:
            for owner in ("subject", *self.version.workflow.records):
                if (title := self.field(f"{owner}.{name}")) != f"{owner}.{name}":
                    return title
        return name

    def guard(self, name: str, transition: str | None = None) -> str:
        """What the guard of this id looks at; ids are unique within a transition only."""
        if name == MAX_ROUNDS:
            return ANOTHER_ROUND.in_language(self.language)
        every = self.version.workflow.transitions if self.version else {}
        ways = [every[transition]] if transition in every else every.values()
        found = (g for way in ways for g in every_guard(way.guards) if g.name == name)
        guard = next(found, None)
        if guard is None:
            return GUARDS["not"].in_language(self.language)
        rule = guard.rule
        record = getattr(rule, "record", None) or getattr(rule, "points", None)
        values = {
            "record": record or getattr(rule, "to", ""),
            "field": getattr(rule, "field", ""),
            "role": getattr(rule, "role", ""),
        }
        return self._filled(GUARDS[guard.kind], values)

    def people(self, people: Iterable[str]) -> str:
        """Names in a row; many are counted."""
        names = [self._name_of(p) for p in people]
        shown = self._listed(names[:_MAX_NAMES])
        more = len(names) - _MAX_NAMES
        if more <= 0:
            return shown
        return shown + (f"等 {len(names)} 人" if self.language == "zh" else f" and {more} more")

    # --- sentences -------------------------------------------------------------------------

    def verdict(self, verdict: Verdict) -> str:
        """What a guard still lacks, or that it lacks nothing."""
        if verdict.waived:
            return WAIVED.in_language(self.language)
        said = VERDICTS.get(f"{verdict.kind}.{verdict.code}") or VERDICTS.get(verdict.code)
        if verdict.after is not None and not verdict.met:
            by_record = self.version is None or verdict.after in self.version.workflow.records
            said = VERDICTS["not_yet_known" if by_record else "another_first"]
        data = {**verdict.data, "after": verdict.after or ""}
        return self._filled(said or VERDICTS["guard_error"], data)

    def lamp(self, lamp: Lamp) -> str:
        """Why a lamp is lit, or what is missing."""
        return self._filled(LAMP_CODES[lamp.code], lamp.data)

    def remedy(self, remedy: Remedy) -> str:
        """Who can clear it by doing what."""
        who, do = self.people(remedy.who), self.do(remedy.do)
        if not remedy.who:
            return ""
        one = remedy.mode == "any_of" and len(remedy.who) > 1
        if self.language == "zh":
            return f"{who}{'中的一位' if one else ''}：{do}。"
        return f"{'One of ' if one else ''}{who}: {do}."

    def task(self, task: Task, *, now: datetime | None = None, zone: str = "UTC") -> str:
        """The next step of a person, said to them; with `now`, until when on the school's clock."""
        first, _, what = task.do.partition(":")
        step = self.do(task.do)
        if first in STEPS:
            ways = self._or([self.transition(t) for t in task.transitions])
            values = {"what": self._what(first, what), "count": len(task.items), "ways": ways}
            step = self._filled(STEPS[first], values)
        if task.one_of:
            step += CHOICE.in_language(self.language)
        return sentence_of(step, self.language, in_zone(task.due, zone), now)

    def do(self, do: str) -> str:
        """An act within a sentence: `file:minutes`, `decide`, a transition's name."""
        first, _, what = do.partition(":")
        if first not in DO or (self.version and do in self.version.workflow.transitions):
            return f"“{self.transition(do)}”" if self.language == "zh" else self.transition(do)
        return self._filled(DO[first], {"what": self._what(first, what)})

    def done(self, act: str, data: Mapping[str, Any]) -> str:
        """What an entry of the log says was done, to be read after the name of who did it."""
        if act not in DONE:
            return self._filled(STEP, {"step": self.transition(act)})
        if act not in TOLD or not data:
            return self._filled(DONE[act], data)
        known = dict(data)
        for name in ("since", "until"):
            if name in known:
                known[name] = self._day(known[name])
        for name in ("disposition", "outcome"):  # withheld from whoever may not read the point
            said = DISPOSITIONS.get(str(known.get(name)))
            known[name] = self._aside(said.in_language(self.language)) if said else ""
        known["taker"] = known.get("to", "")
        return self._filled(TOLD[act], known)

    def fault(self, fault: FieldFault, record: str | None = None) -> str:
        """One fault of what was sent, beginning with the field's title."""
        first, _, rest = fault.field.partition(".")
        owner = _owner(fault, record)
        if first == "roles" and rest:
            label = self.role(rest)
        elif first in ("fields", "subject") and rest and owner:
            path = f"{owner}.{rest}"
            label = self.field(path) if self.field(path) != path else rest
        else:
            label = fault.field.rsplit(".", 1)[-1]
            label = LABELS[label].in_language(self.language) if label in LABELS else label
        said = self.of_fault(fault, record)
        return f"“{label}”：{said}" if self.language == "zh" else f"{label}: {said}"

    def of_fault(self, fault: FieldFault, record: str | None = None) -> str:
        """What is wrong, without the field's name: where it is said beside the field."""
        data, owner = dict(fault.data), _owner(fault, record)
        if "any_of" in data and owner:
            paths = [f"{owner}.{name}" for name in data["any_of"]]
            titles = [self.field(path) for path in paths]
            data["any_of"] = [t.removeprefix(f"{owner}.") for t in titles]
        return self._filled(FAULTS.get(fault.code, FAULTS["wrong_type"]), data)

    def title(self, code: str) -> str:
        """The short title of an error code."""
        return ERRORS.get(code, ERRORS["error"]).title.in_language(self.language)

    def error(self, error: CyclesError) -> str:
        """What went wrong and what to do, from the error's code and data."""
        details = error.details()
        reason = str(details.get("reason", ""))
        if isinstance(error, IdempotencyError) and reason in IDEMPOTENCY:
            return self._filled(IDEMPOTENCY[reason], details)
        if isinstance(error, StaffListError) and reason in STAFF:
            return self._filled(STAFF[reason], details)
        if isinstance(error, CalendarError) and reason in CALENDAR:
            return self._filled(CALENDAR[reason], details)
        if isinstance(error, BackupError) and reason in BACKUPS:
            return self._filled(BACKUPS[reason], details)
        if isinstance(error, StoreUnavailableError) and reason in UNAVAILABLE:
            return self._filled(UNAVAILABLE[reason], details)
        if isinstance(error, TooLargeError) and isinstance(details.get("limit"), int):
            details["limit"] = _size(details["limit"])
        said = self._filled(ERRORS.get(error.code, ERRORS["error"]).meaning, details)
        more = self._why(error, details)
        told = [said, more] if more else [said]
        # The kinds of files that are taken are part of the sentence already.
        listed = isinstance(error, NotWhatItSaysError)
        if isinstance(error, RefusedError) and error.possible and not listed:
            told.append(self._possible(error.possible))
        return "".join(told) if self.language == "zh" else " ".join(told)

    # --- parts -----------------------------------------------------------------------------

    def _day(self, text: Any) -> str:
        """A day of the log as people say it; what is none stays as it is."""
        try:
            day = date.fromisoformat(str(text))
        except ValueError:
            return str(text)
        return day_text(day, self.language, today=day)

    def _aside(self, text: str) -> str:
        return f"：{text}" if self.language == "zh" else f": {text}"

    def _why(self, error: CyclesError, details: Mapping[str, Any]) -> str:
        zh = self.language == "zh"
        if isinstance(error, NotAllowedError) and details.get("who"):
            who = self.people(details["who"])
            return f"可以做的人：{who}。" if zh else f"It is for: {who}."
        if isinstance(error, ConflictError) and details.get("reason") in CONFLICTS:
            return self._filled(CONFLICTS[details["reason"]], details)
        if not isinstance(error, WrongStateError):
            return ""
        if "transition" in details and "state" in details:
            way, here = self.transition(details["transition"]), self.state(details["state"])
            return (
                f"“{way}”不能从“{here}”开始。" if zh else f"“{way}” does not start from “{here}”."
            )
        if "record" in details and details.get("file_in"):
            record = self.record(details["record"])
            states = self._listed([self.state(s) for s in details["file_in"]])
            return f"“{record}”在“{states}”时交。" if zh else f"“{record}” is filed in: {states}."
        if "waits_until" in details:
            return self._filled(VERDICTS["date_ahead"], {"date": details["waits_until"]})
        if "after" in details:
            return self._filled(VERDICTS["not_yet_known"], details)
        return ""

    def _possible(self, possible: Iterable[str]) -> str:
        ways = self._or([self.do(p) for p in possible])
        return f"现在可以：{ways}。" if self.language == "zh" else f"Possible now: {ways}."

    def _what(self, first: str, what: str) -> str:
        if first == "open":
            return self.link(what)
        if first == "lifecycle":
            return VERBS[what].in_language(self.language) if what in VERBS else what
        return self.record(what)

    def _first(self, name: str) -> str:
        """What has to come first: a record, a date, or another guard."""
        if self.version is None or name in self.version.workflow.records:
            return self.record(name)
        return self.field(name) if "." in name else self.guard(name)

    def _listed(self, parts: Iterable[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(parts)

    def _or(self, parts: list[str]) -> str:
        return ("、" if self.language == "zh" else ", or ").join(parts)

    def _filled(self, said: Both, data: Mapping[str, Any]) -> str:
        values = _Values({key: self._value(key, value) for key, value in data.items()})
        return said.in_language(self.language).format_map(values)

    def _value(self, key: str, value: Any) -> str:
        if key in _PEOPLE:
            return self.people([value] if isinstance(value, str) else value)
        if key == "date":
            return self._day(value)
        if isinstance(value, (list, tuple)):
            return self._listed([self._value(key, v) for v in value])
        if isinstance(value, date):
            return self._day(value)
        if not isinstance(value, str):
            return str(value)
        match key:
            case "do":
                return self.do(value)
            case "record":
                return self.record(value)
            case "date":
                return self._day(value)
            case "after":
                return self._first(value)
            case "branches" | "guard":
                return self.guard(value)
            case "field":
                return self.field(value)
            case "role" | "other":
                return self.role(value)
            case "state" | "in":
                return self.state(value)
            case "transition":
                return self.transition(value)
            case "link":
                return self.link(value)
        return value


def _owner(fault: FieldFault, record: str | None) -> str | None:
    """The form that a fault's field belongs to: the subject's, or that of the record filed."""
    return "subject" if fault.field.partition(".")[0] == "subject" else record


def _size(count: int) -> str:
    """Bytes as people say them.

    >>> _size(262_144), _size(20 * 1024 * 1024), _size(100)
    ('256 KB', '20 MB', '100 B')
    """
    for unit, worth in (("MB", 1024 * 1024), ("KB", 1024)):
        if count >= worth:
            return f"{count // worth} {unit}"
    return f"{count} B"
