"""What stands in addresses: ids, keys and digests, each with the one form it can have."""

from __future__ import annotations

from typing import Annotated, Final

from litestar.params import PathParameter, QueryParameter

__all__ = ["CycleId", "Digest", "FilingId", "Id", "Kind", "PersonId", "PointId", "Text"]

#: Nothing else is ever an id: what cannot be one is not looked up.
ID_PATTERN: Final = r"^[A-Za-z0-9_.:-]{1,80}$"

CycleId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A cycle's id.")]
FilingId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A filing's id.")]
PersonId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A person's id.")]
PointId = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A feedback point's id.")]
Kind = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A record of the workflow.")]
Digest = Annotated[
    str, PathParameter(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in lower-case hex.")
]
Id = Annotated[str | None, QueryParameter(pattern=ID_PATTERN)]
Text = Annotated[str, PathParameter(pattern=ID_PATTERN, description="A workflow's key.")]
