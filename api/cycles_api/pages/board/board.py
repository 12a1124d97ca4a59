"""The group board: what runs, for whom it waits and since when; and a text for the chat."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import PathParameter, QueryParameter

from cycles.engine.commands import Advance
from cycles.engine.verdicts import Task, Verdict
from cycles.errors import NotFoundError, RefusedError
from cycles.service import Actor, Given, told_of
from cycles.service.boards import Board, BoardLine
from cycles_api.assembly import Service
from cycles_api.logs import note
from cycles_api.pages.board.contexts import BoardCard, BoardColumn, BoardPage, Wait
from cycles_api.pages.board.opening import openings
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.qr import base_of, is_only_here
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.short import long_of, short_of
from cycles_api.pages.frame.visiting import Done, Setting, Signing, Visit, Visiting
from cycles_api.pages.frame.words import TELL
from cycles_api.pages.told.asked import HELP, one_is_enough
from cycles_api.pages.told.lamps import lamps_told
from cycles_api.rest.doing import Serving
from cycles_api.telling import speaker_of
from cycles_api.wording import Language, Speaker
from cycles_api.wording.language import Both
from cycles_api.wording.tasks import day_text, in_zone

__all__ = ["BOARD_ROUTES", "BoardTold"]

In = Annotated[str, QueryParameter(name="group", required=False)]
Short = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{22}$")]

#: More cycles than these make a text that nobody reads.
_IN_CHAT: Final = 8
#: Steps that the group itself cannot take.
_NOT_IN_CHAT: Final = frozenset({"resume", "reopen", *HELP})

_WORDS: Final[dict[str, Both]] = {
    "one": Both("{who}中的一位", "One of {who}"),
    "who": Both("{who}：", "{who}:"),
    "decide": Both("决定“{ways}”", "deciding on “{ways}”"),
    "or": Both("”或“", "” or “"),
    "by": Both("{day}前", "by {day}"),
    "today": Both("今天", "today"),
    "since": Both("{day}起，已 {days} 天", "since {day}, {days} days"),
    "since_yesterday": Both("{day}起，已 1 天", "since {day}, 1 day"),
    "since_today": Both("今天起", "since today"),
    "rests": Both("放在这里，现在不用做什么。", "It rests here; nothing is to be done."),
    "others": Both("要等 {count} 项相关的研讨。", "It waits for linked cycles: {count}."),
    "stuck": Both(
        "现在没有人能做下一步。点开看看还差什么：可以换人负责、请人代，或特批。",
        "Nobody can take the next step. Open it to see what is missing: somebody else can be "
        "asked, or it can be waived.",
    ),
    "hello": Both(
        "各位老师好！{group}接下来要做的事：", "Hello everybody, what comes next in {group}:"
    ),
    "lesson": Both("《{title}》{state}", "“{title}”, {state}"),
    "line": Both("· {who}：{step}", "· {who}: {step}"),
    "not_moved": Both("《{title}》没有动：{why}", "“{title}” did not move: {why}"),
    "thanks": Both(
        "点开链接就能看到自己的那一步。有困难请告诉我，可以改期，也可以请人代。谢谢大家！",
        "The link leads to your own step. If something is in the way, please tell me: a day can "
        "be moved, and somebody can stand in. Thank you!",
    ),
}


_MOVE: Final = Both("改期", "Another day")
#: Cycles that move on at one press.
_TOGETHER: Final = 30


@get("/board", sync_to_thread=True)
def board(
    request: Request[Any, Any, Any],
    visit: Visiting,
    signed: Signing,
    service: Serving,
    settings: Setting,
    group: In = "",
    done: Done = "",
) -> Response[Any]:
    """The board of one of my groups; the first, where none is named."""
    base = base_of(request, settings)
    return _page(visit, signed.actor, service, base, group, told=said(done, visit.language))


@post("/board", sync_to_thread=True, status_code=303)
def advance_together(
    request: Request[Any, Any, Any],
    visit: Visiting,
    signed: Signing,
    sent: Sending,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """Several cycles move on, each by its own step; those that cannot are told of."""
    faults, moved = list[str](), 0
    for chosen in sent.texts("step")[:_TOGETHER]:
        cycle, _, rest = chosen.partition(":")
        revision, _, way = rest.partition(":")
        try:
            _one_step(service, signed.actor, sent, cycle, way, revision)
            moved += 1
        except RefusedError as error:
            faults.append(_fault(service, signed.actor, cycle, error, visit.language))
    group = sent.text("group")
    if not faults:
        return go(f"/board?group={group}", done="together" if moved else "")
    base = base_of(request, settings)
    told = said("together" if moved else "", visit.language)
    return _page(visit, signed.actor, service, base, group, told=told, faults=tuple(faults))


def _one_step(
    service: Service, actor: Actor, sent: Sent, cycle: str, way: str, revision: str
) -> None:
    seen = int(revision) if revision.isdecimal() and len(revision) < 16 else 0
    given = Given(
        revision=seen,
        key=f"{sent.text('key')[:100]}-{cycle}",
        request=hashlib.sha256(f"{cycle} {way} {seen}".encode()).hexdigest(),
    )
    receipt = service.acting.act(actor, cycle, [Advance(transition=way)], given)
    note(cycle=cycle, act=way, revision=receipt.revision, replayed=receipt.replayed)


def _fault(
    service: Service, actor: Actor, cycle: str, error: RefusedError, language: Language
) -> str:
    """What could not be done, and why."""
    why = speaker_of(told_of(error), language).error(error)
    try:
        title = service.looking.cycle(actor, cycle).line.title
    except NotFoundError:
        return why
    return _WORDS["not_moved"].in_language(language).format(title=title, why=why)


def _page(
    visit: Visit,
    actor: Actor,
    service: Service,
    base_url: str,
    group: str,
    *,
    told: str = "",
    faults: tuple[str, ...] = (),
) -> Response[Any]:
    language = visit.language
    groups = service.boards.groups(actor)
    chosen = group or (groups[0][0] if groups else "")
    ways = [to for _, to in openings(service, actor) if to == chosen]
    shown = None
    if chosen:
        found = service.boards.of(actor, chosen)
        shown = BoardTold(service, actor, found, dict(groups)[chosen], language, base_url)
    page = BoardPage(
        groups=tuple((f"/board?group={id}", name, id == chosen) for id, name in groups),
        group=shown.group if shown else "",
        count=len(shown.cards) if shown else 0,
        more=shown.board.more if shown else False,
        first=tuple(shown.first()) if shown else (),
        columns=tuple(shown.columns()) if shown else (),
        chat=shown.chat() if shown else "",
        local=is_only_here(base_url),
        to_open="/open" if ways else "",
        here=f"/board?group={chosen}" if chosen else "/board",
        key=secrets.token_urlsafe(16),
        together=tuple(shown.together()) if shown else (),
        said=told,
        faults=faults,
    )
    return rendered(language, page, visit.around, status=409 if faults else 200)


@get("/c/{short:str}", sync_to_thread=False)
def short_link(short: Short) -> Response[Any]:
    """From the short address of a cycle to its page, which asks who comes."""
    return go(f"/cycles/{long_of(short)}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One step of a cycle and all who are asked for it."""

    task: Task
    people: tuple[str, ...]
    one_of: bool


