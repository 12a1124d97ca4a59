"""Opening a cycle: of which workflow, in which group, about what, with whom."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import QueryParameter

from cycles.engine.commands import Open
from cycles.errors import InvalidInputError, NotFoundError
from cycles.service import Actor, Given, told_of
from cycles.workflow.definition import FormField, Role, Workflow
from cycles_api.assembly import Service
from cycles_api.logs import note
from cycles_api.pages.board.contexts import OpenPage
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.visiting import Signing, Visit, Visiting
from cycles_api.pages.frame.words import ACTIONS, CODES
from cycles_api.pages.told.choosing import GroupKnown
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.fields import Asked, Choice, Widget, read, shown
from cycles_api.rest.doing import Serving
from cycles_api.telling import speaker_of
from cycles_api.wording import Language

__all__ = ["OPENING_ROUTES", "openings"]

Of = Annotated[str, QueryParameter(name="workflow", required=False)]
In = Annotated[str, QueryParameter(name="group", required=False)]
#: What groups open most; the others stand after it.
_USUAL: Final = "lesson-study"


def openings(service: Service, actor: Actor) -> Iterator[tuple[Workflow, str]]:
    """Which workflows they may open, in which groups (ids)."""
    if actor.guest:
        return
    groups = service.core.view(actor.school_id).groups
    for answer in service.workflows.all(actor):
        workflow = answer.version.workflow
        for group in groups:
            if actor.person in GroupKnown(service, actor, group).of(workflow.open.by):
                yield workflow, group


@get("/open", sync_to_thread=True)
def open_page(
    visit: Visiting, signed: Signing, service: Serving, of: Of = "", group: In = ""
) -> Response[Any]:
    """What to open; the form at once, where there is no choice."""
    ways = list(openings(service, signed.actor))
    chosen = [(w, g) for w, g in ways if w.workflow == of and g == group]
    if chosen or len(ways) == 1:
        return _form(visit, service, signed.actor, *(chosen or ways)[0])
    groups = service.core.view(signed.actor.school_id).groups
    page = OpenPage(
        title="",
        ways=tuple(
            (
                f"/open?workflow={workflow.workflow}&group={each}",
                f"{workflow.title.in_language(visit.language)} · {groups[each].name}",
                _course(workflow, visit.language),
            )
            for workflow, each in sorted(ways, key=lambda way: way[0].workflow != _USUAL)
        ),
        action=None,
        others=(),
        others_wrong=False,
        faults=(),
    )
    return rendered(visit.language, page, visit.around)


@post("/open", sync_to_thread=True, status_code=303)
def open_cycle(visit: Visiting, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Open it; with faults, the same form again."""
    actor, key, group = signed.actor, sent.text("workflow"), sent.text("group")
    chosen = [w for w, g in openings(service, actor) if w.workflow == key and g == group]
    if not chosen:
        raise NotFoundError("workflow", key)
    workflow = chosen[0]
    subject = read(workflow.subject, sent, lambda *_: None)
    roles = _roles_sent(workflow, sent, GroupKnown(service, actor, group))
    command = Open(cycle="", group=group, zone="", subject=subject, roles=roles)
    digest = hashlib.sha256(f"{key} {command!r}".encode()).hexdigest()
    try:
        receipt = service.acting.open(
            actor, key, command, Given(key=sent.text("key")[:100], request=digest)
        )
    except InvalidInputError as error:
        speaker = speaker_of(told_of(error), visit.language)
        faults = {f.field: speaker.of_fault(f) for f in error.faults}
        told = tuple(speaker.fault(f) for f in error.faults)
        return _form(visit, service, actor, workflow, group, sent, subject, faults, told)
    service.drafts.forget(actor, sent.text("draft"), sent.text("draft_version"))
    note(cycle=receipt.cycle, act="open", revision=receipt.revision, replayed=receipt.replayed)
    return go(f"/cycles/{receipt.cycle}", done="open")


def _course(workflow: Workflow, language: Language) -> str:
    """What is done in it, step after step: its states without the final ones."""
    steps = (s.title.in_language(language) for s in workflow.states.values() if not s.final)
    return " → ".join(steps)


def _filled_by_hand(workflow: Workflow) -> dict[str, Role]:
    """Roles that somebody may choose the holders of; the others follow from records."""
    return {name: role for name, role in workflow.roles.items() if role.from_ is None}


