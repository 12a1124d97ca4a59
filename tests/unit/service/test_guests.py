"""A cycle's guests: asked in, listed, shut out, by those who run its group."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cycles.engine.commands import Open, Staff
from cycles.errors import (
    ConflictError,
    InvalidInputError,
    InvitationError,
    NotAllowedError,
    NotFoundError,
    StaleRevisionError,
)
from cycles.ledger import Body
from cycles.service import Given
from cycles.service.guests import Asked, Guests
from cycles.service.verifying import verify_database
from cycles.store import open_store
from tests.unit.service.test_inviting import Inviters

GUO = "郭教授(师范学院)"


class Hosts(Inviters):
    """The first school, with what looks after guests."""

    def __init__(self, store, folder):
        super().__init__(store, folder)
        self.guests = Guests(self.core, self.looking, self.acting, self.schools, self.door)

    def said_of(self, person):
        """The acts that the log holds of a guest, oldest first."""
        subj = f"person:{self.core.view(self.id).person_of[person].pseudonym}"
        entries = self.store.read(self.id, lambda work: work.entries(subj))
        return [Body.parse(entry.body).act for entry in entries]

    def ask(self, cycle, *, by="song", revision=None, **given):
        """Somebody asks a guest in."""
        today = self.core.view(self.id).today(self.time)
        plain = {"role": "expert", "until": today + timedelta(days=7), "reason": "请教"}
        row = self.looking.cycle(self.actor("song"), cycle).line
        seen = row.revision if revision is None else revision
        return self.guests.ask(self.asking(by), cycle, Asked(**(plain | given)), revision=seen)


@pytest.fixture
def hosts(tmp_path):
    """The first school, in memory."""
    return Hosts(open_store("memory://"), tmp_path)


def test_a_guest_is_asked_in_by_name_and_by_one_call(hosts):
    """Added, given the part, and shown in: the link opens this cycle and no other."""
    here, there = hosts.open(), hosts.open(teacher="ma")

    actor = hosts.follow(hosts.ask(here, name=GUO)).signed.actor

    assert hosts.looking.cycle(actor, here).participants["expert"] == (actor.person,)
    with pytest.raises(NotFoundError):
        hosts.looking.cycle(actor, there)
    (guest,) = hosts.guests.of(hosts.asking("song"), here)
    assert (guest.name, guest.role) == (GUO, "expert")
    assert guest.until is not None
    assert guest.seen_at is not None
    assert verify_database(hosts.core, hosts.id).ok


def test_asked_twice_is_one_guest_with_the_newer_link(hosts):
    """A form that was sent again makes no second person and no second part."""
    cycle = hosts.open()
    first = hosts.ask(cycle, name=GUO)

    second = hosts.ask(cycle, name=GUO)

    assert first.person == second.person
    assert len(hosts.guests.of(hosts.asking("song"), cycle)) == 1
    assert hosts.follow(second)
    with pytest.raises(InvitationError):
        hosts.follow(first)


def test_who_was_here_before_is_asked_again_from_the_list(hosts):
    """The same person, in another cycle; by the name alone it is not clear who is meant."""
    before, now = hosts.open(), hosts.open(teacher="ma")
    guest = hosts.ask(before, name=GUO).person
    assert hosts.guests.known(hosts.asking("song"), now) == ((guest, GUO),)

    with pytest.raises(ConflictError):
        hosts.ask(now, name=GUO)
    assert hosts.ask(now, person=guest).person == guest

    assert hosts.guests.known(hosts.asking("song"), now) == ()


def test_nobody_is_added_where_the_asking_is_refused(hosts):
    """A stale page, a day too far, another role: the directory stays as it is."""
    cycle = hosts.open()
    today = hosts.core.view(hosts.id).today(hosts.time)
    people = len(hosts.core.view(hosts.id).directory.persons)

    for wrong, why in (
        ({"revision": 99}, StaleRevisionError),
        ({"until": today + timedelta(days=201)}, InvalidInputError),
        ({"until": today - timedelta(days=1)}, InvalidInputError),
        ({"role": "teacher"}, InvalidInputError),
        ({"reason": " "}, InvalidInputError),
        ({"name": ""}, InvalidInputError),
        ({"person": "qian"}, ConflictError),
        ({"person": "nobody"}, NotFoundError),
        ({"by": "liu"}, NotAllowedError),
        ({"by": "qian"}, (NotAllowedError, NotFoundError)),
    ):
        with pytest.raises(why):
            hosts.ask(cycle, **({"name": GUO} | wrong))

    assert len(hosts.core.view(hosts.id).directory.persons) == people
    assert not hosts.looking.cycle(hosts.actor("song"), cycle).participants.get("expert")


def test_a_guest_who_is_shut_out_is_out_at_once(hosts):
    """Link and session of this cycle end; another cycle's go on; what was filed stays."""
    here, there = hosts.open(), hosts.open(teacher="ma")
    link = hosts.ask(here, name=GUO)
    other = hosts.follow(hosts.ask(there, person=link.person))
    inside = hosts.follow(link)

    hosts.guests.shut_out(hosts.asking("zheng"), link.person, here)

    assert not hosts.is_in(inside)
    assert hosts.is_in(other)
    with pytest.raises(InvitationError):
        hosts.follow(link)
    (guest,) = hosts.guests.of(hosts.asking("song"), here)
    assert (guest.until, guest.seen_at) == (None, None)
    assert verify_database(hosts.core, hosts.id).ok


