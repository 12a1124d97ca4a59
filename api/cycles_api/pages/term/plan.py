"""The year's plan against what happened: sentence by sentence, and the same as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import QueryParameter

from cycles.service.plan import KINDS, Kind, PlanAnswer, PlanLine, PlanRow
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.term.contexts import (
    Chip,
    PlanItemTold,
    PlanLineTold,
    PlanPage,
    PlanWorkflowTold,
)
from cycles_api.pages.term.plan_items import ITEMS
from cycles_api.pages.term.told import (
    GroupChosen,
    TermChosen,
    TermPageTold,
    address,
    as_workbook,
    lamp_cells,
    waits_text,
)
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language
from cycles_api.wording.lamps import LAMP_TITLES
from cycles_api.wording.language import Both
from cycles_api.workbook import Cell, Sheet

__all__ = ["PLAN_ROUTES"]

MonthChosen = Annotated[
    str, QueryParameter(name="month", required=False, pattern=r"^(20[0-9]{2}-[01][0-9])?$")
]
WorkflowChosen = Annotated[
    str, QueryParameter(name="workflow", required=False, pattern=r"^[a-z0-9_-]{0,64}$")
]

_KINDS: Final[dict[Kind, Both]] = {
    "late": Both("该做了", "Due now"),
    "due": Both("要到期", "Coming due"),
    "open": Both("进行中", "Under way"),
    "done": Both("已完成", "Done"),
    "stopped": Both("停止", "Stopped"),
}
_WORDS: Final[dict[str, Both]] = {
    "plan": Both("计划对照", "The plan"),
    "whole": Both("整个学期", "The whole term"),
    "month": Both("{month}月", "{month}"),
    "others": Both("计划以外的流程。", "Workflows beside the plan."),
    "opened": Both("新开", "Opened"),
    "running": Both("进行中", "Under way"),
    "item": Both("计划里的话", "The plan says"),
    "workflow": Both("流程", "Workflow"),
    "none": Both("（还没有流程）", "(no workflow yet)"),
    "group": Both("教研组", "Group"),
    "cycles": Both("研讨", "Cycles"),
    "title": Both("题目", "Title"),
    "kind": Both("情况", "Standing"),
    "state": Both("在哪一步", "Where it stands"),
    "opened_on": Both("开始", "Opened"),
    "entered": Both("进入这一步", "In this step since"),
    "waits": Both("在等", "Waits for"),
}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@get("/plan", sync_to_thread=True)
def plan(
    visit: Visiting,
    signed: Signing,
    service: Serving,
    term: TermChosen = "",
    month: MonthChosen = "",
    group: GroupChosen = "",
    workflow: WorkflowChosen = "",
) -> Response[Any]:
    """What the plan asks for, and what of it runs, is due and is done."""
    found = service.plans.of(signed.actor, term=term, month=month, group=group, workflow=workflow)
    told = TermPageTold(service, signed.actor, visit.language, found.asked, found.names)
    asked = {"term": term, "group": group}
    alone = found.rows[0].version.workflow.title.in_language(visit.language) if workflow else ""
    items = tuple(_items(found, told, {**asked, "month": found.month}, bool(workflow)))
    without = () if workflow else _without(found)
    page = PlanPage(
        term=told.term,
        coverage=address("/coverage", **asked),
        filter=told.filter("/plan", found.groups, group, workflow=workflow),
        months=tuple(_months(found, told, {**asked, "workflow": workflow})),
        items=items,
        unkept=tuple(told.say(sentence) for sentence in without),
        alone=alone,
        back=address("/plan", **asked, month=found.month),
        workbook=address("/plan.xlsx", **asked, month=found.month, workflow=workflow),
        is_over=found.is_over,
    )
    return rendered(visit.language, page, visit.around)


@get("/plan.xlsx", sync_to_thread=True)
def plan_workbook(
    visit: Visiting,
    signed: Signing,
    service: Serving,
    term: TermChosen = "",
    month: MonthChosen = "",
    group: GroupChosen = "",
    workflow: WorkflowChosen = "",
) -> Response[bytes]:
    """The same with all cycles, to be kept or worked on."""
    found = service.plans.of(
        signed.actor, term=term, month=month, group=group, workflow=workflow, whole=True
    )
    told = TermPageTold(service, signed.actor, visit.language, found.asked, found.names)
    name = " ".join(filter(None, [told.say(_WORDS["plan"]), told.term, found.month]))
    return as_workbook(told, name, [_counted(found, told, bool(workflow)), _cycles(found, told)])


def _without(found: PlanAnswer) -> Iterator[Both]:
    """What the plan says and no workflow of the school does."""
    keys = {row.version.key for row in found.rows}
    return (item.sentence for item in ITEMS if keys.isdisjoint(item.workflows))


# --- the page ------------------------------------------------------------------------------


def _months(found: PlanAnswer, told: TermPageTold, asked: dict[str, str]) -> Iterator[Chip]:
    """The whole term, and each month of it that has begun; nothing without a term."""
    if not found.asked.months:
        return
    whole = told.say(_WORDS["whole"])
    yield Chip(to=address("/plan", **asked), label=whole, here=not found.month)
    for month, _ in found.asked.months:
        to, here = address("/plan", **asked, month=month), month == found.month
        yield Chip(to=to, label=_month(month, told.language), here=here)


def _month(month: str, language: Language) -> str:
    number = int(month[-2:])
    said: object = number if language == "zh" else _MONTHS[number - 1]
    return _WORDS["month"].in_language(language).format(month=said)


def _by_item(found: PlanAnswer, told: TermPageTold) -> Iterator[tuple[str, list[PlanRow]]]:
    """The plan's sentences with their workflows, in its order; then the workflows left over."""
    rows = {row.version.key: row for row in found.rows}
    for item in ITEMS:
        there = [rows.pop(key) for key in item.workflows if key in rows]
        if there:
            yield told.say(item.sentence), there
    if rows:
        yield told.say(_WORDS["others"]), list(rows.values())


