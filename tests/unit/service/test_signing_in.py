"""Coming in by password or code, staying in, going out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycles.errors import (
    CyclesError,
    InvalidInputError,
    InvitationError,
    NotAllowedError,
    NotFoundError,
    SignInError,
    ThrottledError,
)
from cycles.service.signing_in import Opened, Passwords, SigningIn
from cycles.store import (
    AppointmentRow,
    CredentialRow,
    InvitationRow,
    PersonRow,
    SessionRow,
    Store,
    TermRow,
    ThrottleRow,
    Work,
    open_store,
)
from tests.unit.service.doors import ADDRESS, PASSWORD, Doors

ROWS = (CredentialRow, SessionRow, InvitationRow, ThrottleRow)


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    """The first school, in memory."""
    return Doors(open_store("memory://"), tmp_path)


@pytest.fixture
def every(store: Store, tmp_path: Path) -> Doors:
    """The first school, on each store."""
    return Doors(store, tmp_path)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to, a refusal included, when all begin together."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except CyclesError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


# --- coming in -----------------------------------------------------------------------------


def test_a_code_and_then_a_password_let_somebody_in(every):
    """From the printed code to the second signing in, as the person that they are."""
    [code] = every.door.invite(every.actor("song"), ["liu"])

    first = every.door.redeem(code.code, address=ADDRESS, device="手机")
    every.door.set_first_password(first.signed.actor, PASSWORD, session=first.signed.session)
    opened = every.sign_in("Liu")

    signed = every.door.session(opened.token)
    assert signed == opened.signed
    assert signed.actor == replace(every.actor("liu"), via="web")
    assert (signed.trusted, signed.guest_cycle, signed.fresh) == (False, None, None)
    assert every.door.has_password(signed.actor)


def test_no_secret_is_kept(every):
    """Neither cookie, code nor password stands in the database, nor in what is printed."""
    code = every.door.let_in_again(every.by, "liu")
    opened = every.door.redeem(code.code, address=ADDRESS, device="手机")
    later = every.door.let_in_again(every.by, "liu")
    after = every.door.set_first_password(
        opened.signed.actor, PASSWORD, session=opened.signed.session
    )

    kept = every.store.read(
        every.id, lambda work: repr([r.model_dump() for kind in ROWS for r in work.find(kind)])
    )

    secrets = [later.code, later.link_path[4:], opened.token, after.token, PASSWORD]
    for secret in (*secrets, after.signed.csrf):
        assert secret not in kept
        assert secret not in repr((code, later, opened, after))
    assert "$argon2id$" in kept


@pytest.mark.parametrize("account", ["1007", " １００７ ", "Liu", "liu", "ＬＩＵ"])
def test_an_account_is_a_staff_number_or_a_name(doors, account):
    """However it was typed."""
    doors.change_person("liu", staff_no="1007")
    doors.settle("liu")

    assert doors.sign_in(account).signed.actor.person == "liu"


def test_two_of_one_name_give_their_staff_number(doors):
    """A name that two people have is nobody's account; the number still is."""
    doors.change_person("liu", staff_no="1007")
    doors.settle("liu")
    doors.change_person("ma", name="Liu")

    with pytest.raises(SignInError):
        doors.sign_in("Liu")

    assert doors.sign_in("1007").signed.actor.person == "liu"


def test_a_staff_number_goes_before_a_name(doors):
    """Whoever is called like another's number does not get in the way."""
    doors.change_person("liu", staff_no="1007")
    doors.change_person("ma", name="1007")
    doors.settle("liu")

    assert doors.sign_in("1007").signed.actor.person == "liu"


def refused(doors: Doors, account: str, password: str) -> str:
    """The words of the refusal."""
    with pytest.raises(SignInError) as caught:
        doors.sign_in(account, password)
    return f"{caught.value} {caught.value.details()}"


