"""Every record that is asked for can be filed, and every point is answered."""

from __future__ import annotations

from collections.abc import Iterator

from cycles.workflow.checks.finding import Finding, KeyPath, guards_of
from cycles.workflow.checks.graph import reach
from cycles.workflow.definition import Guard, Who
from cycles.workflow.version import Version

__all__ = ["CHECKS"]

_WITHOUT_REMEDY = ("rounds", "field", "separate")


def has_a_place(version: Version) -> Iterator[Finding]:
    """Every record may be filed in some state."""
    for name, states in version.file_in.items():
        if not states:
            told = "no guard asks for it, so nobody could file it; say `file_in: [states]`"
            yield Finding(path=("records", name), code="record-nowhere", message=told)
        for index, state in enumerate(version.workflow.records[name].file_in or ()):
            place = version.workflow.states.get(state)
            if place is not None and place.final:
                told = f"nothing is filed in `{state}`, for it is final; delete it here"
                path = ("records", name, "file_in", index)
                yield Finding(path=path, code="file-in-final", message=told)


def _looked_at(version: Version, guard: Guard) -> Iterator[tuple[KeyPath, str]]:
    """The records without which a guard stays unmet, and where it names them."""
    workflow = version.workflow
    if guard.filed:
        yield ("filed", "record"), guard.filed.record
        for index, atom in enumerate(guard.filed.by or ()):
            role = workflow.roles.get(atom)
            if role and role.from_:
                yield ("filed", "by", index), role.from_.partition(".")[0]
    if guard.consent:
        yield ("consent", "to"), guard.consent.to
    for kind, rule in (
        ("distinct", guard.distinct),
        ("not_before", guard.not_before),
        ("field", guard.field),
    ):
        if rule is not None:
            yield (kind, "field"), rule.field.partition(".")[0]


def asked_in_time(version: Version) -> Iterator[Finding]:
    """No round comes to a guard over a record without a state in which it may be filed."""
    workflow = version.workflow
    every: dict[str, list[str]] = {}
    inner: dict[str, list[str]] = {}
    entries = [workflow.start]
    for way in workflow.transitions.values():
        if way.round:
            entries.append(way.to)
        for state in way.from_:
            every.setdefault(state, []).append(way.to)
            if not way.round:
                inner.setdefault(state, []).append(way.to)
    known: dict[str, set[str]] = {}
    for name, transition in workflow.transitions.items():
        asked = [
            (("transitions", name, "guards", index, *path), record)
            for index, guard in enumerate(transition.guards)
            if not guard.waivable_by
            for path, record in _looked_at(version, guard)
        ]
        for path, record in asked:
            if record not in workflow.records:
                continue
            if record not in known:
                per_round = "round" in workflow.records[record].one_per
                starts, edges = (entries, inner) if per_round else ([workflow.start], every)
                known[record] = reach(starts, edges, version.file_in[record])
            stuck = [s for s in transition.from_ if s in known[record]]
            if stuck and version.file_in[record]:
                told = (
                    f"`{stuck[0]}` can be reached without a state in which `{record}` may be "
                    f"filed; add it to the record's `file_in`"
                )
                yield Finding(path=path, code="cannot-file", message=told)


def filed_by(version: Version) -> Iterator[Finding]:
    """Those from whom a guard wants a record may file it."""
    workflow = version.workflow
    for _, path, guard in guards_of(workflow):
        rule = guard.filed
        if rule is None or rule.record not in workflow.records:
            continue
        kind = workflow.records[rule.record]
        for atom in rule.by or ():
            role = workflow.roles.get(atom)
            wanted = {atom}
            if role and role.from_ and atom not in kind.by:
                record, _, name = role.from_.partition(".")
                source = workflow.records.get(record)
                field = source.form.get(name) if source else None
                wanted = set(field.of or (atom,)) if field else set()
            # What is unknown has a fault of its own.
            wanted = {a for a in wanted if a in workflow.roles or "." in a} - set(kind.by)
            if wanted:
                told = f"`{atom}` may not file `{rule.record}`; its `by` is {', '.join(kind.by)}"
                yield Finding(path=(*path, "filed", "by"), code="filed-by", message=told)
        most = _most(version, rule.by or kind.by)
        single = not {"person", "filing"} & set(kind.one_per)
        if rule.by is not None and single and most != 1 and rule.at_least != 1:
            told = (
                f"`{rule.record}` is one for all, and each filing replaces the one before; "
                "say `one_per: [person, round]`, or leave `by` out here"
            )
            yield Finding(path=(*path, "filed", "by"), code="filed-once", message=told)
        if rule.at_least and (
            (rule.by is None and single and rule.at_least > 1)
            or (most is not None and rule.at_least > most and "filing" not in kind.one_per)
        ):
            top = most if most is not None and not single else 1
            told = (
                f"there are at most {top} of `{rule.record}`, never {rule.at_least}; ask for fewer"
            )
            yield Finding(path=(*path, "filed", "at_least"), code="at-least", message=told)


def _most(version: Version, who: Who) -> int | None:
    """How many people an expression names at most; `None` without limit."""
    most = 0
    for atom in who:
        role = version.workflow.roles.get(atom)
        if role is None or role.from_ or role.most is None:
            return 1 if who == ("opener",) else None
        most += role.most
    return most


