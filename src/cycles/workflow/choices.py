"""What a school chooses for itself in a workflow: its rounds, its quorums, names on the wall.

All else is its author's. A workflow with other choices is another version of it, as sound as the
first one was; the same choices again give the same version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pydantic import ValidationError

from cycles.errors import FieldFault, InvalidInputError
from cycles.workflow.checks import CHECKS
from cycles.workflow.definition import Filed, Guard, Who, Workflow
from cycles.workflow.meeting import meeting_of
from cycles.workflow.version import Version, every_guard

__all__ = [
    "MOST_PEOPLE",
    "MOST_ROUNDS",
    "Asked",
    "Choices",
    "Difference",
    "Measure",
    "asked_of",
    "choices_of",
    "differences",
    "with_choices",
]

#: More than these no school means.
MOST_ROUNDS: Final = 9
MOST_PEOPLE: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How many of those who are asked have to file: all, a part, a number, or both of these.

    Attributes:
        share: `all`, or a part like `2/3`; `None` where only the number counts.
        at_least: So many at least; `None` where only the part counts.
    """

    share: str | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A measure that the school may choose, and what it is about.

    Attributes:
        key: `transition.guard` of its first place.
        record: What is filed.
        by: By whom.
        ways: The transitions that ask for it.
        measure: As it is in this version.
    """

    key: str
    record: str
    by: Who
    ways: tuple[str, ...]
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """All that is the school's to choose in one workflow.

    Attributes:
        rounds: The least and the most; `None` where nothing is done twice.
        measures: By `Asked.key`.
        names: Whether the wall of its meeting says who said what; `None` where there is none.
    """

    rounds: tuple[int, int] | None
    measures: Mapping[str, Measure]
    names: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One choice that is another in a second version; `rest`: something else is, too.

    `before` and `after` are (least, most), `Measure`s or flags; `None` for `rest`.
    """

    what: Literal["rounds", "measure", "names", "rest"]
    asked: Asked | None = None
    before: Any = None
    after: Any = None


def asked_of(version: Version) -> tuple[Asked, ...]:
    """The measures that a school may choose, in the order of the ways."""
    found: dict[tuple[str, str, Who], Asked] = {}
    for name, guard in _measured(version.workflow):
        rule, by = guard.filed, guard.filed.by if guard.filed else None
        if rule is None or by is None:
            continue
        known = found.get((guard.name, rule.record, by))
        found[guard.name, rule.record, by] = (
            replace(known, ways=tuple(dict.fromkeys((*known.ways, name))))
            if known is not None
            else Asked(
                key=f"{name}.{guard.name}",
                record=rule.record,
                by=by,
                ways=(name,),
                measure=_measure(rule),
            )
        )
    return tuple(found.values())


def choices_of(version: Version) -> Choices:
    """What is chosen in this version."""
    workflow, meeting = version.workflow, meeting_of(version)
    loops = any(way.round == "next" for way in workflow.transitions.values())
    return Choices(
        rounds=(workflow.rounds.min, workflow.rounds.max) if loops else None,
        measures={asked.key: asked.measure for asked in asked_of(version)},
        names=None if meeting is None else workflow.records[meeting.words].wall_names,
    )


def with_choices(version: Version, wanted: Choices) -> Version:
    """The version that differs in these choices alone; what it does not have is left out.

    Raises `InvalidInputError` for choices that cannot be, or with which some step could never be
    made: `rounds.least`, `rounds.most`, or a measure's key with `.share` or `.at_least`.
    """
    now = choices_of(version)
    faults = [*_rounds_faults(now, wanted), *_measure_faults(now, wanted)]
    if faults:
        raise InvalidInputError(faults)
    plain = version.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if now.rounds is not None and wanted.rounds is not None:
        plain["rounds"] = {"min": wanted.rounds[0], "max": wanted.rounds[1]}
    for asked in asked_of(version):
        measure = wanted.measures.get(asked.key, asked.measure)
        if measure != asked.measure:
            for way in asked.ways:
                _set_measure(plain["transitions"][way]["guards"], asked, measure)
    meeting = meeting_of(version)
    if meeting is not None and wanted.names is not None:
        plain["records"][meeting.words]["wall_names"] = wanted.names
    try:
        made = Version.of(Workflow.model_validate(plain))
    except ValidationError:
        raise InvalidInputError([_fault("", "not_sound")]) from None
    _check(made)
    return made