def test_who_is_wrong_learns_nothing(doors):
    """Wrong password, unknown account, no password yet, disabled, a guest: one answer."""
    doors.settle("liu")
    doors.settle("ma")
    doors.schools.disable(doors.by, "ma")
    doors.schools.add_person(doors.by, "郭教授", guest=True)

    answers = {
        refused(doors, account, password)
        for account, password in (
            ("Liu", "wrong password"),
            ("nobody", PASSWORD),
            ("", PASSWORD),
            ("He", PASSWORD),
            ("Ma", PASSWORD),
            ("郭教授", PASSWORD),
            ("Liu", ""),
            ("Liu", PASSWORD * 1000),
            ("\ud800", "\ud800"),
        )
    }

    assert len(answers) == 1


def test_who_is_wrong_costs_the_same(doors, monkeypatch):
    """A password is hashed for an unknown account, too: nobody learns who there is by waiting."""
    doors.settle("liu")
    hashed = []
    check = Passwords.check

    def counted(self: Passwords, password: str, kept: str | None) -> tuple[bool, str | None]:
        hashed.append(kept is not None)
        return check(self, password, kept)

    monkeypatch.setattr(Passwords, "check", counted)
    for account in ("Liu", "nobody", "He"):
        refused(doors, account, "wrong password")

    assert hashed == [True, False, False]


def test_a_password_kept_the_old_way_is_kept_anew(doors):
    """When more is asked of a hash, each is made anew at the next signing in."""
    doors.settle("liu")
    before = doors.store.read(doors.id, lambda work: work.find(CredentialRow))[0].hash
    doors.door = SigningIn(doors.core, passwords=Passwords(memory_kib=16, rounds=2))

    doors.sign_in("Liu")

    after = doors.store.read(doors.id, lambda work: work.find(CredentialRow))[0].hash
    assert "m=8,t=1" in before
    assert "m=16,t=2" in after
    assert doors.sign_in("Liu")


def test_a_password_changed_meanwhile_lets_nobody_in(doors, monkeypatch):
    """While one was being checked, another was set, or the account disabled: it is refused."""
    doors.settle("liu")
    check = Passwords.check
    meanwhile: list[Callable[[], Any]] = [
        lambda: doors.settle("liu", "三只麻雀和一把伞"),
        lambda: doors.schools.disable(doors.by, "liu"),
    ]

    def slow(self: Passwords, password: str, kept: str | None) -> tuple[bool, str | None]:
        answer = check(self, password, kept)
        meanwhile.pop(0)()
        return answer

    monkeypatch.setattr(Passwords, "check", slow)
    for password in (PASSWORD, "三只麻雀和一把伞"):
        with pytest.raises(SignInError):
            doors.sign_in("Liu", password)

    assert meanwhile == []


def test_hashes_are_what_owasp_asks_for():
    """Unless a test says otherwise: argon2id, 19 MiB, two rounds."""
    assert Passwords().hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_code_is_good_once(every):
    """Of two who send the same code at once, one comes in."""
    code = every.door.let_in_again(every.actor("song"), "liu").code

    answers = at_once(
        *[lambda: every.door.redeem(code, address=ADDRESS, device="手机") for _ in range(4)]
    )

    assert sum(isinstance(answer, Opened) for answer in answers) == 1
    assert sum(isinstance(answer, InvitationError) for answer in answers) == 3
    assert len(every.store.read(every.id, lambda work: work.find(SessionRow))) == 1


def test_a_code_is_taken_however_it_is_typed(doors):
    """Small letters, blanks, full-width signs, and what is easily misread."""
    code = doors.door.let_in_again(doors.by, "liu").code
    typed = code.lower().replace("-", " — ").replace("0", "o").replace("1", "l")

    assert doors.door.redeem(typed, address=ADDRESS, device="手机").signed.actor.person == "liu"


@pytest.mark.parametrize("code", ["", "----", "7GQ4-M0ZK-X2WB", "\ud800", "长" * 5000])
def test_an_unknown_code_lets_nobody_in(doors, code):
    """Whatever is sent that was never made is refused, and nothing fails."""
    with pytest.raises(InvitationError):
        doors.door.redeem(code, address=ADDRESS, device="手机")


