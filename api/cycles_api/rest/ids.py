"""What stands in addresses: ids, keys and digests, each with the one form it can have."""

from __future__ import annotations

from typing import Annotated, Final

from litestar.params import PathParameter, QueryParameter

__all__ = [
    "FLAG_PATTERN",
    "ID_PATTERN",
    "CycleId",
    "Digest",
    "FilingId",
    "Flag",
    "Id",
    "Kind",
    "PersonId",
    "PointId",
    "Text",
    "flag_of",
]

#: Nothing else is ever an id: what cannot be one is not looked up.
ID_PATTERN: Final = r"^[A-Za-z0-9_.:-]{1,80}$"
#: Yes or no as addresses say it; a `bool` would be read from `1`, `FALSE` and `null`, too.
FLAG_PATTERN: Final = "^(true|false)$"

CycleId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A cycle's id.")]
FilingId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A filing's id.")]
PersonId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A person's id.")]
PointId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A feedback point's id.")]
Kind = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A record of the workflow.")]
Digest = Annotated[
    str, PathParameter(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in lower-case hex.")
]
Id = Annotated[str | None, QueryParameter(pattern=ID_PATTERN)]
Flag = Annotated[str | None, QueryParameter(pattern=FLAG_PATTERN)]
Text = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A workflow's key.")]


def flag_of(given: str | None) -> bool | None:
    """What a flag says; `None` where it was left out."""
    return None if given is None else given == "true"