def distinct(version: Version) -> Iterator[Finding]:
    """What must differ from earlier rounds is filed anew in each."""
    workflow = version.workflow
    for _, path, guard in guards_of(workflow):
        owner = guard.distinct.field.partition(".")[0] if guard.distinct else None
        told = ""
        if owner == "subject":
            told = "said once, at opening, and the same in all rounds; name a record's field"
        elif owner in workflow.records and "round" not in workflow.records[owner].one_per:
            told = f"`{owner}` is not filed anew in each round; say `one_per: [round]` there"
        if told:
            yield Finding(path=(*path, "distinct", "field"), code="distinct-never", message=told)


def points(version: Version) -> Iterator[Finding]:
    """Points are asked an answer to; what is asked of points is asked of records with points."""
    workflow = version.workflow
    answered = set()
    for _, path, guard in guards_of(workflow):
        rule = guard.answered or guard.verified
        if rule and rule.points in workflow.records and rule.points not in version.point_fields:
            told = (
                f"`{rule.points}` has no field of type points or items; add one or drop the guard"
            )
            yield Finding(path=path, code="no-points", message=told)
        if guard.answered:
            answered.add(guard.answered.points)
        if guard.verified and not any(t.round for t in workflow.transitions.values()):
            told = "nothing is ever looked for again without `round: next`; drop the guard"
            yield Finding(path=path, code="verified-never", message=told)
    for record, names in version.point_fields.items():
        path = ("records", record, "form", names[0])
        if record not in answered:
            told = (
                f"no guard asks an answer to these; add `answered: {{points: {record}}}` to a way"
            )
            yield Finding(path=path, code="points-unanswered", message=told)
        unowned = any(workflow.records[record].form[n].owner is None for n in names)
        if unowned and version.about_role(record) is None:
            told = "whose points are these? say `about: role` on the record"
            yield Finding(path=path, code="points-unowned", message=told)
    for name, kind in workflow.records.items():
        if kind.merge and name not in version.point_fields:
            told = "only points can be merged; leave it out"
            yield Finding(path=("records", name, "merge"), code="merge", message=told)
        if kind.about and kind.by == (kind.about,):
            told = "nobody files about themselves; name others in `by`"
            yield Finding(path=("records", name, "about"), code="about-oneself", message=told)


def changed(version: Version) -> Iterator[Finding]:
    """A record that must change can be filed in the state that is being left."""
    for name, path, guard in guards_of(version.workflow):
        if guard.changed and (places := version.file_in.get(guard.changed.record)) is not None:
            missing = [s for s in version.workflow.transitions[name].from_ if s not in places]
            if missing:
                told = f"it cannot be filed in `{missing[0]}`; add that to its `file_in`"
                yield Finding(path=path, code="changed-never", message=told)


def reveals(version: Version) -> Iterator[Finding]:
    """A hidden record is shown at last, and only a quorum lets people show it."""
    quorums = {g.filed.record for _, _, g in guards_of(version.workflow) if g.filed and g.filed.by}
    for name, kind in version.workflow.records.items():
        if kind.reveal and kind.reveal.by and name not in quorums:
            told = "shown only past a quorum, and no `filed` guard with `by` sets one; use `from`"
            yield Finding(path=("records", name, "reveal"), code="reveal-never", message=told)


def negations(version: Version) -> Iterator[Finding]:
    """`not` stands only over guards that nobody is asked to clear."""
    for _, path, guard in guards_of(version.workflow):
        if guard.not_ and guard.not_.kind not in _WITHOUT_REMEDY:
            told = f"`not` goes with {', '.join(_WITHOUT_REMEDY)} only; say it the other way round"
            yield Finding(path=(*path, "not"), code="not", message=told)


def choices(version: Version) -> Iterator[Finding]:
    """A comparison with a choice names one of its options."""
    workflow = version.workflow
    for _, path, guard in guards_of(workflow):
        if guard.field is None:
            continue
        owner, _, name = guard.field.field.partition(".")
        form = workflow.subject if owner == "subject" else None
        if owner in workflow.records:
            form = workflow.records[owner].form
        field = (form or {}).get(name)
        given = [guard.field.is_, guard.field.is_not, *(guard.field.in_ or ())]
        for value in given:
            if field and field.options and value is not None and value not in field.options:
                told = f"no option `{value}`; known: {', '.join(field.options)}"
                yield Finding(path=(*path, "field"), code="unknown-option", message=told)


def wall(version: Version) -> Iterator[Finding]:
    """Names on a wall belong to points that somebody shows or merges."""
    for name, kind in version.workflow.records.items():
        led = kind.merge is not None or (kind.reveal is not None and kind.reveal.by is not None)
        if kind.wall_names and not (led and name in version.point_fields):
            told = "no meeting puts this record on a wall, for it needs points that are merged or "
            told += "shown by somebody; delete it here"
            yield Finding(path=("records", name, "wall_names"), code="wall-names", message=told)


CHECKS = (
    has_a_place,
    asked_in_time,
    filed_by,
    distinct,
    points,
    changed,
    wall,
    reveals,
    negations,
    choices,
)
