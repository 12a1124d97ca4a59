"""Two versions of a text beside each other: paragraph by paragraph, within them word by word.

Pure, with the standard library's difflib. Both versions can always be put together again from
what is given. difflib can take very long over texts made to vex it, so every comparison has a
budget; what is over it is told more coarsely, never wrongly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal, TypeVar

__all__ = ["Row", "Run", "compare"]

T = TypeVar("T", bound=Hashable)
Mark = Literal["same", "gone", "new"]
Opcode = tuple[str, int, int, int, int]

#: Steps that all comparisons of one pair of texts may take together.
_BUDGET: Final = 12_000_000
#: Paragraphs of a changed stretch, old times new, that are still matched by what they say.
_MATCHED: Final = 900
#: How much two paragraphs must have in common to be versions of one.
_LIKE: Final = 0.4
#: A word or a number in Latin script, a run of space, or one character: Chinese has no gaps.
_WORDS: Final = re.compile(r"[A-Za-z0-9]+(?:[.'-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one side's text: the same on both, gone from the old, or new."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph of each side; `None` where the other side has nothing like it."""

    old: tuple[Run, ...] | None
    new: tuple[Run, ...] | None

    @property
    def same(self) -> bool:
        """Whether nothing was changed in it."""
        return self.old is not None and self.old == self.new


def compare(old: Sequence[str], new: Sequence[str]) -> tuple[Row, ...]:
    """The paragraphs of both versions, matched, with what changed in each.

    >>> compare(["先猜后验"], ["先猜再验"])[0].new
    (Run(text='先猜', mark='same'), Run(text='再', mark='new'), Run(text='验', mark='same'))
    """
    budget = _Budget(_BUDGET)
    return tuple(_rows(list(old), list(new), budget))


class _Budget:
    """How many steps may still be taken."""

    def __init__(self, left: int) -> None:
        self._left = left

    def allows(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
        """Whether these may be compared; counts what that takes at worst.

        difflib walks over all pairs of equal elements once for each stretch that it finds.
        """
        there = Counter(new)
        pairs = sum(there[each] for each in old)
        cost = (pairs + len(old) + len(new)) * (min(len(old), len(new)) + 1)
        if cost > self._left:
            return False
        self._left -= cost
        return True


def _opcodes(old: Sequence[T], new: Sequence[T], budget: _Budget) -> Iterator[Opcode]:
    """What became of the old one, as difflib says it; what both begin and end with is trimmed."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    end_old, end_new = len(old) - tail, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    middle_old, middle_new = old[head:end_old], new[head:end_new]
    if middle_old and middle_new and not budget.allows(middle_old, middle_new):
        yield "replace", head, end_old, head, end_new
    elif middle_old or middle_new:
        found = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
        for tag, i1, i2, j1, j2 in found.get_opcodes():
            yield tag, head + i1, head + i2, head + j1, head + j2
    if tail:
        yield "equal", end_old, len(old), end_new, len(new)


def _rows(old: list[str], new: list[str], budget: _Budget) -> Iterator[Row]:
    for tag, i1, i2, j1, j2 in _opcodes(old, new, budget):
        if tag == "equal":
            for text in old[i1:i2]:
                yield Row((Run(text, "same"),), (Run(text, "same"),))
        else:
            yield from _matched(old[i1:i2], new[j1:j2], budget)


def _matched(old: list[str], new: list[str], budget: _Budget) -> Iterator[Row]:
    """A changed stretch: paragraphs that are like each other stand together, in order."""
    i = j = 0
    for k, m in [*_pairs(old, new), (len(old), len(new))]:
        yield from (Row((Run(text, "gone"),), None) for text in old[i:k])
        yield from (Row(None, (Run(text, "new"),)) for text in new[j:m])
        if k < len(old):
            yield _words_compared(old[k], new[m], budget)
        i, j = k + 1, m + 1


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Which old paragraph became which new one: the pairs that have most in common in all."""
    if len(old) * len(new) > _MATCHED:
        return [(n, n) for n in range(len(old))] if len(old) == len(new) else []
    before, after = [Counter(text) for text in old], [Counter(text) for text in new]
    like = [[_likeness(a, b) for b in after] for a in before]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            both = like[i][j] + best[i + 1][j + 1] if like[i][j] >= _LIKE else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if like[i][j] >= _LIKE and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """How much of both they share, from 0 to 1, wherever in them it stands."""
    shared = (old & new).total()
    return 2 * shared / (old.total() + new.total()) if shared else 0.0


def _words_compared(old: str, new: str, budget: _Budget) -> Row:
    """One paragraph in two versions."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    left: list[Run] = []
    right: list[Run] = []
    for tag, i1, i2, j1, j2 in _without_islands(before, list(_opcodes(before, after, budget))):
        was, now = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal":
            left.append(Run(was, "same"))
            right.append(Run(now, "same"))
        else:
            left += [Run(was, "gone")] if was else []
            right += [Run(now, "new")] if now else []
    return Row(tuple(left), tuple(right))


def _without_islands(before: list[str], codes: list[Opcode]) -> Iterator[Opcode]:
    """A single character that two changes happen to share between them belongs to the change."""
    held: Opcode | None = None
    for number, (tag, i1, i2, j1, j2) in enumerate(codes):
        inside = 0 < number < len(codes) - 1
        if tag == "equal" and not (inside and len("".join(before[i1:i2])) < 2):
            if held is not None:
                yield held
            held = None
            yield tag, i1, i2, j1, j2
        elif held is None:
            held = ("replace", i1, i2, j1, j2)
        else:
            held = ("replace", held[1], i2, held[3], j2)
    if held is not None:
        yield held
