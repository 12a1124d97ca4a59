"""What is among the first to be guessed, and how codes are made and read."""

from __future__ import annotations

import pytest

from cycles.service.accesses import digest_of
from cycles.service.signing_in.codes import (
    LINK,
    SPOKEN,
    csrf_of,
    new_code,
    new_token,
    readable,
    typed,
)
from cycles.service.signing_in.guessable import is_guessable
from cycles.service.signing_in.passwords import Passwords
from cycles.service.signing_in.throttle import ACCOUNT, place_of
from tests.unit.service.doors import CHEAP

#: What stands at the top of the lists of leaked passwords, Chinese and others.
COMMONEST = """
    12345678 123456789 1234567890 11111111 00000000 88888888 87654321 987654321 0123456789
    123123123 12341234 11223344 147258369 789456123 741852963 31415926 5201314520 1314520520
    19860512 20150901 1986-05-12 1986.5.12 05121986 13812345678 20262026
    password password1 Password123 P@ssw0rd p@$$word passw0rd! qwertyui qwertyuiop qwerty123
    asdfghjkl zxcvbnm1 1qaz2wsx 1q2w3e4r 1q2w3e4r5t qazwsxedc q1w2e3r4 a1b2c3d4 abcd1234
    abcdefgh aaaaaaaa abcabcabc a123456789 a12345678 woaini1314 woaini520 woaiwojia 5201314a
    iloveyou sunshine princess football superman admin123 admin888 administrator welcome1
    letmein123 teacher1 laoshi123 jiaoshi2026 jiaoyanzu1 zhongguo1 beijing2008 csdn1234
    dearbook wojiushiwo zhangwei1 wangwei123 密码12345678 老师老师老师老师 我爱你1314520
    数学12345678 一二三四五六七八 !@#$%^&* ........ 我的密码2026 加油加油加油加油
"""

#: What people could well think of, and nobody would try early.
GOOD = [
    "粉笔灰落在窗台上",
    "three bicycles",
    "correct horse battery staple",
    "xK8-wq2-Lm5",
    "班里有四十二个孩子",
    "20260511 讲圆的面积",
    "mama 3 Fahrraeder",
    "lesson-study-ist-schoen",
    "13 只麻雀 2 把伞",
]


@pytest.mark.parametrize("password", COMMONEST.split())
def test_the_commonest_are_guessable(password):
    """Whatever stands at the top of the lists, in either case of letters."""
    assert is_guessable(password)
    assert is_guessable(password.upper())


@pytest.mark.parametrize("password", GOOD)
def test_what_nobody_would_try_early_is_not(password):
    """A few words, or signs by chance."""
    assert not is_guessable(password, ["李芳", "1007", "第一小学"])


@pytest.mark.parametrize(
    "password",
    ["李芳李芳李芳李芳", "李芳20260901", "1007@1007", "第一小学", "第一小学!2026", "No. 7 School"],
)
def test_what_everybody_knows_of_a_person_is_guessable(password):
    """Their name, their number, their school, with digits and signs around."""
    assert is_guessable(password, ["李芳", "1007", "第一小学", "No. 7 School"])


def test_a_code_is_made_of_letters_that_cannot_be_mistaken():
    """Each of the 32 is as likely; none is I, L, O or U."""
    code = new_code(lambda count: bytes(range(count)), 256)

    assert {code.count(letter) for letter in set(code)} == {8}
    assert set(code) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert (5 * SPOKEN, 5 * LINK) == (60, 120)


def test_what_is_read_aloud_comes_back():
    """The readable form is the code, and so is what is misread."""
    code = new_code(lambda count: bytes(range(16, 16 + count)))

    assert typed(readable(code)) == code
    assert typed("o0Ol1Iu v") == "0001 11VV".replace(" ", "")


def test_a_cookie_is_no_hint_at_another():
    """Texts differ, what forms carry differs, and neither is the hash that is kept."""
    texts = [new_token(chance) for chance in (bytes, b"ab".__mul__, b"xyz".__mul__)]

    assert len({*texts, *map(csrf_of, texts), *map(digest_of, texts)}) == 9


def test_a_password_is_right_or_wrong():
    """And where none is kept, none is right: not even the one hashed in its stead."""
    kept = CHEAP.hash("三只麻雀和一把伞")

    assert CHEAP.check("三只麻雀和一把伞", kept) == (True, None)
    assert CHEAP.check("三只麻雀和一把傘", kept) == (False, None)
    assert CHEAP.check("nobody's", None)[0] is False
    assert Passwords(memory_kib=16, rounds=1).check("三只麻雀和一把伞", kept)[1] is not None


def test_equal_passwords_are_kept_differently():
    """Each hash has a salt of its own."""
    assert CHEAP.hash("三只麻雀和一把伞") != CHEAP.hash("三只麻雀和一把伞")


def test_waiting_grows_and_ends():
    """Not before the fifth failure, never beyond a quarter of an hour."""
    waits = [ACCOUNT.wait(number).total_seconds() for number in (0, 4, 5, 6, 14, 15, 10_000)]

    assert waits == [0, 0, 1, 2, 512, 900, 900]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
        ("127.0.0.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("", None),
    ],
)
def test_an_address_is_that_of_a_household(address, place):
    """Whoever has a whole IPv6 network has one; this machine, a proxy say, is nobody's."""
    assert place_of(address) == place
