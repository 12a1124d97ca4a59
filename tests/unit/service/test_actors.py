"""Somebody who asks: what they hold, where, and what that is good for."""

from __future__ import annotations

from contextlib import closing

import pytest

from cycles.errors import NotFoundError
from cycles.school import HeldRole
from cycles.service import Actor, operator_of
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
