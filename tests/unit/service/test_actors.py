"""Somebody who asks: what they hold, where, and what that is good for."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace

import pytest

from cycles.errors import NotAllowedError, NotFoundError
from cycles.school import HeldRole
from cycles.service import Actor, operator_of
from cycles.service.actors import OPERATIONS, require
from cycles.service.tokens import actor_of
from cycles.store import open_store
from tests.unit.service.first_school import FirstSchool


def somebody(*held: tuple[str, str]) -> Actor:
    """A person with these roles, each in a group or, with an empty one, in the school."""
    roles = tuple(HeldRole(role=role, group=group) for role, group in held)
    return Actor(school_id="first", person="song", pseudonym="p_song", via="api", roles=roles)


def test_groups_are_those_of_the_roles_asked_for():
    """Each once, in the order of the roles; what is held in the school is of no group."""
    actor = somebody(
        ("head", ""), ("group_head", "maths"), ("teacher", "art"), ("teacher", "maths")
    )

    assert actor.groups() == ("maths", "art")
    assert actor.groups("group_head") == ("maths",)
    assert actor.groups("teacher") == ("art", "maths")
    assert actor.groups("deputy") == ()


def test_who_came_in_for_one_cycle_reaches_no_other():
    """A guest's link is good for the cycle that it was made for; everybody else reaches all."""
    invited = replace(somebody(), only_cycle="c1")

    assert invited.may_reach("c1")
    assert not invited.may_reach("c2")
    assert somebody().may_reach("c2")


def test_who_holds_one_of_the_roles_holds_them():
    """In the school or in any group."""
    actor = somebody(("teacher", "maths"))

    assert actor.holds("head", "teacher")
    assert not actor.holds("head", "deputy")
    assert not actor.holds()


def test_the_machine_is_nobody():
    """Who runs the command line acts as no person, whatever they hold."""
    assert operator_of("first").is_operator
    assert not somebody(("head", "")).is_operator


def test_nobody_asks_as_somebody_who_is_not_there(tmp_path):
    """A person of another school, or of none, cannot be meant."""
    with closing(open_store("memory://")) as store:
        school = FirstSchool(store, tmp_path)
        view = school.core.view(school.id)

        assert actor_of(school.core, view, "ma", "cli").pseudonym == school.alias("ma")
        with pytest.raises(NotFoundError):
            actor_of(school.core, view, "bai", "cli")


#: Operation → who of a school's people may use it, besides the machine itself.
ANYBODY = {"me", "tasks", "workflows", "calendar", "cycles", "files"}
COLLEAGUES = {"people", "groups", "open"}
LOG = {"dashboard", "log", "export", "verification", "versions"}
PLANNED = {"coverage", "plan"}
LETTING_IN = {"invite", "let_in_again", "take_back"}
GUESTS = {"invite_guest", "add_guest"}
MAY = {
    "teacher": {"coverage"},
    "group_head": {"dashboard", "board", *PLANNED, *LETTING_IN, *GUESTS},
    "deputy": {*LOG, "board", *PLANNED, *LETTING_IN, *GUESTS},
    "head": {
        *LOG,
        "board",
        *PLANNED,
        *LETTING_IN,
        *GUESTS,
        "erase",
        "directory",
        "define",
        "upkeep",
    },
    "auditor": LOG | PLANNED,
    "admin": {
        *LETTING_IN,
        "add_guest",
        "erase",
        "directory",
        "tokens",
        "define",
        "versions",
        "upkeep",
    },
}


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_role_may_use_what_is_its_own_and_nothing_else(role):
    """Role by role, operation by operation."""
    actor = somebody((role, "maths" if role in ("teacher", "group_head") else ""))

    assert allowed(actor) == ANYBODY | COLLEAGUES | MAY[role]


def test_a_guest_has_the_least():
    """Only what concerns the cycle they are invited to; no list of the school's people."""
    guest = Actor(
        school_id="first", person="guo", pseudonym="p_guo", via="api", roles=(), guest=True
    )

    assert allowed(guest) == ANYBODY


def test_the_machine_may_all_there_is_and_nobody_anything_else():
    """An operation of which nothing is said is refused to everybody, and named."""
    machine = operator_of("first")

    assert allowed(machine) == set(OPERATIONS)
    with pytest.raises(NotAllowedError, match="'sell' is for others") as told:
        require("sell", machine)
    assert told.value.data == {"operation": "sell"}


def allowed(actor: Actor) -> set[str]:
    """The operations that somebody may use."""
    found = set()
    for operation in OPERATIONS:
        with suppress(NotAllowedError):
            require(operation, actor)
            found.add(operation)
    return found
