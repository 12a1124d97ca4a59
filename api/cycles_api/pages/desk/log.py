"""The auditor's desk 督查台: the log to search, one entry's story, the export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import PathParameter, QueryParameter

from cycles.errors import FieldFault
from cycles.ledger import LOOK, instant_text
from cycles.school.coverage import by_sound
from cycles.service import Actor
from cycles.service.reading_log import LogQuestion
from cycles_api.assembly import Service
from cycles_api.errors import BadParameterError
from cycles_api.pages.desk.contexts import (
    Chosen,
    DeskPage,
    Option,
    Options,
)
from cycles_api.pages.desk.told import EntryTold, LogTold
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.rest.doing import Serving
from cycles_api.rest.log import export_of, place_in_log
from cycles_api.rest.open_file import OpenFile
from cycles_api.rest.paging import Cursor, cursor_of
from cycles_api.wording import Language, Speaker
from cycles_api.wording.acts import DONE
from cycles_api.wording.language import Both

__all__ = ["DESK_ROUTES"]

_PAGE: Final = 50
# Forms send what was left empty, too.
_ID: Final = r"^[A-Za-z0-9_.:-]{0,80}$"
_DAY: Final = r"^(20[0-9]{2}-[0-9]{2}-[0-9]{2})?$"
_MARKS: Final[dict[str, Both]] = {
    "late": Both("补录", "Filed late"),
    "typed": Both("代录", "Typed for another"),
    "waived": Both("特批", "Waived"),
    "reopened": Both("重新打开", "Reopened"),
}
_WORDS: Final[dict[str, Both]] = {
    "all": Both("全部", "All"),
    "everybody": Both("所有人", "Everybody"),
    "all_groups": Both("所有教研组", "All groups"),
    "any_act": Both("所有的事", "Everything"),
    "steps": Both("流程里的一步", "Steps of a workflow"),
    "acts": Both("做的事", "What people do"),
    "erased": Both("（已删去的人）", "(somebody erased)"),
    "since": Both("{day}起", "from {day}"),
    "until": Both("到{day}", "until {day}"),
}

PersonAsked = Annotated[str, QueryParameter(name="person", required=False, pattern=_ID)]
GroupAsked = Annotated[str, QueryParameter(name="group", required=False, pattern=_ID)]
CycleAsked = Annotated[str, QueryParameter(name="cycle", required=False, pattern=_ID)]
ActAsked = Annotated[str, QueryParameter(name="act", required=False, pattern=_ID)]
MarkAsked = Annotated[
    str, QueryParameter(name="mark", required=False, pattern=rf"^({'|'.join(_MARKS)})?$")
]
Since = Annotated[str, QueryParameter(name="since", required=False, pattern=_DAY)]
Until = Annotated[str, QueryParameter(name="until", required=False, pattern=_DAY)]
Subject = Annotated[str, PathParameter(pattern="^(cycle|def|person|school)$")]
Name = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_.-]{1,120}$")]
Number = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]


@get("/desk", sync_to_thread=True)
def desk(
    visit: Visiting,
    signed: Signing,
    service: Serving,
    person: PersonAsked = "",
    group: GroupAsked = "",
    cycle: CycleAsked = "",
    act: ActAsked = "",
    mark: MarkAsked = "",
    since: Since = "",
    until: Until = "",
    cursor: Cursor = None,
) -> Response[Any]:
    """The log, newest first, as far as it was asked for."""
    asked = {
        "person": person,
        "group": group,
        "cycle": cycle,
        "act": act,
        "mark": mark,
        "since": since,
        "until": until,
    }
    asked = {name: value for name, value in asked.items() if value}
    question = _question(asked, service.core.view(signed.actor.school_id).row.zone)
    place = place_in_log(cursor)
    found = service.log.log(signed.actor, question, before=place, limit=_PAGE)
    told = LogTold(service, signed.actor, visit.language)
    chosen = _chosen(service, signed.actor, visit.language, asked)
    more = {**asked, "cursor": cursor_of(found.next)} if found.next else {}
    page = DeskPage(
        chosen=chosen,
        filters=tuple(_filters(chosen, told)),
        entries=told.entries(found.entries),
        more=f"/desk?{urlencode(more)}" if more else "",
        is_first=cursor is None,
    )
    return rendered(visit.language, page, visit.around)


@get("/desk/entries/{kind:str}/{name:str}/{number:int}", sync_to_thread=True)
def entry(
    kind: Subject, name: Name, number: Number, visit: Visiting, signed: Signing, service: Serving
) -> Response[Any]:
    """One entry's whole story; the school's own chain is called `-`."""
    subj = "school" if kind == "school" else f"{kind}:{name}"
    found = service.log.entry(signed.actor, subj, number)
    page = EntryTold(service, signed.actor, visit.language, found).page()
    return rendered(visit.language, page, visit.around)


@get("/desk/export", sync_to_thread=True)
def export(signed: Signing, service: Serving) -> OpenFile:
    """The log as one zip that anybody can check."""
    sent = export_of(service, signed.actor)
    sent.headers = {**HEADERS, **sent.headers}
    return sent


# --- what is asked for ---------------------------------------------------------------------


def _question(asked: dict[str, str], zone: str) -> LogQuestion:
    """What the form asks, for the service; raises `BadParameterError`."""
    mark = asked.get("mark")
    until = _day("until", asked)
    return LogQuestion(
        person=asked.get("person"),
        group=asked.get("group"),
        cycle=asked.get("cycle"),
        act=asked.get("act"),
        since=_midnight(_day("since", asked), zone),
        # The last day is meant as a whole.
        until=_midnight(until and until + timedelta(days=1), zone),
        late=True if mark == "late" else None,
        typed=True if mark == "typed" else None,
        waived=True if mark == "waived" else None,
        reopened=True if mark == "reopened" else None,
        # At what auditors looked has a page of its own; here it would bury what they look for.
        looks=None if asked.get("act") == LOOK else False,
    )


def _day(name: str, asked: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(asked[name]) if name in asked else None
    except ValueError:
        fault = FieldFault(field=name, code="not_a_date", data={})
        raise BadParameterError([fault]) from None


def _midnight(day: date | None, zone: str) -> str | None:
    """The instant at which a day of the school begins, as the log writes instants."""
    if day is None:
        return None
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return instant_text(begins.astimezone(UTC))


def _chosen(service: Service, actor: Actor, language: Language, asked: dict[str, str]) -> Chosen:
    """The form, filled with what was asked for."""
    view = service.core.view(actor.school_id)

    def say(name: str) -> str:
        return _WORDS[name].in_language(language)

    def options(name: str, all_of_them: str, known: Iterator[tuple[str, str]]) -> Iterator[Option]:
        chosen = asked.get(name, "")
        yield Option(value="", label=say(all_of_them), chosen=not chosen)
        for value, label in known:
            yield Option(value=value, label=label, chosen=value == chosen)

    today = view.today(service.core.now())
    listed = [(p.id, view.told_apart(p.id, today)) for p in view.directory.persons]
    listed.sort(key=lambda one: by_sound(one[1]))
    person = asked.get("person", "")
    if person and person not in view.person_of:
        listed.append((person, say("erased")))
    cycle = asked.get("cycle", "")
    groups = ((g.id, g.name) for g in view.groups.values())
    marks = ((mark, said.in_language(language)) for mark, said in _MARKS.items())
    return Chosen(
        people=tuple(options("person", "everybody", iter(listed))),
        groups=tuple(options("group", "all_groups", groups)),
        acts=tuple(_acts(service, actor, language, asked.get("act", ""))),
        marks=tuple(options("mark", "all", marks)),
        since=asked.get("since", ""),
        until=asked.get("until", ""),
        cycle=cycle,
        cycle_title=service.log.titles(actor, [cycle]).get(cycle, "…") if cycle else "",
    )


def _acts(service: Service, actor: Actor, language: Language, chosen: str) -> Iterator[Options]:
    """Whatever an entry may say was done: steps of the workflows there are, and all else."""
    steps: dict[str, str] = {}
    for answer in service.workflows.all(actor):
        for name, way in answer.version.workflow.transitions.items():
            steps.setdefault(name, way.title.in_language(language))
    speaker = Speaker(language)
    acts = {name: speaker.done(name, {}) for name in DONE}
    first = Option(value="", label=_WORDS["any_act"].in_language(language), chosen=not chosen)
    yield Options(label="", options=(first,))
    for label, known in (("acts", acts), ("steps", steps)):
        yield Options(
            label=_WORDS[label].in_language(language),
            options=tuple(
                Option(value=name, label=said, chosen=name == chosen)
                for name, said in known.items()
            ),
        )


def _filters(chosen: Chosen, told: LogTold) -> Iterator[str]:
    """What the list is narrowed to, in words."""
    acts = (option for options in chosen.acts for option in options.options)
    for option in (*chosen.people, *chosen.groups, *acts, *chosen.marks):
        if option.chosen and option.value:
            yield option.label
    if chosen.cycle:
        yield f"《{chosen.cycle_title}》"
    for name, day in (("since", chosen.since), ("until", chosen.until)):
        if day:
            yield _WORDS[name].in_language(told.language).format(day=told.day(day))


DESK_ROUTES = (desk, entry, export)