def test_when_a_link_ends_so_does_all_that_came_in_by_it(hosts):
    """After the last day neither link nor session is good; the list says so."""
    cycle = hosts.open()
    link = hosts.ask(cycle, name=GUO)
    inside = hosts.follow(link, trust=True)

    hosts.later(days=8)

    assert not hosts.is_in(inside)
    with pytest.raises(InvitationError):
        hosts.follow(link)
    assert hosts.guests.of(hosts.asking("song"), cycle)[0].until is None


def test_guests_are_listed_for_those_who_run_the_group_alone(hosts):
    """A teacher sees who takes part, not whose link is good until when."""
    cycle = hosts.open()
    hosts.ask(cycle, name=GUO)

    assert hosts.guests.may_ask(hosts.asking("song"), cycle)
    assert not hosts.guests.may_ask(hosts.asking("liu"), cycle)
    for ask in (hosts.guests.of, hosts.guests.known):
        with pytest.raises(NotAllowedError):
            ask(hosts.asking("liu"), cycle)


def test_whoever_has_no_link_any_more_is_shut_out_without_a_word(hosts):
    """The second time nothing ends, so nothing is said in the log."""
    cycle = hosts.open()
    guest = hosts.ask(cycle, name=GUO).person
    hosts.guests.shut_out(hosts.asking("song"), guest, cycle)

    hosts.guests.shut_out(hosts.asking("song"), guest, cycle)

    assert hosts.said_of(guest) == ["add_person", "invite_guest", "take_back"]


def test_the_head_of_another_group_who_takes_part_looks_after_no_guests(hosts):
    """They see the cycle and run a group, but not this one."""
    cycle = hosts.open()
    guest = hosts.ask(cycle, name=GUO).person
    hosts.send("song", cycle, Staff(verb="add", role="member", to="qian", reason="跨学科"))

    for ask in (hosts.guests.of, hosts.guests.known):
        with pytest.raises(NotAllowedError):
            ask(hosts.asking("qian"), cycle)
    with pytest.raises(NotAllowedError):
        hosts.guests.shut_out(hosts.asking("qian"), guest, cycle)
    assert not hosts.guests.may_ask(hosts.asking("qian"), cycle)
    assert hosts.guests.of(hosts.asking("song"), cycle)[0].until is not None


def test_nobody_new_is_added_for_a_role_that_is_full_or_by_whom_may_not_add(hosts):
    """One expert is all that the workflow has room for; who adds people is for it to say."""
    before = hosts.guest()
    said = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
    roles = {"teacher": ("liu",), "expert": (before,)}
    opening = Open(cycle="", group="maths", zone="", subject=said, roles=roles)
    full = hosts.acting.open(
        hosts.actor("song"), "collaborative-lesson-research", opening, Given()
    ).cycle
    people = len(hosts.core.view(hosts.id).directory.persons)

    with pytest.raises(InvalidInputError) as wrong:
        hosts.ask(full, name=GUO)
    with pytest.raises(NotAllowedError):
        hosts.ask(hosts.open(), name=GUO, by="wu")

    assert [(f.field, f.code, f.data) for f in wrong.value.faults] == [
        ("role", "full", {"most": 1})
    ]
    assert len(hosts.core.view(hosts.id).directory.persons) == people
