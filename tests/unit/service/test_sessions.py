"""Staying in, and going out: a session from its opening to its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cycles.errors import (
    InvitationError,
    NotFoundError,
    SignInError,
)
from cycles.store import (
    AppointmentRow,
    InvitationRow,
    PersonRow,
    SessionRow,
    TermRow,
    ThrottleRow,
    Work,
)
from tests.unit.service.doors import ADDRESS, PASSWORD, at_once


@pytest.mark.parametrize("token", ["", "A" * 43, "\ud800", "长" * 5000])
def test_an_unknown_cookie_is_nobody(doors, token):
    """Whatever a cookie holds that was never made stands for nobody."""
    assert doors.door.session(token) is None


def test_each_signing_in_has_an_id_of_its_own(doors):
    """No cookie from before is ever kept, and each has 256 bits."""
    opened = [doors.settle("liu"), doors.sign_in("Liu"), doors.sign_in("Liu")]

    assert len({each.token for each in opened}) == 3
    assert len({each.signed.session for each in opened}) == 3
    assert len({each.signed.csrf for each in opened}) == 3
    assert {len(each.token) for each in opened} == {43}


def test_a_shared_computer_is_left_after_half_an_hour(doors):
    """Half an hour without a request; any request within it counts anew."""
    opened = doors.let_in("liu")
    for _ in range(3):
        doors.later(minutes=29)
        assert doors.is_in(opened)

    doors.later(minutes=30)

    assert not doors.is_in(opened)


def test_a_shared_computer_is_left_after_twelve_hours(doors):
    """However busy it was."""
    opened = doors.let_in("liu")
    for _ in range(47):
        doors.later(minutes=15)
        assert doors.is_in(opened)

    doors.later(minutes=15)

    assert not doors.is_in(opened)
    assert opened.expires_at == doors.time


def test_a_trusted_phone_stays_until_the_term_ends(doors):
    """To the midnight after its last day, on the school's clock, unused for weeks."""
    opened = doors.let_in("liu", trust=True)

    assert opened.expires_at == datetime(2027, 1, 22, 16, tzinfo=UTC)
    doors.time = opened.expires_at - timedelta(seconds=1)
    assert doors.is_in(opened)
    doors.later(seconds=1)
    assert not doors.is_in(opened)


def test_between_terms_it_is_the_end_of_the_next_one(doors):
    """Who signs in in the holidays stays for the term to come, 200 days at most."""
    doors.time = datetime(2027, 2, 1, tzinfo=UTC)
    assert doors.let_in("liu", trust=True).expires_at == doors.time + timedelta(days=200)
    term = TermRow(
        school_id=doors.id,
        id="spring",
        name="春",
        first_day=date(2027, 2, 22),
        last_day=date(2027, 7, 2),
    )
    doors.store.write(doors.id, lambda work: work.add(term))

    opened = doors.let_in("liu", trust=True)

    assert opened.expires_at == datetime(2027, 7, 2, 16, tzinfo=UTC)


def test_a_session_has_the_rights_of_today(doors):
    """What somebody holds is looked up with each request."""
    opened = doors.let_in("zheng", trust=True)

    doors.schools.end_appointment(doors.by, "a-zheng", doors.core.view(doors.id).today(doors.time))
    doors.later(days=1)

    signed = doors.door.session(opened.token)
    assert signed is not None
    assert signed.actor.roles == ()


def test_other_rights_make_another_id(every):
    """The answer brings a new cookie; the one before serves a minute for what was on its way."""
    opened = every.let_in("ma", trust=True)
    every.schools.appoint(every.by, "ma", "deputy")

    first = every.door.session(opened.token)
    second = every.door.session(opened.token)

    assert first.actor.holds("deputy")
    assert first.fresh not in (None, opened.token)
    assert (second.fresh, second.actor) == (None, first.actor)
    again = every.door.session(first.fresh)
    assert (again.fresh, again.session, again.csrf) == (None, first.session, first.csrf)
    assert (again.expires_at, again.trusted) == (opened.expires_at, True)
    assert [s.id for s in every.door.sessions(again.actor)] == [first.session]
    every.later(minutes=1)
    assert every.door.session(opened.token) is None
    assert every.door.session(first.fresh) is not None


def test_two_requests_at_once_make_one_other_id(every):
    """Of those who find that rights have changed, one makes the session anew."""
    opened = every.let_in("ma")
    every.schools.appoint(every.by, "ma", "deputy")

    signed = at_once(*[lambda: every.door.session(opened.token) for _ in range(4)])

    assert sum(each.fresh is not None for each in signed) == 1
    assert len(every.store.read(every.id, lambda work: work.find(SessionRow))) == 2


def test_what_ended_meanwhile_is_not_made_anew(doors, monkeypatch):
    """Neither under another id nor by noting that it was used."""
    opened = doors.let_in("ma")
    doors.schools.appoint(doors.by, "ma", "deputy")
    doors.between(monkeypatch, lambda: doors.door.sign_out(opened.token))

    assert doors.door.session(opened.token) is None
    opened = doors.let_in("ma")
    doors.later(minutes=2)
    doors.between(monkeypatch, lambda: doors.door.sign_out(opened.token))
    doors.door.session(opened.token)

    assert not doors.is_in(opened)


