"""The days of a school: terms, holidays, and the days on which missed school is made up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from cycles.errors import FieldFault, InvalidInputError, NotFoundError, TooLargeError
from cycles.school import Calendar, Holiday, MakeUpDay, Term
from cycles.service.actors import Actor, require
from cycles.service.school.changing import Change, Changing, cleaned
from cycles.store import HolidayRow, MakeUpDayRow, TermRow

__all__ = ["CalendarAnswer", "Days"]

#: Holidays of one term, and make-up days: more do not fit an entry, and no term has them.
_MAX_DAYS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAnswer:
    """The school's days; `today` is the school's date, `school_day` whether there is school."""

    zone: str
    today: date
    school_day: bool
    terms: tuple[Term, ...]
    holidays: tuple[Holiday, ...]
    make_up_days: tuple[MakeUpDay, ...]


class Days(Changing):
    """Sets terms with their days, takes them out, and tells them."""

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


def _refuse_twice(at: str, days: list[date]) -> None:
    if len(days) > _MAX_DAYS:
        raise TooLargeError(f"{at}: at most {_MAX_DAYS} in a term", data={"limit": _MAX_DAYS})
    for day in sorted({day for day in days if days.count(day) > 1}):
        data = {"day": day.isoformat()}
        raise InvalidInputError([FieldFault(field=at, code="item_twice", data=data)])


def _term(change: Change, term_id: str) -> Term:
    for term in change.view.calendar.terms:
        if term.id == term_id:
            return term
    raise NotFoundError("term", term_id)
