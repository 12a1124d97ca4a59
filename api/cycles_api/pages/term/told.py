"""What the pages of a term share: addresses, filters, cycles as cards, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from litestar import Response
from litestar.params import QueryParameter

from cycles.service import Actor
from cycles.service.answers import TaskAnswer
from cycles.service.boards import Board, BoardLine
from cycles.service.terms import TermAsked
from cycles_api.assembly import Service
from cycles_api.pages.board.board import BoardTold
from cycles_api.pages.board.contexts import BoardCard
from cycles_api.pages.desk.contexts import Option
from cycles_api.pages.frame.rendering import HEADERS
from cycles_api.pages.frame.words import TELL
from cycles_api.pages.term.contexts import DueTold, Filter
from cycles_api.pages.told.asked import one_is_enough
from cycles_api.telling import speaker_of
from cycles_api.wording import Language
from cycles_api.wording.language import Both
from cycles_api.wording.tasks import day_text, in_zone
from cycles_api.workbook import XLSX, Sheet, workbook

__all__ = [
    "GroupChosen",
    "TermChosen",
    "TermPageTold",
    "address",
    "as_workbook",
    "lamp_cells",
    "waits_text",
]

_ID: Final = r"^[A-Za-z0-9_.:-]{0,80}$"
TermChosen = Annotated[str, QueryParameter(name="term", required=False, pattern=_ID)]
GroupChosen = Annotated[str, QueryParameter(name="group", required=False, pattern=_ID)]

_WORDS: Final[dict[str, Both]] = {
    "all_groups": Both("所有教研组", "All groups"),
    "one": Both("{who}中的一位", "One of {who}"),
    "by": Both("{day}前", "by {day}"),
    "today": Both("今天", "today"),
    "decide": Both("决定“{ways}”", "deciding on “{ways}”"),
    "or": Both("”或“", "” or “"),
}


def address(path: str, **asked: str | None) -> str:
    """An address with what is asked for, as far as anything is."""
    given = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def as_workbook(told: TermPageTold, name: str, sheets: Sequence[Sheet]) -> Response[bytes]:
    """The sheets as a file to be saved under that name and today's."""
    name, heading = f"{name} {told.today}", f"{told.school} · {name} · {told.today}"
    # Old browsers take the first name, all others the second.
    names = f"filename=\"cycles.xlsx\"; filename*=UTF-8''{quote(f'{name}.xlsx', safe='')}"
    headers = {**HEADERS, "Content-Disposition": f"attachment; {names}"}
    return Response(workbook(sheets, heading), media_type=XLSX, headers=headers)


class TermPageTold:
    """A term's cycles, told to one person in one language."""

    def __init__(
        self,
        service: Service,
        actor: Actor,
        language: Language,
        asked: TermAsked,
        names: Mapping[str, str],
    ) -> None:
        self.service, self.actor, self.language, self.asked = service, actor, language, asked
        self._now = service.core.now()
        row = service.core.view(actor.school_id).row
        self._zone, self.school = row.zone, row.name
        board = Board(lines=(), names=names, members=frozenset(), more=False)
        self._board = BoardTold(service, actor, board, "", language, "")

    @property
    def term(self) -> str:
        """The term's name; empty where there is none."""
        return self.asked.term.name if self.asked.term else ""

    @property
    def today(self) -> str:
        """The school's day, as files are named by it."""
        return self.asked.today.isoformat()

    def say(self, said: Both, **values: object) -> str:
        """A sentence in the language that is read."""
        return said.in_language(self.language).format(**values)

    def filter(
        self, path: str, groups: Iterable[tuple[str, str]], group: str, **kept: str | None
    ) -> Filter:
        """Terms and groups to choose from; none of a kind where there is no choice."""
        present, there = self.asked.term, tuple(groups)
        terms = tuple(
            Option(value=t.id, label=t.name, chosen=present is not None and t.id == present.id)
            for t in reversed(self.asked.terms)
        )
        every = Option(value="", label=self.say(_WORDS["all_groups"]), chosen=not group)
        some = tuple(Option(value=g, label=name, chosen=g == group) for g, name in there)
        return Filter(
            action=path,
            terms=terms if len(terms) > 1 else (),
            groups=(every, *some) if len(there) > 1 else (),
            kept=tuple((name, value) for name, value in kept.items() if value),
        )

    def card(self, line: BoardLine) -> BoardCard:
        """A cycle with what it waits for and its lamps."""
        return self._board.card(line)

    def local_day(self, instant: str) -> date:
        """The school's date of an instant of the log."""
        return self.day_of(datetime.fromisoformat(instant))

    def day_of(self, instant: datetime) -> date:
        """The school's date of an instant."""
        local = in_zone(instant, self._zone)
        return local.date() if local else self.asked.today

    def day(self, day: date) -> str:
        """A day as people say it."""
        return day_text(day, self.language, today=self.asked.today)

    def due(self, due: Iterable[TaskAnswer], names: Mapping[str, str]) -> Iterator[DueTold]:
        """What is due, one step with all who are asked for it; the soonest first."""
        steps: dict[tuple[str, str], list[TaskAnswer]] = {}
        for one in due:
            if not one.task.do.startswith("confirm:"):
                steps.setdefault((one.cycle.id, one.task.do), []).append(one)
        for (cycle, _), same in steps.items():
            first = same[0]
            speaker = speaker_of(replace(first.cycle.told, names=names), self.language)
            due_at = first.task.due or self._now
            who = speaker.people(one.task.person for one in same)
            version = first.cycle.told.version
            if len(same) > 1 and version and one_is_enough(version.workflow, first.task):
                who = self.say(_WORDS["one"], who=who)
            late = due_at < self._now
            ways = [speaker.transition(way) for way in first.task.transitions]
            what = speaker.do(first.task.do)
            if first.task.do == "decide":
                what = self.say(_WORDS["decide"], ways=self.say(_WORDS["or"]).join(ways))
            yield DueTold(
                to=f"/cycles/{cycle}",
                title=first.cycle.title or TELL["untitled"].in_language(self.language),
                who=who,
                what=what,
                day=self.day_of(due_at),
                until="" if late else self._until(self.day_of(due_at)),
                late=late,
            )

    def _until(self, day: date) -> str:
        if day == self.asked.today:
            return self.say(_WORDS["today"])
        return self.say(_WORDS["by"], day=self.day(day))


def lamp_cells(card: BoardCard) -> Iterator[str]:
    """The five lamps of a cycle as cells, in their order."""
    return (lamp.status for lamp in card.lamps)


def waits_text(card: BoardCard) -> str:
    """Whom and what a cycle waits for, a line each."""
    lines = [f"{wait.who} {wait.what}".strip() for wait in card.waits]
    return "\n".join([*lines, *card.notes])