def test_an_id_made_anew_meanwhile_is_not_made_anew_again(doors, monkeypatch):
    """The other request of that moment has brought the new cookie."""
    opened = doors.let_in("ma")
    doors.schools.appoint(doors.by, "ma", "deputy")
    first: list[Any] = []
    doors.between(monkeypatch, lambda: first.append(doors.door.session(opened.token)))

    second = doors.door.session(opened.token)

    assert first[0].fresh is not None
    assert second.fresh is None
    assert second.actor == first[0].actor


def test_a_disabled_person_is_out_at_once(every):
    """Sessions and codes end with the account, and do not come back with it."""
    opened = every.let_in("liu", trust=True)
    code = every.door.let_in_again(every.by, "liu").code

    every.schools.disable(every.by, "liu")
    assert not every.is_in(opened)
    every.schools.enable(every.by, "liu")

    assert not every.is_in(opened)
    with pytest.raises(InvitationError):
        every.door.redeem(code, address=ADDRESS, device="手机")


def test_a_session_left_of_somebody_who_is_gone_is_nobodys(doors):
    """However it came to be left."""
    opened = doors.let_in("liu")

    def gone(work: Work) -> None:
        work.remove(AppointmentRow, person="liu")
        work.remove(PersonRow, id="liu")

    doors.store.write(doors.id, gone)

    assert not doors.is_in(opened)


def test_the_use_of_a_session_is_noted_by_the_minute(doors):
    """Not each request is a write; the list says when it was used, to the minute."""
    opened = doors.let_in("liu")
    began = doors.time
    doors.later(seconds=59)
    doors.door.session(opened.token)
    assert doors.door.sessions(opened.signed.actor)[0].seen_at == began

    doors.later(seconds=1)
    doors.door.session(opened.token)

    assert doors.door.sessions(opened.signed.actor)[0].seen_at == began + timedelta(minutes=1)


def test_what_is_over_is_cleared_away(doors):
    """Sessions, codes and counts of long ago do not pile up."""
    doors.let_in("ma")
    doors.door.let_in_again(doors.by, "zhou")
    with pytest.raises(SignInError):
        doors.sign_in("nobody", PASSWORD)
    doors.later(days=30)

    doors.settle("liu")
    with pytest.raises(SignInError):
        doors.sign_in("Liu", "wrong password")

    def rows(kind: Any) -> list[Any]:
        return doors.store.read(doors.id, lambda work: work.find(kind))

    assert {row.person for row in rows(SessionRow)} == {"liu"}
    assert rows(InvitationRow) == []
    assert len(rows(ThrottleRow)) == 1


# --- going out -------------------------------------------------------------------------------


def test_signing_out_ends_this_session_and_no_other(every):
    """At once; once more, or with a cookie of nobody, changes nothing."""
    every.settle("liu")
    here, there = every.sign_in("Liu"), every.sign_in("Liu")

    every.door.sign_out(here.token)
    every.door.sign_out(here.token)
    every.door.sign_out("nobody's")

    assert not every.is_in(here)
    assert every.is_in(there)


def test_signing_out_leaves_no_earlier_id(doors):
    """The text from before a change of rights is not good for its minute either."""
    opened = doors.let_in("ma")
    doors.schools.appoint(doors.by, "ma", "deputy")
    fresh = doors.door.session(opened.token).fresh

    doors.door.sign_out(fresh)

    assert doors.door.session(opened.token) is None


def test_one_signs_out_everywhere(doors):
    """All sessions of one's own, and of nobody else."""
    doors.settle("liu")
    opened = [doors.sign_in("Liu"), doors.sign_in("Liu", trust=True)]
    other = doors.let_in("ma")

    doors.door.sign_out_everywhere(opened[0].signed.actor)

    assert [doors.is_in(each) for each in opened] == [False, False]
    assert doors.is_in(other)


def test_one_ends_a_session_of_ones_own(doors):
    """Seen in the list by its device; others' sessions are not there to end."""
    doors.settle("liu")
    doors.later(minutes=5)
    lost = doors.sign_in("Liu", device="旧手机\n", trust=True)
    me, stranger = lost.signed.actor, doors.let_in("ma").signed.actor
    phone, desk = doors.door.sessions(me)
    assert (phone.device, phone.trusted, phone.by) == ("旧手机", True, "password")
    assert phone.opened_at == desk.opened_at + timedelta(minutes=5)

    with pytest.raises(NotFoundError):
        doors.door.end_session(stranger, phone.id)
    doors.door.end_session(me, phone.id)

    assert not doors.is_in(lost)
    assert [each.id for each in doors.door.sessions(me)] == [desk.id]
    with pytest.raises(NotFoundError):
        doors.door.end_session(me, phone.id)


def test_a_request_under_way_does_not_bring_an_ended_session_back(every):
    """Noting that a session was used and ending it at the same moment leaves it ended."""
    opened = every.let_in("liu")
    every.later(minutes=2)

    at_once(
        lambda: every.door.session(opened.token),
        lambda: every.door.sign_out_everywhere(opened.signed.actor),
        lambda: every.door.session(opened.token),
    )

    assert not every.is_in(opened)