def differences(before: Version, after: Version) -> tuple[Difference, ...]:
    """What is otherwise in a second version of a workflow."""
    old, new, found = choices_of(before), choices_of(after), list[Difference]()
    if None not in (old.rounds, new.rounds) and old.rounds != new.rounds:
        found.append(Difference(what="rounds", before=old.rounds, after=new.rounds))
    for asked in asked_of(before):
        measure = new.measures.get(asked.key, asked.measure)
        if measure != asked.measure:
            found.append(
                Difference(what="measure", asked=asked, before=asked.measure, after=measure)
            )
    if None not in (old.names, new.names) and old.names != new.names:
        found.append(Difference(what="names", before=old.names, after=new.names))
    if _plain_with(before, new) != after.workflow:
        found.append(Difference(what="rest"))
    return tuple(found)


def _plain_with(version: Version, wanted: Choices) -> Workflow | None:
    try:
        return with_choices(version, wanted).workflow
    except InvalidInputError:
        return None


def _measured(workflow: Workflow) -> Iterator[tuple[str, Guard]]:
    for name, way in workflow.transitions.items():
        for guard in every_guard(way.guards):
            if guard.filed is not None and guard.filed.by is not None:
                yield name, guard


def _measure(rule: Filed) -> Measure:
    if rule.all:
        return Measure(share="all")
    # What an author leaves out is two thirds, unless a number is given.
    share = None if rule.share is None else rule.quorum or "2/3"
    return Measure(share=share, at_least=rule.at_least)


def _set_measure(guards: list[dict[str, Any]], asked: Asked, measure: Measure) -> None:
    """Write the measure into all guards that it is of, nested ones included."""
    for guard in guards:
        rule = guard.get("filed")
        if (
            rule is not None
            and rule["record"] == asked.record
            and tuple(rule.get("by", ())) == asked.by
            and guard.get("id", "filed") == asked.key.partition(".")[2]
        ):
            for key in ("all", "quorum", "at_least"):
                rule.pop(key, None)
            if measure.share == "all":
                rule["all"] = True
            elif measure.share is not None:
                rule["quorum"] = measure.share
            if measure.at_least is not None:
                rule["at_least"] = measure.at_least
        _set_measure(guard.get("any", []), asked, measure)
        if guard.get("not"):
            _set_measure([guard["not"]], asked, measure)


def _rounds_faults(now: Choices, wanted: Choices) -> Iterator[FieldFault]:
    if now.rounds is None or wanted.rounds is None or now.rounds == wanted.rounds:
        return
    least, most = wanted.rounds
    if least < 1:
        yield _fault("rounds.least", "too_small")
    # With a single round the ways that begin another one would never open.
    if most < 2:
        yield _fault("rounds.most", "rounds_few")
    elif most > MOST_ROUNDS:
        yield _fault("rounds.most", "rounds_many", most=MOST_ROUNDS)
    elif least > most:
        yield _fault("rounds.most", "rounds_crossed")


def _measure_faults(now: Choices, wanted: Choices) -> Iterator[FieldFault]:
    for key, measure in wanted.measures.items():
        if measure == now.measures.get(key):
            continue
        if measure.share is None and measure.at_least is None:
            yield _fault(f"{key}.at_least", "measure_empty")
        if measure.share == "all" and measure.at_least is not None:
            yield _fault(f"{key}.at_least", "measure_all")
        if measure.share not in (None, "all") and not _is_part(measure.share or ""):
            yield _fault(f"{key}.share", "not_an_option")
        if measure.at_least is not None and not 1 <= measure.at_least <= MOST_PEOPLE:
            yield _fault(f"{key}.at_least", "measure_number", most=MOST_PEOPLE)


def _is_part(share: str) -> bool:
    try:
        Filed(record="x", by=("x",), quorum=share)
    except ValidationError:
        return False
    return True


def _check(made: Version) -> None:
    """Raise for a version that its checks would not let in from a file either."""
    found = (finding for check in CHECKS for finding in check(made))
    fields = dict.fromkeys(_field(made, finding.path) for finding in found)
    if fields:
        # What has no field of its own most likely follows from what has one.
        named = [field for field in fields if field] or [""]
        raise InvalidInputError([_fault(field, "not_sound") for field in named])


def _field(made: Version, path: tuple[str | int, ...]) -> str:
    """The choice that is wrong where a check finds something; empty if that cannot be told."""
    if "at_least" in path and "filed" in path:
        for asked in asked_of(made):
            if path[1] in asked.ways:
                return f"{asked.key}.at_least"
    return "rounds.most" if "rounds" in path or "round" in path else ""


def _fault(field: str, code: str, **data: Any) -> FieldFault:
    return FieldFault(field=field, code=code, data=data)
