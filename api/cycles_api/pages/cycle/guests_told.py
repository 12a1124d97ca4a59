"""A cycle's guests as its page tells them, and the form that asks one in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cycles.ledger import instant_text
from cycles.service.guests import Guest
from cycles_api.pages.cycle.contexts import GuestTold
from cycles_api.pages.cycle.staffing_told import line, text
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice, Widget
from cycles_api.wording.language import Both
from cycles_api.wording.tasks import day_text, in_zone

__all__ = ["asking", "guests", "invitation_text", "last_day"]

#: How long a link is good unless somebody says otherwise, in days.
_DAYS: Final = 30

_WORDS: Final[dict[str, Both]] = {
    "known": Both("请过的来宾", "A guest who was here before"),
    "somebody_new": Both("没有请过，在下面写名字", "Somebody new, named below"),
    "name": Both("怎么称呼", "Name"),
    "name_hint": Both(
        "写上单位，好分清是谁。例如：沈教授（师范学院）",
        "With where they come from, so that it is clear who is meant.",
    ),
    "role": Both("做什么", "As what"),
    "until": Both("链接用到哪天（含）", "The link is good until (and on)"),
    "reason": Both("为什么请", "Why they are asked"),
    "because": Both("请来听课、评课", "To observe and to say what they saw"),
    "press": Both("做一个链接", "Make a link"),
    "text": Both(
        "{name}您好！{school}请您参加《{title}》的课例研讨。点开链接就能看，不用注册，"
        "到{until}都能用：\n{link}",
        "Dear {name}, {school} asks you to take part in the lesson study of “{title}”. The link "
        "opens it, without an account, until {until}:\n{link}",
    ),
}


def guests(told: CycleTold) -> tuple[GuestTold, ...]:
    """The guests of the cycle."""
    found = told.service.guests.of(told.actor, told.line.id)
    return tuple(_guest(told, guest) for guest in found)


def _guest(told: CycleTold, guest: Guest) -> GuestTold:
    return GuestTold(
        id=guest.person,
        name=guest.name,
        role=told.speaker.role(guest.role),
        until=last_day(told, guest.until) if guest.until else "",
        seen=told.moment(instant_text(guest.seen_at)) if guest.seen_at else "",
    )


def last_day(told: CycleTold, until: datetime) -> str:
    """The last day on which a link that ends at this instant is good."""
    local = in_zone(until - timedelta(seconds=1), told.line.zone)
    return day_text(local.date(), told.language, today=told.today) if local else ""


def asking(
    told: CycleTold,
    values: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Action | None:
    """The form that asks a guest in; `None` where the workflow has no part for one."""
    roles = [name for name, role in told.workflow.roles.items() if role.outside]
    if not roles or told.line.ended:
        return None
    sent, wrong = values or {}, faults or {}

    def say(name: str) -> str:
        return _WORDS[name].in_language(told.language)

    known = told.service.guests.known(told.actor, told.line.id)
    widgets = [
        line(
            "name",
            say("name"),
            sent.get("name", ""),
            fault=wrong.get("name", ""),
            hint=say("name_hint"),
        ),
        Widget(
            name="until",
            kind="date",
            label=say("until"),
            required=True,
            text=sent.get("until", (told.today + timedelta(days=_DAYS)).isoformat()),
            fault=wrong.get("until", ""),
        ),
        text(
            "reason",
            say("reason"),
            sent.get("reason", say("because")),
            fault=wrong.get("reason", ""),
        ),
    ]
    if len(roles) > 1:
        titles = tuple(
            Choice(value=r, label=told.speaker.role(r), chosen=r == sent.get("role", roles[0]))
            for r in roles
        )
        widgets.insert(0, Widget(name="role", kind="choice", label=say("role"), choices=titles))
    if known:
        choices = (
            Choice(value="", label=say("somebody_new")),
            *(Choice(value=p, label=n, chosen=sent.get("person") == p) for p, n in known),
        )
        fault = wrong.get("person", "")
        widgets.insert(
            0,
            Widget(name="person", kind="person", label=say("known"), choices=choices, fault=fault),
        )
    return Action(
        kind="guest",
        to=f"{told.to}/guests",
        key=secrets.token_urlsafe(16),
        revision=told.line.revision,
        back=f"{told.to}/people",
        label=say("press"),
        hidden=(("role", roles[0]),) if len(roles) == 1 else (),
        widgets=tuple(widgets),
    )


def invitation_text(told: CycleTold, *, name: str, until: str, link: str) -> str:
    """What to send a guest with the link."""
    said = _WORDS["text"].in_language(told.language)
    school = told.view.row.name
    return said.format(name=name, school=school, title=told.title, until=until, link=link)
