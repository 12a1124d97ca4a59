"""One cycle as its pages tell it to one person: what all parts of a page need to know of it.

Each part has a module of its own beside this one, whose functions are given a `CycleTold`.
"""

from __future__ import annotations

import secrets
from datetime import date
from functools import cached_property
from typing import Any

from cycles.service import Actor
from cycles.service.answers import CycleAnswer, CycleLine, TransitionsAnswer
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.words import ACTIONS, CODES, TELL
from cycles_api.pages.told.choosing import CycleKnown
from cycles_api.pages.told.contexts import Action, Line
from cycles_api.pages.told.fields import Asked
from cycles_api.telling import speaker_of
from cycles_api.wording import Language, Speaker

__all__ = ["CycleTold", "line_told"]


def line_told(service: Service, actor: Actor, line: CycleLine, language: Language) -> Line:
    """A cycle in a list."""
    speaker, view = speaker_of(line.told, language), service.core.view(actor.school_id)
    today = view.today(service.core.now())
    group = view.groups.get(line.group)
    return Line(
        to=f"/cycles/{line.id}",
        title=_title(line, language),
        where=_where(line, speaker),
        group=group.name if group else "",
        since=times.moment(line.entered_at, language, line.zone, today),
        ended=line.ended,
    )


def _title(line: CycleLine, language: Language) -> str:
    return line.title or TELL["untitled"].in_language(language)


def _where(line: CycleLine, speaker: Speaker) -> str:
    state = speaker.state(line.state)
    version = line.told.version
    if version is None or version.workflow.rounds.max < 2:
        return state
    told = TELL["round"].in_language(speaker.language).format(round=line.round)
    return f"{state} · {told}"


class CycleTold:
    """A cycle, told to one person in one language.

    `back` is where its forms lead back to; `found` the cycle, where it was asked for already.
    """

    def __init__(
        self,
        service: Service,
        actor: Actor,
        cycle_id: str,
        language: Language,
        back: str,
        found: CycleAnswer | None = None,
    ) -> None:
        self.service, self.actor, self.language, self.back = service, actor, language, back
        self.found: CycleAnswer = found or service.looking.cycle(actor, cycle_id)
        self.line = self.found.line
        self.view = service.core.view(actor.school_id)
        self.now = service.core.now()
        self.today = self.view.today(self.now)
        self.speaker = speaker_of(self.found.told, language)
        self.known = CycleKnown(service, actor, self.found)
        self.to = f"/cycles/{cycle_id}"
        version = self.found.told.version
        if version is None:
            raise LookupError("a cycle's answer names its version")
        self.version, self.workflow = version, version.workflow

    def on_paper(self) -> CycleTold:
        """The same for paper, which is read years later: each day is told with its year."""
        self.today = date.min
        return self

    @property
    def round(self) -> str:
        """Its round; empty where there is but one."""
        several = self.workflow.rounds.max > 1
        return self.tell("round", round=self.line.round) if several else ""

    @property
    def title(self) -> str:
        """What it is about."""
        return _title(self.line, self.language)

    @property
    def where(self) -> str:
        """Its state and round."""
        return _where(self.line, self.speaker)

    def tell(self, name: str, **values: object) -> str:
        """One of the pages' own sentences."""
        return TELL[name].in_language(self.language).format(**values)

    def action_label(self, name: str, what: str = "") -> str:
        """What a button says."""
        return ACTIONS[name].in_language(self.language).format(what=what)

    def moment(self, instant: str) -> str:
        """When something was recorded."""
        return times.moment(instant, self.language, self.line.zone, self.today)

    def name(self, person: str) -> str:
        """Somebody's name."""
        return self.speaker.people([person])

    @cached_property
    def offered(self) -> TransitionsAnswer:
        """The transitions from here."""
        return self.service.looking.transitions(self.actor, self.line.id)

    @cached_property
    def asked(self) -> Asked:
        """How its forms ask."""
        return Asked(
            language=self.language,
            known=self.known,
            today=self.today,
            words={code: said.in_language(self.language) for code, said in CODES.items()},
        )

    def action(self, kind: str, to: str, **more: Any) -> Action:
        """Something that can be done to it: a form sent to an address under the cycle's."""
        return Action(
            kind=kind,
            to=f"{self.to}/{to}",
            key=secrets.token_urlsafe(16),
            revision=self.line.revision,
            back=self.back,
            **more,
        )

    def draft(self, *what: str) -> str:
        """Under which name what is begun is kept: another one in each round."""
        return "/".join((self.line.id, str(self.line.round), *(w for w in what if w)))