def test_a_code_ends(doors):
    """Ten minutes for whoever forgot, and not at the end of them."""
    code = doors.door.let_in_again(doors.by, "liu").code
    doors.later(minutes=10)

    with pytest.raises(InvitationError):
        doors.door.redeem(code, address=ADDRESS, device="手机")


def test_a_code_taken_back_meanwhile_lets_nobody_in(doors, monkeypatch):
    """Found, and gone before it was used."""
    code = doors.door.let_in_again(doors.by, "liu").code
    doors.between(monkeypatch, lambda: doors.door.take_back(doors.by, "liu"))

    with pytest.raises(InvitationError):
        doors.door.redeem(code, address=ADDRESS, device="手机")

    assert doors.store.read(doors.id, lambda work: work.find(SessionRow)) == []


def test_coming_in_by_a_code_ends_what_was_open(doors):
    """Whoever has to be let in again may have lost a phone."""
    lost = doors.let_in("liu", trust=True)

    found = doors.let_in("liu")

    assert not doors.is_in(lost)
    assert doors.is_in(found)


def test_a_demo_lets_anybody_be_anybody(doors):
    """Where the people are made up, and nowhere else."""
    demo = SigningIn(doors.core, demo=True)

    opened = demo.demo_sign_in(doors.id, "wu", device="")

    assert opened.signed.actor.person == "wu"
    with pytest.raises(NotFoundError):
        demo.demo_sign_in(doors.id, "nobody", device="")
    with pytest.raises(NotAllowedError):
        doors.door.demo_sign_in(doors.id, "wu", device="")


def test_there_is_no_door_to_a_school_that_is_not_there(doors):
    """A school is named in the address; a wrong one is not found."""
    with pytest.raises(NotFoundError):
        doors.door.sign_in("second", "Liu", PASSWORD, address=ADDRESS, device="")


# --- staying in ----------------------------------------------------------------------------


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


# --- going out -----------------------------------------------------------------------------


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


# --- passwords -----------------------------------------------------------------------------


def test_another_password_ends_all_other_sessions(every):
    """The one where it was asked for goes on, under a new id."""
    every.settle("liu")
    phone, desk = every.sign_in("Liu", trust=True), every.sign_in("Liu")

    opened = every.door.set_password(
        phone.signed.actor, PASSWORD, "三只麻雀和一把伞", session=phone.signed.session
    )

    assert not every.is_in(phone)
    assert not every.is_in(desk)
    assert every.is_in(opened)
    assert (opened.signed.trusted, opened.expires_at) == (True, phone.expires_at)
    assert every.sign_in("Liu", "三只麻雀和一把伞")
    with pytest.raises(SignInError):
        every.sign_in("Liu")


def test_another_password_needs_the_one_before(doors):
    """Whoever finds a computer unlocked does not get the account; guessing is slowed down."""
    signed = doors.settle("liu").signed
    for _ in range(5):
        with pytest.raises(SignInError):
            doors.door.set_password(
                signed.actor, "wrong", "三只麻雀和一把伞", session=signed.session
            )

    with pytest.raises(ThrottledError):
        doors.door.set_password(signed.actor, PASSWORD, "三只麻雀和一把伞", session=signed.session)


def test_a_password_changed_meanwhile_is_not_changed_again(doors, monkeypatch):
    """While the one before was being checked, another was set: that one stays."""
    signed, check = doors.settle("liu").signed, Passwords.check

    def slow(self: Passwords, password: str, kept: str | None) -> tuple[bool, str | None]:
        monkeypatch.setattr(Passwords, "check", check)
        doors.settle("liu", "三只麻雀和一把伞")
        return check(self, password, kept)

    monkeypatch.setattr(Passwords, "check", slow)
    with pytest.raises(NotFoundError):
        doors.door.set_password(signed.actor, PASSWORD, "我是另一个密码呢", session=signed.session)

    assert doors.sign_in("Liu", "三只麻雀和一把伞")


