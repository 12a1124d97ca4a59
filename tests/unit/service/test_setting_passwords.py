"""Setting one's own password: by whom, when, and which."""

from __future__ import annotations

import pytest

from cycles.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SignInError,
    ThrottledError,
)
from cycles.service.signing_in import Passwords
from tests.unit.service.doors import PASSWORD


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