def _items(
    found: PlanAnswer, told: TermPageTold, asked: dict[str, str], alone: bool
) -> Iterator[PlanItemTold]:
    for sentence, rows in _by_item(found, told):
        workflows = tuple(_workflow(row, found, told, asked, alone) for row in rows)
        yield PlanItemTold(sentence=sentence, workflows=workflows)


def _workflow(
    row: PlanRow, found: PlanAnswer, told: TermPageTold, asked: dict[str, str], alone: bool
) -> PlanWorkflowTold:
    more = address("/plan", **asked, workflow=row.version.key) if row.more and not alone else ""
    return PlanWorkflowTold(
        title=row.version.workflow.title.in_language(told.language),
        counts=tuple(
            (told.say(said), number, look) for said, number, look in _counts(row, found.is_over)
        ),
        lines=tuple(_line(line, told) for line in row.lines),
        more=row.more,
        to=more,
    )


def _counts(row: PlanRow, is_over: bool) -> Iterator[tuple[Both, int, bool]]:
    """What is counted: late and due are part of what is under way; nothing is due in the past."""
    under_way = sum(row.counts[kind] for kind in ("late", "due", "open"))
    yield _WORDS["opened"], row.opened, False
    yield _WORDS["running"], under_way, False
    if not is_over:
        yield _KINDS["due"], row.counts["due"], False
        yield _KINDS["late"], row.counts["late"], row.counts["late"] > 0
    yield _KINDS["done"], row.counts["done"], False
    if row.counts["stopped"]:
        yield _KINDS["stopped"], row.counts["stopped"], False


def _line(line: PlanLine, told: TermPageTold) -> PlanLineTold:
    return PlanLineTold(
        kind=line.kind, label=told.say(_KINDS[line.kind]), card=told.card(line.line)
    )


# --- the workbook --------------------------------------------------------------------------


def _counted(found: PlanAnswer, told: TermPageTold, alone: bool) -> Sheet:
    """A row for each workflow, and for what the plan says and no workflow does."""
    columns = [told.say(_WORDS[name]) for name in ("item", "workflow", "opened", "running")]
    columns += [told.say(_KINDS[kind]) for kind in ("due", "late", "done", "stopped")]
    rows: list[list[Cell]] = []
    for sentence, several in _by_item(found, told):
        for row in several:
            counts = [row.counts[kind] for kind in ("due", "late", "done", "stopped")]
            running = sum(row.counts[kind] for kind in KINDS[:3])
            title = row.version.workflow.title.in_language(told.language)
            rows.append([sentence, title, row.opened, running, *counts])
    if not alone:
        none = told.say(_WORDS["none"])
        rows += [[told.say(sentence), none, *[None] * 6] for sentence in _without(found)]
    return Sheet(title=told.say(_WORDS["plan"]), columns=columns, rows=rows)


def _cycles(found: PlanAnswer, told: TermPageTold) -> Sheet:
    """A row for each cycle."""
    titles = ("workflow", "title", "group", "kind", "state", "opened_on", "entered")
    groups = told.service.core.view(told.actor.school_id).groups
    lamps = [told.say(title) for title in LAMP_TITLES.values()]
    rows: list[list[Cell]] = []
    for row in found.rows:
        for one in row.lines:
            card, line = told.card(one.line), one.line.line
            rows.append(
                [
                    row.version.workflow.title.in_language(told.language),
                    card.title,
                    groups[line.group].name if line.group in groups else None,
                    told.say(_KINDS[one.kind]),
                    card.state,
                    told.local_day(line.opened_at),
                    told.local_day(line.entered_at),
                    *lamp_cells(card),
                    waits_text(card),
                ]
            )
    columns = [*(told.say(_WORDS[t]) for t in titles), *lamps, told.say(_WORDS["waits"])]
    return Sheet(title=told.say(_WORDS["cycles"]), columns=columns, rows=rows)


PLAN_ROUTES = (plan, plan_workbook)