def test_whoever_came_by_a_code_needs_none_for_an_hour(doors):
    """Somebody who forgot sets a new one; later it takes another code."""
    doors.settle("liu")
    signed = doors.let_in("liu", trust=True).signed
    doors.later(minutes=61)
    with pytest.raises(NotAllowedError):
        doors.door.set_first_password(signed.actor, "三只麻雀和一把伞", session=signed.session)

    signed = doors.let_in("liu").signed
    doors.door.set_first_password(signed.actor, "三只麻雀和一把伞", session=signed.session)

    assert doors.sign_in("Liu", "三只麻雀和一把伞")


def test_whoever_has_no_password_sets_one_at_any_time(doors):
    """Weeks after the code, on the phone that stayed signed in."""
    signed = doors.let_in("liu", trust=True).signed
    doors.later(days=30)

    doors.door.set_first_password(signed.actor, PASSWORD, session=signed.session)

    assert doors.sign_in("Liu")


def test_whoever_has_a_password_does_not_set_a_first_one(doors):
    """Signed in by password, it takes that password to change it."""
    signed = doors.settle("liu").signed

    with pytest.raises(NotAllowedError):
        doors.door.set_first_password(signed.actor, "三只麻雀和一把伞", session=signed.session)


def test_a_password_is_set_from_a_session_of_ones_own(doors):
    """Not from one that ended, nor from somebody else's."""
    signed, other = doors.let_in("liu").signed, doors.let_in("ma").signed

    with pytest.raises(NotFoundError):
        doors.door.set_first_password(signed.actor, PASSWORD, session=other.session)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"),
        ("七个字太短了吗", "password_short"),
        ("长" * 129, "password_long"),
        ("12345678", "password_common"),
        ("第一小学2026", "password_common"),
        ("liu-1007", "password_common"),
        ("1007-1007", "password_common"),
    ],
)
def test_a_password_that_anybody_would_try_is_refused(doors, password, code):
    """Too short, too long, common, or made of what everybody knows of the person."""
    doors.change_person("liu", staff_no="1007")
    signed = doors.let_in("liu").signed

    with pytest.raises(InvalidInputError) as caught:
        doors.door.set_first_password(signed.actor, password, session=signed.session)

    assert [(f.field, f.code) for f in caught.value.faults] == [("new", code)]
    assert not doors.door.has_password(signed.actor)


@pytest.mark.parametrize(
    "password",
    [
        "粉笔灰落在窗台上",
        "three bicycles",
        "".join(map(chr, range(0x4E00, 0x4E80))),
        "🐼🐼竹林深处xy",
    ],
)
def test_any_other_text_is_a_password(doors, password):
    """Any characters, from 8 to 128 of them."""
    doors.settle("liu", password)

    assert doors.sign_in("Liu", password)


def test_a_password_is_the_same_on_any_keyboard(doors):
    """Full-width letters, as Chinese keyboards write them, are the letters."""
    doors.settle("liu", "Three Bicycles 3")

    assert doors.sign_in("Liu", "Ｔｈｒｅｅ　Ｂｉｃｙｃｌｅｓ　３")


# --- slowed down ---------------------------------------------------------------------------


def fail(doors: Doors, account: str = "Liu", address: str = ADDRESS) -> int:
    """A wrong password; for how many seconds it was not even looked at."""
    try:
        doors.sign_in(account, "wrong password", address=address)
    except ThrottledError as error:
        return error.wait_s
    except SignInError:
        return 0
    raise AssertionError("the wrong password was right")


