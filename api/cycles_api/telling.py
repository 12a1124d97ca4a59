"""From what the service leaves with an answer or a refusal to whoever puts it into words."""

from __future__ import annotations

from typing import Final

from cycles.service import Told
from cycles_api.wording import Language, Speaker
from cycles_api.wording.language import Both

__all__ = ["speaker_of"]

_ERASED: Final = Both("（已删去的人）", "(somebody erased)")


def speaker_of(told: Told, language: Language) -> Speaker:
    """Speaks with the workflow's titles and people's names."""
    names, unknown = told.names, _ERASED.in_language(language)
    return Speaker(language, told.version, lambda person: names.get(person, unknown))
