"""The school's days: terms with their holidays, and the days on which school is made up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath

from cycles.errors import FieldFault, InvalidInputError, NotFoundError
from cycles.school import Holiday, MakeUpDay
from cycles.school import Term as SchoolTerm
from cycles.service import Actor, may, require
from cycles.service.school import CalendarAnswer
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.visiting import Done, Signing, Visit, Visiting
from cycles_api.pages.school.contexts import CalendarPage, Term, TermPage
from cycles_api.pages.school.forms import Faults, Typed, as_date, needed_date, refused
from cycles_api.pages.school.words import SAYS
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language

__all__ = ["SCHOOL_CALENDAR"]

#: The address of a term that is not there yet.
_NEW: Final = "new"
#: Rows for holidays and for make-up days: those that are there, and so many more to fill in.
_SPARE: Final = 3
_MOST: Final = 30
_FIELDS: Final = ("name", "first", "last", "day")


@get("/school/calendar", sync_to_thread=True)
def calendar(visit: Visiting, signed: Signing, service: Serving, done: Done = "") -> Response[Any]:
    """The terms, the newest first."""
    days, language = service.schools.calendar(signed.actor), visit.language
    page = CalendarPage(
        said=said(done, language),
        may_change=may("directory", signed.actor),
        today=times.day(days.today.isoformat(), language, days.today),
        school_day=days.school_day,
        terms=tuple(
            _term(days, term, language)
            for term in sorted(days.terms, key=lambda term: term.first_day, reverse=True)
        ),
    )
    return rendered(language, page, visit.around)


@get("/school/calendar/{term_id:str}", sync_to_thread=True)
def term_page(
    term_id: FromPath[str], visit: Visiting, signed: Signing, service: Serving
) -> Response[Any]:
    """A term to be changed, or a new one."""
    require("directory", signed.actor)
    typed = {}
    if term_id != _NEW:
        days = service.schools.calendar(signed.actor)
        typed = _as_typed(days, _found(days, term_id))
    return _page(visit, service, signed.actor, term_id, typed, {})


@post("/school/calendar/{term_id:str}", sync_to_thread=True, status_code=303)
def set_term(
    term_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Keep the term as a whole; with faults, the same form again."""
    actor, language = signed.actor, visit.language

    def kept() -> None:
        first, last = needed_date(sent, "first"), needed_date(sent, "last")
        service.schools.set_term(
            actor,
            sent.text("name"),
            first,
            last,
            term=None if term_id == _NEW else term_id,
            holidays=tuple(_holidays(sent)),
            make_up_days=tuple(_make_up_days(sent)),
        )

    faults = refused(kept, language)
    if faults:
        return _page(visit, service, actor, term_id, dict(sent.under("")), faults)
    return go("/school/calendar", done="kept")


@post("/school/calendar/{term_id:str}/removed", sync_to_thread=True, status_code=303)
def remove_term(term_id: FromPath[str], signed: Signing, sent: Sending, service: Serving) -> Any:
    """Take the term out, with its days."""
    service.schools.remove_term(signed.actor, term_id)
    return go("/school/calendar", done="removed")


def _holidays(sent: Sent) -> Iterator[Holiday]:
    """The rows that say something; one day if no last one is given."""
    for n in range(_MOST):
        at, name = f"h{n}", sent.text(f"h{n}.name").strip()
        if name or sent.text(f"{at}.first") or sent.text(f"{at}.last"):
            first = needed_date(sent, f"{at}.first")
            last = as_date(sent, f"{at}.last") or first
            yield Holiday(first=first, last=last, name=_name(name, f"{at}.name"))


def _make_up_days(sent: Sent) -> Iterator[MakeUpDay]:
    for n in range(_MOST):
        at, name = f"m{n}", sent.text(f"m{n}.name").strip()
        if name or sent.text(f"{at}.day"):
            yield MakeUpDay(day=needed_date(sent, f"{at}.day"), name=_name(name, f"{at}.name"))


def _name(text: str, at: str) -> str:
    if not text:
        raise InvalidInputError([FieldFault(field=at, code="required", data={})])
    return text


def _found(days: CalendarAnswer, term_id: str) -> SchoolTerm:
    for term in days.terms:
        if term.id == term_id:
            return term
    raise NotFoundError("term", term_id)


def _inside(days: CalendarAnswer, term: SchoolTerm) -> tuple[list[Holiday], list[MakeUpDay]]:
    """What begins in the term, by day."""
    free = [h for h in days.holidays if term.first_day <= h.first <= term.last_day]
    made_up = [m for m in days.make_up_days if term.first_day <= m.day <= term.last_day]
    return sorted(free, key=lambda h: h.first), sorted(made_up, key=lambda m: m.day)


def _as_typed(days: CalendarAnswer, term: SchoolTerm) -> Typed:
    """The term as its form would be sent."""
    free, made_up = _inside(days, term)
    typed = {
        "name": term.name,
        "first": term.first_day.isoformat(),
        "last": term.last_day.isoformat(),
    }
    for n, holiday in enumerate(free):
        typed |= {
            f"h{n}.name": holiday.name,
            f"h{n}.first": holiday.first.isoformat(),
            f"h{n}.last": holiday.last.isoformat(),
        }
    for n, day in enumerate(made_up):
        typed |= {f"m{n}.name": day.name, f"m{n}.day": day.day.isoformat()}
    return typed


def _term(days: CalendarAnswer, term: SchoolTerm, language: Language) -> Term:
    free, made_up = _inside(days, term)

    def says(said: str, **dates: Any) -> str:
        filled = {
            name: value
            if isinstance(value, str)
            else times.day(value.isoformat(), language, days.today)
            for name, value in dates.items()
        }
        return SAYS[said].in_language(language).format(**filled)

    told = [
        says("holiday_day", name=h.name, first=h.first)
        if h.first == h.last
        else says("holiday", name=h.name, first=h.first, last=h.last)
        for h in free
    ]
    told += [says("make_up_day", name=m.name, day=m.day) for m in made_up]
    when = "now"
    if term.last_day < days.today:
        when = "past"
    elif term.first_day > days.today:
        when = "ahead"
    return Term(
        to=f"/school/calendar/{term.id}",
        name=term.name,
        span=says("span", first=term.first_day, last=term.last_day),
        when=when,
        days=tuple(told),
    )


def _page(
    visit: Visit, service: Service, actor: Actor, term_id: str, typed: Typed, faults: Faults
) -> Response[Any]:
    """The form, with rows to spare."""
    language, name = visit.language, ""
    if term_id != _NEW:
        name = _found(service.schools.calendar(actor), term_id).name

    def rows(prefix: str) -> tuple[str, ...]:
        used = [n for n in range(_MOST) if any(typed.get(f"{prefix}{n}.{f}") for f in _FIELDS)]
        return tuple(f"{prefix}{n}" for n in range(min(_MOST, max(used, default=-1) + 1 + _SPARE)))

    page = TermPage(
        id=term_id,
        name=name,
        holidays=rows("h"),
        make_up_days=rows("m"),
        typed=typed,
        faults=faults,
    )
    return rendered(language, page, visit.around, status=422 if faults else 200)


SCHOOL_CALENDAR = (calendar, term_page, set_term, remove_term)