def test_failures_of_an_account_wait_longer_and_longer(doors):
    """Five at once, then 1, 2, 4 … seconds, never more than 15 minutes; and then it opens."""
    doors.settle("liu")
    assert [fail(doors) for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(13):
        waits.append(fail(doors))
        doors.later(seconds=waits[-1])
        assert fail(doors) == 0

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    doors.later(seconds=fail(doors))
    assert doors.sign_in("Liu")
    assert fail(doors) == 0


def test_what_waits_is_not_counted(doors):
    """Hammering at a closed door does not keep it closed."""
    doors.settle("liu")
    for _ in range(40):
        fail(doors)

    doors.later(seconds=1)

    assert doors.sign_in("Liu")


def test_unknown_accounts_are_slowed_down_alike(doors):
    """Nobody learns from the waiting who there is."""
    known = [fail(doors) for _ in range(8)]
    unknown = [fail(doors, "nobody") for _ in range(8)]

    assert known == unknown


def test_name_and_number_are_one_account(doors):
    """Whoever tries both has no more attempts."""
    doors.change_person("liu", staff_no="1007")
    for account in ("Liu", "1007", "liu", "Liu", "1007"):
        fail(doors, account)

    assert fail(doors) == 1


def test_an_account_is_slowed_down_from_wherever(doors):
    """Many addresses, one account."""
    for number in range(5):
        fail(doors, address=f"198.51.100.{number}")

    assert fail(doors, address="203.0.113.1") == 1


def test_a_code_comes_in_where_a_password_has_to_wait(doors):
    """Somebody else's failures never keep a person out for good."""
    doors.settle("liu")
    for _ in range(6):
        fail(doors)

    signed = doors.let_in("liu").signed

    assert signed.actor.person == "liu"
    doors.door.set_first_password(signed.actor, PASSWORD, session=signed.session)
    assert doors.sign_in("Liu")


def test_an_address_is_slowed_down_over_all_accounts(doors):
    """Thirty failures, of whatever accounts and codes; others' addresses go on."""
    doors.settle("liu")
    for number in range(15):
        fail(doors, f"nobody {number}")
        with pytest.raises(InvitationError):
            doors.door.redeem(f"{number}", address=ADDRESS, device="")

    assert fail(doors, "nobody else") == 1
    with pytest.raises(ThrottledError):
        doors.door.redeem("7GQ4", address=ADDRESS, device="")
    with pytest.raises(ThrottledError):
        doors.sign_in("Liu")
    assert doors.sign_in("Liu", address="192.168.1.21")


def test_behind_a_proxy_nobody_waits_for_strangers(doors):
    """Where everybody seems to come from this machine, only the account is slowed down."""
    doors.settle("liu")
    for number in range(40):
        assert fail(doors, f"nobody {number}", "127.0.0.1") == 0
        with pytest.raises(InvitationError):
            doors.door.redeem(f"{number}", address="127.0.0.1", device="")

    assert doors.sign_in("Liu", address="127.0.0.1")
    assert [fail(doors, address="127.0.0.1") for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_an_address_that_waits_does_not_count_against_an_account(doors):
    """What was not tried did not fail."""
    doors.settle("liu")
    for number in range(30):
        fail(doors, f"nobody {number}")

    for _ in range(10):
        assert fail(doors) == 1

    assert [fail(doors, address="198.51.100.1") for _ in range(5)] == [0] * 5


def test_thirty_failures_in_ten_minutes_are_forgotten_in_ten(doors):
    """A school behind one address mistypes now and then all day long."""
    for number in range(100):
        assert fail(doors, f"nobody {number}") == 0
        doors.later(seconds=20)


def test_who_comes_in_does_not_count_against_the_address(doors):
    """A whole school signs in from one address within a minute."""
    doors.settle("liu")

    for _ in range(40):
        assert doors.sign_in("Liu")


def test_all_of_many_at_once_are_counted(every):
    """Each of eight attempts at one moment knows of the others: five are tried, three wait."""
    every.settle("liu")

    waits = at_once(*[lambda: fail(every) for _ in range(8)])

    assert sorted(waits) == [0] * 5 + [1] * 3
    [row] = every.store.read(every.id, lambda work: work.find(ThrottleRow))
    assert row.failures == 5
