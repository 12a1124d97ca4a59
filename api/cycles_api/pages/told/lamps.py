"""The five lamps as pages show them: a mark, a word and a sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cycles.engine.lamps import Lamp
from cycles_api.wording import Speaker
from cycles_api.wording.lamps import LAMP_NOUNS, LAMP_STATES, LAMP_TITLES

__all__ = ["LampTold", "lamps_told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LampTold:
    """One of the five.

    Attributes:
        state: `lit`, `missing` or `none`.
        title: What it is called, lit or not.
        status: The state in a word.
        said: Why it is so.
    """

    state: str
    title: str
    status: str
    said: str


def lamps_told(lamps: Iterable[Lamp], speaker: Speaker) -> tuple[LampTold, ...]:
    """The lamps in the language and with the titles of a speaker."""
    return tuple(
        LampTold(
            state=lamp.state,
            title=(LAMP_TITLES if lamp.state == "lit" else LAMP_NOUNS)[lamp.name].in_language(
                speaker.language
            ),
            status=LAMP_STATES[lamp.state].in_language(speaker.language),
            said=speaker.lamp(lamp),
        )
        for lamp in lamps
    )
