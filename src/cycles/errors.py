"""Every error raised on purpose, as one tree.

CyclesError
├── WorkflowFileError        a workflow file has faults; all of them, each with its place
├── CanonicalFormError       a value has no canonical form, or bytes are not in it
├── LedgerError              the log cannot be read or written as asked
│   └── ReplayError          an entry does not follow from the cycle before it
├── StaffListError           a staff list cannot be read at all
├── CalendarError            dates of terms, holidays or appointments contradict each other
├── SettingsError            the programme is started with settings that cannot work
├── StoreError               the database cannot do what is asked
│   ├── StoreUnavailableError    full disk, lost connection: try again later
│   ├── BackupError              a backup cannot be written or brought back so
│   └── SchemaMismatchError      the tables are of another version of the programme
├── NotFoundError            no such thing, or not one this person may know of
└── RefusedError             a command that changes nothing, and why
    ├── NotAllowedError          no role that may do this
    ├── WrongStateError          the cycle does not stand where this starts
    ├── BlockedError             guards are unmet; carries their verdicts
    ├── InvalidInputError        fields are wrong; carries every fault
    ├── StaleRevisionError       the cycle has moved on since it was read
    ├── PreconditionMissingError a change that needs `If-Match` came without
    ├── IdempotencyError         a key is missing, malformed, reused or still running
    ├── ConflictError            contradicts what is there (a second head, an undo too late)
    ├── SignInError              account and password do not go together
    ├── InvitationError          a code or link is good for nothing, or not any more
    ├── ThrottledError           too many attempts failed; says how long to wait
    ├── TooLargeError            more bytes or items than are taken
    └── NotWhatItSaysError       a file's content is of another kind than its name
        └── KindNotTakenError    a file is of a kind that is not taken
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any, ClassVar

__all__ = [
    "BackupError",
    "BlockedError",
    "CalendarError",
    "CanonicalFormError",
    "ConflictError",
    "CyclesError",
    "FieldFault",
    "FileFault",
    "IdempotencyError",
    "InvalidInputError",
    "InvitationError",
    "KindNotTakenError",
    "LedgerError",
    "NotAllowedError",
    "NotFoundError",
    "NotWhatItSaysError",
    "PreconditionMissingError",
    "RefusedError",
    "ReplayError",
    "SchemaMismatchError",
    "SettingsError",
    "SignInError",
    "StaffListError",
    "StaleRevisionError",
    "StoreError",
    "StoreUnavailableError",
    "ThrottledError",
    "TooLargeError",
    "WorkflowFileError",
    "WrongStateError",
]


class CyclesError(Exception):
    """Anything that this package raises on purpose."""

    code: ClassVar[str] = "error"

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FileFault:
    """One fault of a workflow file and the way out of it.

    `line` and `column` count from 1; `path` is the key's path (`states.draft.title`).
    """

    line: int
    column: int
    path: str
    code: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.line}:{self.column}: {where}{self.message}"


class WorkflowFileError(CyclesError):
    """A workflow file is not sound; `faults` holds everything wrong with it, in file order."""

    code = "workflow-file"

    def __init__(self, file: str, faults: Iterable[FileFault]) -> None:
        self.file = file
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(f"{file}:{fault}" for fault in self.faults))

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {
            "file": self.file,
            "faults": [
                {
                    "line": f.line,
                    "column": f.column,
                    "path": f.path,
                    "code": f.code,
                    "message": f.message,
                }
                for f in self.faults
            ],
        }


class CanonicalFormError(CyclesError):
    """A value has no canonical JSON form, or bytes are not in canonical form."""

    code = "not-canonical"

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path or 'value'}: {reason}")


class LedgerError(CyclesError):
    """The log cannot be read or written as asked."""

    code = "ledger"


class ReplayError(LedgerError):
    """An entry does not follow from the cycle before it under its workflow version."""

    code = "replay"

    def __init__(self, reason: str, **data: Any) -> None:
        self.reason, self.data = reason, data
        told = ", ".join(f"{k}={v}" for k, v in data.items())
        super().__init__(f"{reason}: {told}" if told else reason)


class StaffListError(CyclesError):
    """A staff list cannot be read at all; `reason` is a stable code of `staff_list.py`."""

    code = "staff-list"

    def __init__(self, reason: str, message: str, **data: Any) -> None:
        self.reason, self.data = reason, data
        super().__init__(message)

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"reason": self.reason, **self.data}


class CalendarError(CyclesError):
    """Dates of terms, holidays or appointments contradict each other."""

    code = "calendar"

    def __init__(self, reason: str, message: str, **data: Any) -> None:
        self.reason, self.data = reason, data
        super().__init__(message)

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"reason": self.reason, **self.data}


class SettingsError(CyclesError):
    """The programme is started with settings that cannot work."""

    code = "settings"


class StoreError(CyclesError):
    """The database cannot do what is asked."""

    code = "store"


class StoreUnavailableError(StoreError):
    """The database cannot be reached or written now; nothing was changed, so far as is known.

    Attributes:
        reason: busy | unreachable | disk-full | disk-error | read-only | outcome-unknown. With
            the last, the command may have been done or not: sent again under its key it is settled.
        cause: The database's or the system's own name for it (`SQLITE_FULL`, `53100`, `ENOSPC`).
    """

    code = "store-unavailable"

    def __init__(self, message: str, *, reason: str = "unreachable", cause: str = "") -> None:
        self.reason, self.cause = reason, cause
        super().__init__(message)

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"reason": self.reason}


class BackupError(StoreError):
    """A backup cannot be written or brought back so; nothing was changed.

    Attributes:
        reason: there | not-written | no-backup | damaged | other-tool
        what: The file or folder that it is about, or the database's URL.
        cause: What the system says, where it was the system that refused.
    """

    code = "backup"

    def __init__(self, reason: str, what: object, cause: object = "") -> None:
        self.reason, self.what, self.cause = reason, str(what), str(cause)
        super().__init__(": ".join(part for part in (reason, self.what, self.cause) if part))

    def details(self) -> dict[str, Any]:
        """The reason, what it is about and what the system said."""
        return {"reason": self.reason, "what": self.what, "cause": self.cause}


class SchemaMismatchError(StoreError):
    """The tables are of another version of the programme."""

    code = "schema-mismatch"


class NotFoundError(CyclesError):
    """No such thing, or none that this person may know of; the two are not told apart."""

    code = "not-found"

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"no {kind} {key!r} that you may see")

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {"kind": self.kind}


class RefusedError(CyclesError):
    """A command was refused and changed nothing.

    `possible` names what can be done instead, now and by the same person: transitions as
    plain names, other acts as `file:<record>`, `answer`, `verify`, `lifecycle:<verb>`.
    """

    code = "refused"

    def __init__(
        self, message: str, *, possible: Iterable[str] = (), data: Mapping[str, Any] | None = None
    ) -> None:
        self.possible = tuple(dict.fromkeys(possible))
        self.data = dict(data or {})
        super().__init__(message)

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {**self.data, "possible": list(self.possible)}


class NotAllowedError(RefusedError):
    """The actor holds no role that may do this; `data["who"]` says who may."""

    code = "not-allowed"


class WrongStateError(RefusedError):
    """The cycle does not stand in a state where this can be done."""

    code = "wrong-state"


class BlockedError(RefusedError):
    """Guards are unmet; `verdicts` are the very ones that `transitions` shows (JSON values)."""

    code = "blocked"

    def __init__(
        self,
        message: str,
        *,
        verdicts: Iterable[Any],
        possible: Iterable[str] = (),
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.verdicts = tuple(verdicts)
        super().__init__(message, possible=possible, data=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """One fault in what a person sent: where (`fields.why`), which code, and its data."""

    field: str
    code: str
    data: Mapping[str, Any]


class InvalidInputError(RefusedError):
    """What was sent has wrong fields; `faults` holds all of them."""

    code = "invalid"

    def __init__(
        self,
        faults: Iterable[FieldFault],
        *,
        possible: Iterable[str] = (),
        message: str | None = None,
    ) -> None:
        self.faults = tuple(faults)
        told = "; ".join(f"{f.field}: {f.code}" for f in self.faults)
        super().__init__(message or f"not taken: {told}", possible=possible)

    def details(self) -> dict[str, Any]:
        """What a programme may want to know beside the code; JSON values only."""
        return {
            **super().details(),
            "fields": [
                {"field": f.field, "code": f.code, "data": dict(f.data)} for f in self.faults
            ],
        }


class StaleRevisionError(RefusedError):
    """The cycle has moved on; `data` holds the present revision and what changed since."""

    code = "stale-revision"


class PreconditionMissingError(RefusedError):
    """This change needs `If-Match`; `data` names what it would change."""

    code = "precondition-missing"


class IdempotencyError(RefusedError):
    """`data["reason"]`: missing | malformed | reused | running."""

    code = "idempotency"


class ConflictError(RefusedError):
    """What is asked contradicts what is there."""

    code = "conflict"


class SignInError(RefusedError):
    """Account and password do not go together; which of them is wrong is not told."""

    code = "sign-in"

    def __init__(self) -> None:
        super().__init__("account and password do not go together")


class InvitationError(RefusedError):
    """The code or link is unknown, used, taken back or too old; which is not told."""

    code = "invitation"

    def __init__(self) -> None:
        super().__init__("this code is good for nothing, or not any more")


class ThrottledError(RefusedError):
    """Too many attempts failed; `data["wait_s"]` says in how many seconds to try again."""

    code = "throttled"

    def __init__(self, wait: timedelta) -> None:
        self.wait_s = max(1, ceil(wait.total_seconds()))
        super().__init__(f"try again in {self.wait_s} s", data={"wait_s": self.wait_s})


class TooLargeError(RefusedError):
    """More bytes or items than are taken; `data["limit"]` says how many are."""

    code = "too-large"


class NotWhatItSaysError(RefusedError):
    """A file's content is of another kind than its name says."""

    code = "not-what-it-says"

    def __init__(self, says: str, possible: Iterable[str]) -> None:
        super().__init__(f"the content is not {says}", possible=possible, data={"says": says})


class KindNotTakenError(NotWhatItSaysError):
    """A file is of a kind that is not taken; `possible` are the endings that are."""

    code = "kind-not-taken"
