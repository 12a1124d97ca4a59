"""Who takes part in a cycle and what of it can be changed, as its page of people tells it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from cycles.service.arranging import Part, Staffing
from cycles_api.pages.cycle.contexts import Holder, RoleTold, StaffForm
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice, Widget
from cycles_api.wording.language import Both

__all__ = ["StaffTold", "days_between", "line", "text"]

_WORDS: Final[dict[str, Both]] = {
    "substitute": Both("请人代几天", "Somebody stands in for some days"),
    "substitute_hint": Both(
        "这几天由别人来做，过后还是本人。",
        "On these days somebody else does it; afterwards they do.",
    ),
    "reassign": Both("换人负责", "Somebody else from now on"),
    "reassign_hint": Both(
        "从现在起由另一位负责；交过的都留着，写着是谁交的。",
        "From now on it is theirs; what was filed stays under the name of who filed it.",
    ),
    "excuse": Both("准假", "Excuse an absence"),
    "excuse_hint": Both(
        "请假的这几天不会催本人做什么。为什么请假，只有本人和负责的人看得到。",
        "On these days nothing is asked of them. The reason is read by them and by those in "
        "charge alone.",
    ),
    "add": Both("加一位“{role}”", "Add a “{role}”"),
    "add_hint": Both("从现在起参加这次研讨。", "They take part from now on."),
    "to": Both("由谁来", "Who"),
    "since": Both("从哪天", "From"),
    "until": Both("到哪天（含）", "Until (and on)"),
    "reason": Both("原因", "Reason"),
    "press": Both("就这样定", "Settle it"),
    "about": Both("{name} · {role}", "{name} · {role}"),
}


def text(name: str, label: str, value: str = "", *, fault: str = "", hint: str = "") -> Widget:
    """A field for some words that is needed."""
    return Widget(
        name=name, kind="text", label=label, prompt=hint, required=True, text=value, fault=fault
    )


def line(name: str, label: str, value: str = "", *, fault: str = "", hint: str = "") -> Widget:
    """A field for one line that is needed."""
    return Widget(
        name=name, kind="line", label=label, prompt=hint, required=True, text=value, fault=fault
    )


def days_between(
    told: CycleTold, values: Mapping[str, str], faults: Mapping[str, str]
) -> list[Widget]:
    """From which day to which; a week from today, where nothing was said yet."""
    today = told.today
    default = {"since": today.isoformat(), "until": (today + timedelta(days=6)).isoformat()}
    return [
        Widget(
            name=name,
            kind="date",
            label=_WORDS[name].in_language(told.language),
            required=True,
            text=values.get(name, default[name]),
            fault=faults.get(name, ""),
        )
        for name in ("since", "until")
    ]


class StaffTold:
    """The people of a cycle, told to one person.

    Args:
        told: The cycle.
        values: What a form sent that could not be taken: `verb`, `role`, `person` and its fields.
        faults: What was wrong with it, by field.
    """

    def __init__(
        self,
        told: CycleTold,
        values: Mapping[str, str] | None = None,
        faults: Mapping[str, str] | None = None,
    ) -> None:
        self.told, self.values, self.faults = told, values or {}, faults or {}
        #: Of the small forms that have nothing to fill in.
        self.key = secrets.token_urlsafe(16)
        arranging = told.service.arranging
        self.open: Staffing = arranging.staffing(told.actor, told.line.id)

    def _say(self, said: str, **values: object) -> str:
        return _WORDS[said].in_language(self.told.language).format(**values)

    def roles(self, chosen: tuple[str, str]) -> Iterator[RoleTold]:
        """The roles with their holders; those that nobody holds or could be given are left out."""
        changeable = {(p.role, p.person) for p in self.open.parts}
        excusable = set(self.open.excusable)
        for role, held in self.told.found.participants.items():
            if self.told.workflow.roles[role].from_ is not None:
                continue  # held by those whom a record names
            holders = tuple(
                Holder(
                    name=self.told.view.name(person),
                    to=self._at(role, person)
                    if (role, person) in changeable or person in excusable
                    else "",
                    chosen=(role, person) == chosen,
                )
                for person in held
            )
            add = self._at(role, "") if (role, "") in changeable else ""
            if holders or add:
                yield RoleTold(title=self.told.speaker.role(role), holders=holders, add=add)

    def _at(self, role: str, person: str) -> str:
        asked = {"role": role, "person": person} if person else {"role": role}
        return f"{self.told.to}/people?{urlencode(asked)}"

    def about(self, role: str, person: str) -> str:
        """Of whom the forms speak."""
        if not person or role not in self.told.workflow.roles:
            return ""
        title, name = self.told.speaker.role(role), self.told.view.name(person)
        return self._say("about", name=name, role=title)

    def forms(self, role: str, person: str) -> Iterator[StaffForm]:
        """What can be changed about somebody's part; without a person, whom to add."""
        for part in self.open.parts:
            if (part.role, part.person) == (role, person):
                yield self._form(part)
        if person in self.open.excusable:
            yield self._excusing(role, person)

    def _form(self, part: Part) -> StaffForm:
        told, mine = self.told, self._sent(part.verb)
        faults = self.faults if mine else {}
        today = told.view.today(told.service.core.now())
        choices = tuple(
            Choice(value=p, label=told.view.told_apart(p, today), chosen=mine.get("to") == p)
            for p in part.to
        )
        who = Widget(
            name="to",
            kind="person",
            label=self._say("to"),
            choices=choices,
            required=True,
            fault=faults.get("to", "") or faults.get("role", "") or faults.get("person", ""),
        )
        days = days_between(told, mine, faults) if part.verb == "substitute" else []
        role = told.speaker.role(part.role)
        return StaffForm(
            title=self._say(part.verb, role=role),
            hint=self._say(f"{part.verb}_hint"),
            open=bool(mine) or part.verb == "add",
            action=self._action(part.verb, part.role, part.person, [who, *days]),
        )

    def _excusing(self, role: str, person: str) -> StaffForm:
        mine = self._sent("excuse")
        return StaffForm(
            title=self._say("excuse"),
            hint=self._say("excuse_hint"),
            open=bool(mine),
            action=self._action(
                "excuse",
                role,
                person,
                days_between(self.told, mine, self.faults if mine else {}),
            ),
        )

    def _sent(self, verb: str) -> Mapping[str, str]:
        """What was sent for this verb; nothing for another."""
        return self.values if self.values.get("verb") == verb else {}

    def _action(self, verb: str, role: str, person: str, widgets: list[Widget]) -> Action:
        told, mine = self.told, self._sent(verb)
        reason = text(
            "reason",
            self._say("reason"),
            mine.get("reason", ""),
            fault=self.faults.get("reason", "") if mine else "",
        )
        return Action(
            kind="staff",
            to=f"{told.to}/staffing",
            key=secrets.token_urlsafe(16),
            revision=told.line.revision,
            back=f"{told.to}/people",
            label=self._say("press"),
            hidden=(("verb", verb), ("role", role), ("person", person)),
            widgets=(*widgets, reason),
        )
