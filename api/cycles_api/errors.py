"""What can be wrong with a request before the engine is asked.

CyclesError
└── RequestError                 the request cannot be taken as it is
    ├── UnauthenticatedError     no token, or none that holds
    ├── MalformedError           the body is not JSON in UTF-8
    ├── BadHeaderError           a header cannot be read
    ├── BadParameterError        something in the address is wrong; carries every fault
    ├── NoSuchPathError          nothing is at this address
    ├── MethodNotAllowedError    the address takes other methods
    ├── UnsupportedMediaTypeError   another kind of content is wanted
    └── BadRequestError          anything else that the web server refuses
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from cycles.errors import CyclesError, FieldFault

__all__ = [
    "BadHeaderError",
    "BadParameterError",
    "BadRequestError",
    "MalformedError",
    "MethodNotAllowedError",
    "NoSuchPathError",
    "RequestError",
    "UnauthenticatedError",
    "UnsupportedMediaTypeError",
]


class RequestError(CyclesError):
    """The request cannot be taken as it is; nothing was changed."""

    code = "bad-request"
    #: Response headers that belong to the answer.
    headers: ClassVar[Mapping[str, str]] = {}


class UnauthenticatedError(RequestError):
    """No token, or none that holds; why is not told."""

    code = "unauthenticated"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="cycles"'}

    def __init__(self) -> None:
        super().__init__("a bearer token is needed: Authorization: Bearer …")


class MalformedError(RequestError):
    """The body is not JSON in UTF-8; `reason` says where it stops being so."""

    code = "malformed"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not JSON: {reason}")

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"reason": self.reason}


class BadHeaderError(RequestError):
    """A header cannot be read; `like` shows one that can."""

    code = "bad-header"

    def __init__(self, header: str, like: str) -> None:
        self.header, self.like = header, like
        super().__init__(f"{header} cannot be read; it looks like {like}")

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"header": self.header, "like": self.like}


class BadParameterError(RequestError):
    """Parameters in the address are wrong; `faults` holds all of them."""

    code = "bad-parameter"

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{f.field}: {f.code}" for f in self.faults))

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {
            "parameters": [f.field for f in self.faults],
            "fields": [
                {"field": f.field, "code": f.code, "data": dict(f.data)} for f in self.faults
            ],
        }


class NoSuchPathError(RequestError):
    """Nothing is at this address."""

    code = "no-such-path"

    def __init__(self) -> None:
        super().__init__("nothing is at this address; /api/v1/openapi.json lists all")


class MethodNotAllowedError(RequestError):
    """The address takes other methods; `allowed` holds them."""

    code = "method-not-allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"not with this method; possible: {', '.join(self.allowed)}")

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"allowed": list(self.allowed)}


class UnsupportedMediaTypeError(RequestError):
    """The body is of a kind that is not taken here."""

    code = "unsupported-media-type"

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"send it as {wanted}")

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"wanted": self.wanted}


class BadRequestError(RequestError):
    """Anything else that the web server refuses."""

    code = "bad-request"