def _is_asked(role: Role) -> bool:
    """Whether somebody has to choose; the others fill themselves, or may stay empty."""
    return role.default is None and (not role.outside or role.least > 0)


def _default(role: Role, known: GroupKnown) -> list[str]:
    """Who fills the role unless somebody says otherwise."""
    who = role.default or ()
    opener = [known.actor.person] if "opener" in who else []
    return list(dict.fromkeys([*opener, *(p for p, _ in known.people(who))]))[: role.most]


def _roles_sent(workflow: Workflow, sent: Sent, known: GroupKnown) -> dict[str, tuple[str, ...]]:
    """The roles as they were chosen.

    One that was left as it was shown is left to the workflow, whose rule knows who has another
    part. Whoever was given a part of their own is no longer among the many of another.
    """
    chosen = {name: sent.texts(f"role.{name}") for name in _filled_by_hand(workflow)}
    single = {p for name, held in chosen.items() if workflow.roles[name].most == 1 for p in held}
    found: dict[str, tuple[str, ...]] = {}
    for name, held in chosen.items():
        role = workflow.roles[name]
        if sorted(held) != sorted(_default(role, known)):
            found[name] = tuple(p for p in held if role.most == 1 or p not in single)
    return {name: held for name, held in found.items() if held}


def _form(
    visit: Visit,
    service: Service,
    actor: Actor,
    workflow: Workflow,
    group: str,
    sent: Sent | None = None,
    subject: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    told: tuple[str, ...] = (),
) -> Response[Any]:
    language, known, wrong = visit.language, GroupKnown(service, actor, group), faults or {}
    today = known.view.today(service.core.now())
    words = {code: said.in_language(language) for code, said in CODES.items()}
    asked = Asked(language=language, known=known, today=today, words=words)
    about = {n.partition(".")[2]: said for n, said in wrong.items() if n.startswith("subject.")}
    about |= {n: said for n, said in wrong.items() if n.startswith("roles.")}
    fields = [
        replace(w, kind="line") if w.kind == "text" else w  # a title, no essay
        for w in shown(workflow.subject, subject or {}, asked, about)
    ]
    roles = _filled_by_hand(workflow)
    people = {
        name: _role_shown(name, role, known, asked, sent, wrong.get(f"roles.{name}", ""))
        for name, role in roles.items()
    }
    action = Action(
        kind="file",
        to="/open",
        key=secrets.token_urlsafe(16),
        back="/",
        label=ACTIONS["open"].in_language(language),
        hidden=(("workflow", workflow.workflow), ("group", group)),
        widgets=(*fields, *(w for name, w in people.items() if _is_asked(roles[name]))),
        draft=f"open/{workflow.workflow}/{group}",
    )
    others = tuple(w for name, w in people.items() if not _is_asked(roles[name]))
    page = OpenPage(
        title=f"{workflow.title.in_language(language)} · {known.view.groups[group].name}",
        ways=(),
        action=action,
        others=others,
        others_wrong=any(w.fault for w in others),
        faults=told,
    )
    return rendered(language, page, visit.around, status=422 if wrong else 200)


def _role_field(role: Role) -> FormField:
    """A role as a field that asks who fills it; `of` is who may."""
    return FormField(
        type="person" if role.most == 1 else "people",
        title=role.title,
        required=role.least > 0,
        of=role.among or ("school.staff",),
    )


def _role_shown(
    name: str, role: Role, known: GroupKnown, asked: Asked, sent: Sent | None, fault: str
) -> Widget:
    """The role's field with who was chosen, else with who fills it unless somebody says so."""
    at, field = f"role.{name}", _role_field(role)
    held = _default(role, known) if sent is None else sent.texts(at)
    value = held if field.type == "people" else next(iter(held), "")
    (widget,) = shown({at: field}, {at: value}, asked, {at: fault}, ())
    own = dict(known.people(("group.head", "group.members")))
    choices = sorted(
        widget.choices, key=lambda choice: bool(choice.value) and choice.value not in own
    )
    return replace(widget, choices=(*choices, *_guests(role, known, held)))


def _guests(role: Role, known: GroupKnown, held: Sequence[str]) -> Iterator[Choice]:
    """Guests who were here before, where the role is for people from outside."""
    people = known.view.directory.persons if role.outside else ()
    for person in people:
        if person.guest and person.enabled:
            yield Choice(value=person.id, label=person.name, chosen=person.id in held)


OPENING_ROUTES = (open_page, open_cycle)
