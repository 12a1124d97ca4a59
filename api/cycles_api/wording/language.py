"""Which language somebody reads."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["LANGUAGES", "Both", "Language", "language_of"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

#: More parts than these are no honest header.
_MAX_PARTS = 20


class Both(NamedTuple):
    """One sentence in both languages; `{name}` stands for a value of the data."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence in `zh` or `en`."""
        return self.zh if language == "zh" else self.en


def language_of(accepted: str | None) -> Language:
    """The language that an `Accept-Language` header prefers; Chinese where it names neither.

    >>> language_of("en-GB,en;q=0.9,zh;q=0.5"), language_of("fr"), language_of(None)
    ('en', 'zh', 'zh')
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in (accepted or "").split(",")[:_MAX_PARTS]:
        tag, _, weight = part.strip().partition(";")
        for language in LANGUAGES:
            if tag.strip().lower().split("-")[0] == language:
                wanted = _weight(weight)
                best = (wanted, language) if wanted > best[0] else best
    return best[1]


def _weight(text: str) -> float:
    """The `q` of one part: 1 where it is left out, 0 where it cannot be read."""
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        found = float(value)
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
