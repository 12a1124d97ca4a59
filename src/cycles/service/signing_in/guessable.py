"""Which passwords are the first to be guessed: the commonest, dates, telephone numbers, names.

No list of millions: throttling lets nobody try more than a few hundred a day, so what counts is
what stands at the top of every list, in China as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

__all__ = ["is_guessable"]


def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that make up most of the commonest passwords, alone or with digits and signs around them.
_WORDS: Final = _split(
    """
    a aa aaa ab abc abcd abcde abcdef abcdefg abcdefgh admin administrator aini aishangni aiwojia
    asd asdasd asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl baby baobao baobei beijing changeme
    china computer csdn dearbook dragon football guest haohao haoxuesheng hello helloworld huawei
    iloveu iloveyou jiaoshi jiaowu jiaoyan jiaoyanzu jiaoyu jiayou keli keyan laoshi letmein li
    liming liu liuwei login love loveyou master meimei mima monkey mypassword nihao nihaoma njit
    pass passw passwd password passwort princess pw pwd pword q qaz qazwsx qazwsxedc qingchun qq
    qqq qqww qw qwe qweasd qweasdzxc qweqwe qwer qwert qwerty qwertyu qwertyui qwertyuiop root
    school secret shadow shanghai shuxue student sunshine superman teacher test tiankong tianya
    user wang wangjing wangjian wangwei wangyu welcome wo woaibaobao woaini woaiwojia woaiwoziji
    woaizhongguo wodemima wojiushiwo woshishui woxiangni x xiao xiaoxiao xiaoxue xuexiao xx xyz
    yangyang ying yingyu yu yuwen z zaq zaqxsw zhang zhangjie zhangwei zhongguo zhongxue zxc zxcv
    zxcvb zxcvbn zxcvbnm zz zzz
    密码 我的密码 我爱你 老师 教师 管理员 学校 小学 中学 教研 教研组 数学 语文 英语 你好 中国 加油
    """
)
#: Rows, columns and slants of the keyboard, the alphabet, digits: walked in either direction.
_WALKS: Final = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "qwertyuiopasdfghjklzxcvbnm",
    "asdfghjklqwertyuiop",
    "zxcvbnmasdfghjkl",
    "147258369147258369",
    "159357159357",
    "741852963",
    "!@#$%^&*()",
    "a1b2c3d4e5f6g7h8i9j0",
    "q1w2e3r4t5y6u7i8o9p0",
    "1a2b3c4d5e6f7g8h9i0j",
    "一二三四五六七八九十",
)
#: Digits and signs that people put before and after a word.
_AROUND: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
#: Signs that stand for letters: `p@ssw0rd`.
_LEET: Final = str.maketrans("@0$13", "aosie")
_YEAR: Final = "(?:19|20)[0-9]{2}"
_MONTH_DAY: Final = "(?:0?[1-9]|1[0-2])[-./]?(?:0?[1-9]|[12][0-9]|3[01])"
#: A day, in the orders in which people write one; a mobile number; a number of one year twice.
_NUMBERS: Final = (
    re.compile(f"{_YEAR}[-./]?{_MONTH_DAY}"),
    re.compile(f"{_MONTH_DAY}[-./]?{_YEAR}"),
    re.compile("1[3-9][0-9]{9}"),
    re.compile(f"{_YEAR}{_YEAR}"),
)
_FAVOURITE: Final = _split(
    """
    5201314 1314520 13145200 52013140 520520520 5201314520 1314520520 66668888 88886666 11223344
    12344321 123321123 1234554321 123454321 112233445566 111222333 789456123 7894561230 123654789
    963852741 987456321 31415926 314159265 3141592653 20082008 00112233 01020304
    """
)


def is_guessable(password: str, known: Iterable[str] = ()) -> bool:
    """Whether a password (8 characters or more) is among the first that anybody would try.

    Args:
        password: In normal form.
        known: The words that everybody knows of this person: name, staff number, school.

    >>> is_guessable("woaini1314"), is_guessable("19860512"), is_guessable("李芳2026", ["李芳"])
    (True, True, True)
    >>> is_guessable("粉笔灰落在窗台上"), is_guessable("three bicycles")
    (False, False)
    """
    plain = unicodedata.normalize("NFKC", password).casefold()
    named = {_letters(unicodedata.normalize("NFKC", word).casefold()) for word in known}
    if _letters(plain) in named or _repeats(plain) or _walks(plain):
        return True
    core = _AROUND.sub("", plain)
    if not core:
        return _is_favourite(plain) or any(number.fullmatch(plain) for number in _NUMBERS)
    said = _AROUND.sub("", plain.translate(_LEET))
    return not {core, _once(core), said, _letters(core)}.isdisjoint(_WORDS | named)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _is_favourite(plain: str) -> bool:
    digits = re.sub("[^0-9]", "", plain)
    return not digits or digits in _FAVOURITE or _walks(digits) or _repeats(digits)


def _repeats(plain: str) -> bool:
    """Whether it is a short piece over and over: `aaaaaaaa`, `abcabcabc`, `12341234`."""
    return any(
        plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2 + 1)
    )


def _once(core: str) -> str:
    """The piece that is written over and over, if there is one."""
    sizes = (n for n in range(1, len(core)) if len(core) % n == 0)
    return next((core[:n] for n in sizes if core[:n] * (len(core) // n) == core), core)


def _walks(plain: str) -> bool:
    """Whether it walks along the keyboard, the alphabet or the digits, there or back."""
    return any(plain in walk or plain[::-1] in walk for walk in _WALKS)
