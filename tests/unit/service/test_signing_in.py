"""Coming in by password or code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cycles.errors import (
    InvitationError,
    NotAllowedError,
    NotFoundError,
    SignInError,
)
from cycles.service.signing_in import Opened, Passwords, SigningIn
from cycles.store import (
    CredentialRow,
    InvitationRow,
    SessionRow,
    ThrottleRow,
)
from tests.unit.service.doors import ADDRESS, PASSWORD, Doors, at_once

ROWS = (CredentialRow, SessionRow, InvitationRow, ThrottleRow)


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
