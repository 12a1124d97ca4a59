"""Failed attempts are slowed down: by account, by address, and nobody is shut out for good."""

from __future__ import annotations

import pytest

from cycles.errors import (
    InvitationError,
    SignInError,
    ThrottledError,
)
from cycles.store import (
    ThrottleRow,
)
from tests.unit.service.doors import ADDRESS, PASSWORD, Doors, at_once


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
