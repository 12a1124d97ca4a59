"""What the API sends and takes: closed structs, apart from the engine's values.

Outsiders rely on these names; the engine may change behind them.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

__all__ = ["Answer", "Health", "ProblemText", "ProblemWords", "Request"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is sent; `example` is shown in the OpenAPI document."""

    example: ClassVar[dict[str, Any] | None] = None


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is taken: nothing unknown in it; `example` is shown to whoever writes one."""

    example: ClassVar[dict[str, Any] | None] = None


class Health(Answer, frozen=True, kw_only=True):
    """That the programme can work; nothing else."""

    example: ClassVar[dict[str, Any] | None] = {"status": "ok"}

    status: str


class ProblemWords(Answer, frozen=True, kw_only=True):
    """An error code in one language."""

    title: str
    meaning: str


class ProblemText(Answer, frozen=True, kw_only=True):
    """What an error code means and what to do, in both languages."""

    code: str
    status: int
    zh: ProblemWords
    en: ProblemWords
