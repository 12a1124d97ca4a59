"""Which version of a workflow was the current one when: told by the entries that made it so.

Such an entry stands in the chain of its version (`def:<digest>`). As versions can become current
again, no single chain gives the order: `number` does, counting the makings of one workflow from 1
over all its versions. New cycles run under the version of the highest number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cycles.errors import LedgerError
from cycles.ledger.entry import Body
from cycles.ledger.findings import Finding

__all__ = ["DEFINE", "Defining", "Definings", "check_defining", "defining_data"]

#: The act of such an entry, and how its subject begins.
DEFINE: Final = "define"
_SUBJECT: Final = "def:"
_IS_KEY: Final = re.compile(r"(?=.{1,64}$)[a-z][a-z0-9_]*(-[a-z0-9_]+)*").fullmatch
_MOST: Final = 2**31


class Defining(NamedTuple):
    """That a version was made the current one of its workflow, as the so-manyeth."""

    workflow: str
    number: int
    digest: str
    at: str


def defining_data(workflow: str, number: int) -> dict[str, Any]:
    """The data of the entry that makes a version current."""
    return {"workflow": workflow, "number": number}


def check_defining(subj: str, act: str, data: Mapping[str, Any]) -> None:
    """Raise `LedgerError` for an entry about a version that the service would never write."""
    if not subj.startswith(_SUBJECT) or act != DEFINE:
        raise LedgerError(f"{act!r:.60} of {subj!r:.80}: a version is defined, and nothing else")
    if data.keys() != {"workflow", "number"}:
        raise LedgerError("a definition says its workflow and its number, and no more")
    workflow, number = data["workflow"], data["number"]
    if type(workflow) is not str or _IS_KEY(workflow) is None:
        raise LedgerError(f"workflow: {workflow!r:.80} is no workflow's key")
    if type(number) is not int or not 1 <= number < _MOST:
        raise LedgerError(f"number: {number!r:.40} counts nothing")


class Definings:
    """All of a log, taken as the entries come and judged together at the end."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[Defining, int]]] = {}

    def take(self, body: Body) -> None:
        """Take an entry about a version; raises `LedgerError` as `check_defining` does."""
        check_defining(body.subj, body.act, body.data)
        one = Defining(
            workflow=body.data["workflow"],
            number=body.data["number"],
            digest=body.subj.removeprefix(_SUBJECT),
            at=body.at,
        )
        self._found.setdefault(one.workflow, []).append((one, body.seq))

    def findings(self, workflow_of: Mapping[str, str | None]) -> Iterator[Finding]:
        """Where the makings of a workflow do not follow each other, one after the other.

        Args:
            workflow_of: Digest → the workflow that the version there says it is of; `None` or
                nothing where that cannot be told, which has a finding of its own.
        """
        for _, found in sorted(self._found.items()):
            before: Defining | None = None
            for one, seq in sorted(found):
                told = _wrong(before, one) or _of_another(one, workflow_of.get(one.digest))
                if told is not None:
                    yield Finding(
                        code="current_unclear", subj=_SUBJECT + one.digest, seq=seq, detail=told
                    )
                before = one

    def differences(self, stored: Iterable[Defining]) -> Iterator[Finding]:
        """What a database holds of them otherwise than the entries say."""
        said = {one for found in self._found.values() for one, _ in found}
        held = set(stored)
        for one in sorted(said ^ held):
            told = "not stored" if one in said else "stored, and no entry says so"
            detail = f"{one.workflow} number {one.number}: {told}"
            yield Finding(code="replay_differs", subj=_SUBJECT + one.digest, detail=detail)


def _wrong(before: Defining | None, one: Defining) -> str | None:
    expected = 1 if before is None else before.number + 1
    if one.number != expected:
        return f"{one.workflow}: number {one.number}, where {expected} would follow"
    if before is not None and before.digest == one.digest:
        return f"{one.workflow}: number {one.number} makes current what already was"
    if before is not None and one.at < before.at:
        return f"{one.workflow}: number {one.number} is older than number {before.number}"
    return None


def _of_another(one: Defining, workflow: str | None) -> str | None:
    if workflow in (None, one.workflow):
        return None
    return f"defined as {one.workflow}, and is a version of {workflow}"