class BoardTold:
    """A board, told to one person in one language."""

    def __init__(
        self,
        service: Service,
        actor: Actor,
        board: Board,
        group: str,
        language: Language,
        base_url: str,
    ) -> None:
        self.actor, self.board, self.group = actor, board, group
        self.language, self._base = language, base_url
        self._now = service.core.now()
        view = service.core.view(actor.school_id)
        self._today, self._zone = view.today(self._now), view.row.zone
        self._speakers: dict[str, Speaker] = {}

    def _say(self, name: str, **values: object) -> str:
        return _WORDS[name].in_language(self.language).format(**values)

    def _speaker(self, line: BoardLine) -> Speaker:
        told = line.line.told
        digest = told.version.digest if told.version else ""
        if digest not in self._speakers:
            named = replace(told, names=self.board.names)
            self._speakers[digest] = speaker_of(named, self.language)
        return self._speakers[digest]

    # --- what to show ----------------------------------------------------------------------

    @cached_property
    def cards(self) -> tuple[tuple[BoardLine, BoardCard], ...]:
        """All cycles with their cards, those first that should be looked at first."""
        lines = sorted(self.board.lines, key=self._order)
        return tuple((line, self.card(line)) for line in lines)

    def first(self) -> Iterator[BoardCard]:
        """What is stuck, what is due, what I am asked to decide."""
        return (card for _, card in self.cards if card.mark)

    def together(self) -> Iterator[BoardCard]:
        """What can move on by one press each, and by no other step."""
        found = [card for _, card in self.cards if len(card.ways) == 1]
        return iter(found if len(found) > 1 else ())

    def columns(self) -> Iterator[BoardColumn]:
        """The others by state, in the order of their workflow."""
        places: dict[tuple[str, int, str], list[tuple[BoardLine, BoardCard]]] = {}
        for line, card in self.cards:
            if not card.mark:
                key = (line.line.workflow, _place(line), line.line.state)
                places.setdefault(key, []).append((line, card))
        several = len({line.line.workflow for line in self.board.lines}) > 1
        for key in sorted(places):
            line = places[key][0][0]
            version = line.line.told.version
            title = version.workflow.title.in_language(self.language) if version else key[0]
            yield BoardColumn(
                title=self._speaker(line).state(line.line.state),
                workflow=title if several else "",
                cards=tuple(card for _, card in places[key]),
            )

    def card(self, line: BoardLine) -> BoardCard:
        """One cycle, whether or not it is on the board."""
        speaker, mark = self._speaker(line), self._mark(line)
        return BoardCard(
            to=f"/cycles/{line.line.id}",
            title=self._title(line),
            state=self._speaker(line).state(line.line.state),
            round=self._round(line),
            since=self._since(line),
            mark=mark,
            waits=tuple(self._wait(asked, speaker) for asked in _asked(line)),
            notes=tuple(self._notes(line, speaker, mark)),
            lamps=lamps_told(line.lamps, speaker),
            id=line.line.id,
            revision=line.line.revision,
            ways=tuple(self._ways(line, speaker)),
            waivers=tuple((guard, speaker.guard(guard)) for guard in line.waivable),
            move=_MOVE.in_language(self.language) if line.moves else "",
        )

    def _ways(self, line: BoardLine, speaker: Speaker) -> Iterator[tuple[str, str]]:
        """The open transitions that I decide, and that want no reason."""
        version = line.line.told.version
        for task in line.tasks if version else ():
            if task.do != "decide" or task.person != self.actor.person or version is None:
                continue
            for name in task.transitions:
                if not version.workflow.transitions[name].reason:
                    yield name, speaker.transition(name)

    def _title(self, line: BoardLine) -> str:
        return line.line.title or TELL["untitled"].in_language(self.language)

    def _round(self, line: BoardLine) -> str:
        """Its round, where there are several."""
        version = line.line.told.version
        if version is None or version.workflow.rounds.max < 2:
            return ""
        return TELL["round"].in_language(self.language).format(round=line.line.round)

    def _since(self, line: BoardLine) -> str:
        day = self._local_day(datetime.fromisoformat(line.line.entered_at))
        days = (self._today - day).days
        if days < 1:
            return self._say("since_today")
        told = day_text(day, self.language, today=self._today)
        return self._say("since_yesterday" if days == 1 else "since", day=told, days=days)

    def _mark(self, line: BoardLine) -> str:
        """Why to look at it first: `stuck`, `due`, `mine`; empty where there is no hurry."""
        steps = line.tasks
        waits = line.waiting.until or line.waiting.cycles
        stays = waits or line.rests or line.line.ended
        if all(task.do in HELP for task in steps) and not stays:
            return "stuck"
        if any(self._is_due(task) for task in steps):
            return "due"
        mine = any(t.do == "decide" and t.person == self.actor.person for t in steps)
        return "mine" if mine else ""

    def _is_due(self, task: Task) -> bool:
        return task.due is not None and task.due < self._now

    def _order(self, line: BoardLine) -> tuple[int, bool, datetime, str]:
        """Stuck, then due, then what I decide, then by the day it is due, then by waiting."""
        rank = ("stuck", "due", "mine", "").index(self._mark(line))
        due = min((t.due for t in line.tasks if t.due), default=None)
        return rank, due is None, due or self._now, line.line.entered_at

    def _wait(self, asked: _Asked, speaker: Speaker) -> Wait:
        task, what = asked.task, speaker.do(asked.task.do)
        if task.do == "decide":
            ways = [speaker.transition(way) for way in task.transitions]
            what = self._say("decide", ways=self._say("or").join(ways))
        return Wait(
            who=self._say("who", who=self._who(asked, asked.people, speaker)),
            what=what,
            until=self._until(task),
            due=self._is_due(task),
        )

    def _who(self, asked: _Asked, people: Sequence[str], speaker: Speaker) -> str:
        who = speaker.people(people)
        return self._say("one", who=who) if asked.one_of and len(people) > 1 else who

    def _until(self, task: Task) -> str:
        """Until which day; empty where that has passed, or none is named."""
        if task.due is None or self._is_due(task):
            return ""
        day = self._local_day(task.due)
        if day == self._today:
            return self._say("today")
        return self._say("by", day=day_text(day, self.language, today=self._today))

    def _local_day(self, instant: datetime) -> date:
        local = in_zone(instant, self._zone)
        return local.date() if local else self._today

    def _notes(self, line: BoardLine, speaker: Speaker, mark: str) -> Iterator[str]:
        """What it waits for besides people."""
        for until in line.waiting.until:
            told = day_text(until, self.language, today=self._today)
            ahead = {"date": told}
            code = Verdict(guard="", kind="not_before", met=False, code="date_ahead", data=ahead)
            yield speaker.verdict(code)
        if line.waiting.cycles:
            yield self._say("others", count=len(line.waiting.cycles))
        if line.rests and not line.tasks:
            yield self._say("rests")
        if mark == "stuck":
            yield self._say("stuck")

    # --- what to send ----------------------------------------------------------------------

    def chat(self) -> str:
        """A text for the group: everybody's step, until when, where; empty if nobody has one."""
        parts = (self._lesson_told(line) for line, _ in self.cards)
        told = list(islice(filter(None, parts), _IN_CHAT))
        if not told:
            return ""
        hello = self._say("hello", group=self.group)
        return "\n\n".join([hello, *told, self._say("thanks")])

    def _lesson_told(self, line: BoardLine) -> str:
        speaker = self._speaker(line)
        steps = dict[str, None]()
        for asked in _asked(line):
            if asked.task.do.partition(":")[0] not in _NOT_IN_CHAT:
                steps[self._step_told(line, asked, speaker)] = None
        if not steps:
            return ""
        state = speaker.state(line.line.state)
        lesson = self._say("lesson", title=self._title(line), state=state)
        return "\n".join([lesson, *steps, f"{self._base}/c/{short_of(line.line.id)}"])

    def _step_told(self, line: BoardLine, asked: _Asked, speaker: Speaker) -> str:
        # Who leads the school is not called upon in a group where the group itself can do it.
        people = [p for p in asked.people if p in self.board.members] if asked.one_of else []
        # No day that has passed: a text for all shames nobody.
        now = None if self._is_due(asked.task) else self._now
        step = speaker.task(asked.task, now=now, zone=self._zone)
        if self.language == "en":
            step = step[:1].lower() + step[1:]
        return self._say("line", who=self._who(asked, people or asked.people, speaker), step=step)


def _place(line: BoardLine) -> int:
    """Where its state stands in its workflow; the engine's own states come last."""
    version = line.line.told.version
    states = list(version.workflow.states) if version else []
    return states.index(line.line.state) if line.line.state in states else len(states)


def _asked(line: BoardLine) -> Iterator[_Asked]:
    """The steps, each with all who are asked for it."""
    steps: dict[tuple[object, ...], list[Task]] = {}
    for task in line.tasks:
        items = task.items if task.do.startswith("answer:") else ()
        steps.setdefault((task.do, task.transitions, items, task.due), []).append(task)
    for tasks in steps.values():
        people = tuple(task.person for task in tasks)
        yield _Asked(tasks[0], people, _one_is_enough(line, tasks[0]))


def _one_is_enough(line: BoardLine, task: Task) -> bool:
    version = line.line.told.version
    return version is not None and one_is_enough(version.workflow, task)


BOARD_ROUTES = (board, advance_together, short_link)
