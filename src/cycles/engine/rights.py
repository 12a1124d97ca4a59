"""Who may do what: fire a transition, use a lifecycle verb; somebody above where nobody can."""

from __future__ import annotations

from cycles.engine.people import People
from cycles.workflow.definition import Transition

__all__ = ["deciders", "lifecycle_people", "may_confirm_reopening", "may_fire"]

_DEFAULTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("suspend", "resume", "excuse", "reassign", "substitute", "add"),
        ("group.head", "school.deputy"),
    ),
    "cancel": ("school.deputy", "school.head"),
    "withdraw": ("opener",),
    "reopen": ("school.deputy", "school.head"),
}


def may_fire(people: People, way: Transition) -> tuple[str, ...]:
    """Whose it is to fire: those on duty in `by`, and who decides where they may not."""
    return tuple(dict.fromkeys(people.acting(way.by) + deciders(people, way)))


def lifecycle_people(people: People, verb: str, concerned: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Who may use a lifecycle verb now; the one it names is never among them."""
    workflow = people.version.workflow
    who = workflow.lifecycle.get(verb)  # type: ignore[call-overload]  # verbs are literals there
    if who is None and verb == "withdraw":
        # Whoever opened it, or whom its records are about.
        about = {people.version.about_role(record) for record in workflow.records}
        who = ("opener", *(role for role in workflow.roles if role in about))
    return people.acting(who or _DEFAULTS[verb], concerned=concerned)


def may_confirm_reopening(people: People) -> tuple[str, ...]:
    """The second persons: deputy, head or group head, but not who proposed it."""
    who = ("school.deputy", "school.head", "group.head")
    return people.acting(who, concerned=(people.cycle.reopening or "",))


def deciders(people: People, way: Transition) -> tuple[str, ...]:
    """Those on duty in `by` who pass every `separate`; somebody above where nobody does."""
    held = [p for g in way.guards if g.separate for p in people.holders(g.separate.role)]
    return people.acting(way.by, concerned=tuple(held))
