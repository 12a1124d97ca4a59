"""When a record can be filed, and which filings a new one takes the place of."""

from __future__ import annotations

from cycles.engine.cycle import Cycle, Filing
from cycles.engine.offers import possible
from cycles.engine.people import People
from cycles.errors import FieldFault, InvalidInputError, WrongStateError
from cycles.workflow.version import Version

__all__ = ["lateness", "refuse_held_back", "superseded_by"]


def superseded_by(
    version: Version, cycle: Cycle, record: str, person: str, round_no: int
) -> tuple[Filing, ...]:
    """The current filings that one of this identity takes the place of (LANGUAGE `one_per`)."""
    one_per = version.workflow.records[record].one_per
    if "filing" in one_per:
        return ()
    by_person, by_round = "person" in one_per, "round" in one_per
    return tuple(
        f
        for f in cycle.filings
        if f.record == record
        and f.current
        and (not by_person or f.person == person)
        and (not by_round or f.round == round_no)
    )


def lateness(people: People, name: str, round_no: int, by: str) -> bool:
    """Whether the filing is late; refused where it may not be, or where it is too early."""
    version, cycle = people.version, people.cycle
    kind, states = version.workflow.records[name], version.file_in[name]
    by_round = "round" in kind.one_per
    if not 1 <= round_no <= cycle.round or (not by_round and round_no != cycle.round):
        fault = FieldFault(field="round", code="no_such_round", data={"now": cycle.round})
        raise InvalidInputError([fault])
    if cycle.state in states and round_no == cycle.round:
        return False
    been = {v.state for v in cycle.visits if not by_round or v.round == round_no}
    if states & been and kind.late == "accept":
        return True
    raise WrongStateError(
        f"{name!r} is filed in {', '.join(sorted(states))}, not in {cycle.state}",
        possible=possible(people, by),
        data={"record": name, "file_in": sorted(states), "late": bool(states & been)},
    )


def refuse_held_back(people: People, name: str, round_no: int) -> None:
    """Raises `WrongStateError` while the record waits for a day, or for another record."""
    held = people.held_back(name, round_no)
    if isinstance(held, str):
        raise WrongStateError(
            f"first {held!r} is needed", possible=[f"file:{held}"], data={"after": held}
        )
    if held is not None:
        raise WrongStateError(f"not before {held}", data={"waits_until": held.isoformat()})
