"""The laws of the engine, kept by any workflow and checked while cycles of it are played at random.

`check_laws(version)` is the whole test of a workflow file: it plays cycles of it with Hypothesis,
which makes a play that breaks a law as short as it can, and shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from cycles.engine.access import may_read, may_read_point
from cycles.engine.auditing import audited
from cycles.engine.commands import (
    Advance,
    Answer,
    Command,
    Excuse,
    Merge,
    Reveal,
    Staff,
    Turn,
    Verify,
    Waive,
)
from cycles.engine.cycle import Cycle, Filing
from cycles.engine.decide import decide
from cycles.engine.evolve import Event, evolve, guard_names, replay
from cycles.engine.guards import verdicts_of
from cycles.engine.lifecycle import is_over
from cycles.engine.offers import offers
from cycles.engine.people import People
from cycles.engine.reveal import is_hidden
from cycles.engine.rights import deciders, lifecycle_people, may_fire
from cycles.engine.tasks import schedule, tasks_of, waiting, ways_on
from cycles.engine.what_if import what_if
from cycles.errors import (
    BlockedError,
    NotAllowedError,
    RefusedError,
    ReplayError,
)
from cycles.testing.filling import MARK, Choose
from cycles.testing.playing import KEY, Play, Step
from cycles.workflow.definition import Guard, Transition
from cycles.workflow.version import Version

__all__ = ["LAWS", "Law", "check_laws", "check_play", "chooser"]

_REASON = "密：有原因"


class Law:
    """One law; its first line is what it promises. Each play has a law of its own."""

    name: ClassVar[str]

    def after(self, play: Play, step: Step) -> None:
        """Look at what has just happened."""

    def at_end(self, play: Play) -> None:
        """Look at how the play ended; nothing comes after."""


class OneEntryEach(Law):
    """Every accepted command makes one entry, a refused one nothing; the log gives the cycle.

    Entries hold no text that people wrote, so erasing all of those changes no replay.
    """

    name = "one-entry-each"

    def after(self, play: Play, step: Step) -> None:
        """The entry follows from the cycle before it, and carries no text."""
        if step.decision is None:
            _hold(step.before is None or play.cycle is step.before, "a refusal changed the cycle")
            return
        entry, before = step.decision.entry, step.before
        seq = before.revision + 1 if before else 1
        _hold(entry.seq == step.decision.after.revision == seq, "not one entry more")
        _hold(evolve(play.version, before, entry) == step.decision.after, "evolves elsewhere")
        _hold(MARK not in str(entry), "a text stands in the clear part", entry)

    def at_end(self, play: Play) -> None:
        """Replay gives the cycle, to which nothing was done on the side."""
        _hold(replay(play.version, play.log) == play.cycle, "replay gives another cycle")


class ShownIsEnforced(Law):
    """A transition shown as allowed succeeds if sent at once; a blocked one is refused just so."""

    name = "shown-is-enforced"

    def after(self, play: Play, step: Step) -> None:
        """Somebody sends each transition that is shown to them."""
        person = play.choose(play.everybody)
        for offer in offers(play.people, person):
            unmet = tuple(v for v in offer.verdicts if not v.passes)
            told = (person, offer.transition)
            try:
                came = play.decide(person, Advance(transition=offer.transition, reason=_REASON))
            except BlockedError as refusal:
                _hold(offer.may and unmet, "blocked, but shown as allowed", told)
                _hold(refusal.verdicts == unmet, "refused with other verdicts", told)
            except NotAllowedError:
                _hold(not offer.may, "not allowed, but shown as theirs", told)
            else:
                _hold(offer.allowed, "accepted, but shown as blocked", told)
                _hold(came.entry.to == offer.to, "leads elsewhere", told)


class AskedCanDo(Law):
    """What a task asks can be done at once by whom it asks, and a waiver shown is taken.

    Tasks with a day are there on that day, if nothing happens before.
    """

    name = "asked-can-do"

    def after(self, play: Play, step: Step) -> None:
        """One of today's tasks is done; a day that is announced is looked at."""
        tasks = tasks_of(play.people)
        if tasks:
            task = play.choose(tasks)
            command = play.command_for(task)
            if command is not None:
                _accepted(play, task.person, command, "a task cannot be done", task)
        for verdict in _unmet(play.people):
            for person in verdict.waivable_by:
                waive = Waive(guard=verdict.guard, reason=_REASON)
                _accepted(play, person, waive, "a waiver is not taken", verdict)
        planned = schedule(play.people)
        today = {structs.replace(t, until=None) for t in planned if t.since is None}
        _hold(today == set(tasks), "today's tasks are planned otherwise")
        for day in {t.since for t in planned if t.since is not None}:
            then = replace(play.around, today=day)
            there = {(t.person, t.do) for t in tasks_of(replace(play.people, around=then))}
            due = {(t.person, t.do) for t in planned if t.since == day}
            _hold(due <= there, "a task is not there on its day", day)


class SomebodyIsAsked(Law):
    """A cycle that goes on has somebody with a task, or says for what day or cycle it waits."""

    name = "somebody-is-asked"

    def after(self, play: Play, step: Step) -> None:
        """Neither ended nor at rest: then somebody is asked, or something is waited for."""
        state = play.version.workflow.states.get(play.cycle.state)
        if is_over(play.people) or (state and state.rests):
            return
        waits = waiting(play.people)
        asked = tasks_of(play.people) or waits.until or waits.cycles
        told = [(v.guard, v.code, v.remedies) for v in _unmet(play.people)]
        _hold(asked, "nobody is asked for anything", play.cycle.state, told)


class RemediesOpen(Law):
    """When all that a transition's verdicts ask is done and its days have come, it is allowed."""

    name = "remedies-open"

    def at_end(self, play: Play) -> None:
        """Everybody does what some way on asks."""
        play.away = ()
        if play.cycle.state == "suspended":
            able = lifecycle_people(play.people, "resume")
            play.send(able[0], Turn(verb="resume", reason=_REASON))
        ways = [
            name
            for name, (_, verdicts) in ways_on(play.people).items()
            if not any(v.never and not v.passes for v in verdicts)
        ]
        if not ways or not play.runs:
            return
        name, visit = play.choose(ways), play.cycle.visit.number
        left = play.clear(name)
        _hold(left is None, name, left)
        way = play.version.workflow.transitions[name]
        unmet = [v for v in verdicts_of(play.people, way, None) if not v.passes]
        if play.cycle.visit.number != visit or any(v.never for v in unmet):
            return
        able = deciders(play.people, way)
        _hold(able, "open, and nobody may decide", name)
        command = Advance(transition=name, reason=_REASON)
        _accepted(play, able[0], command, "all is done, and it is not allowed", name)


class RoundsAreCounted(Law):
    """Rounds never pass their maximum, and none that a guard asks for is left out."""

    name = "rounds-are-counted"

    def after(self, play: Play, step: Step) -> None:
        """The round moves by one with `round: next` alone."""
        limits = play.version.workflow.rounds
        _hold(play.cycle.round <= limits.max, "more rounds than there may be")
        if step.decision is None or step.before is None:
            return
        entry = step.decision.entry
        name = _fired(play.version, entry)
        way = play.version.workflow.transitions[name] if name else None
        more = 1 if way and way.round == "next" else 0
        _hold(play.cycle.round == step.before.round + more, "the round moved", name)
        for guard in way.guards if way else ():
            if guard.rounds and entry.guards[f"{name}.{guard.name}"] == "met":
                least = guard.rounds.at_least
                least = limits.min if least == "min" else least
                _hold(step.before.round >= int(least), "too early a round", name)


class PausesLeaveNoTrace(Law):
    """Suspending and resuming changes nothing but the log and the revision.

    Meanwhile people may be exchanged and the cycle be ended; nothing else is taken.
    """

    name = "pauses-leave-no-trace"

    def after(self, play: Play, step: Step) -> None:
        """The cycle is suspended and resumed, on the side; meanwhile it takes no other work."""
        if play.cycle.state == "suspended":
            for earlier in play.steps:
                if earlier.decision is None or earlier.before is None or earlier.by is None:
                    continue
                if earlier.command is not None and not isinstance(earlier.command, (Turn, Staff)):
                    _refused(play, earlier.by, earlier.command, "work goes on in a pause")
        if not play.runs:
            return
        after = play.cycle
        for verb in ("suspend", "resume"):
            people = People(play.version, after, play.around)
            able = lifecycle_people(people, verb)
            _hold(able, "nobody may do it", verb)
            by, command = able[0], Turn(verb=verb, reason=_REASON)
            after = decide(
                play.version, after, command, by=by, around=play.around, content_key=KEY
            ).after
        _hold(
            structs.replace(after, revision=play.cycle.revision) == play.cycle,
            "a pause left a trace",
        )


class EndsAreFinal(Law):
    """A cycle that has ended takes no command but reopening."""

    name = "ends-are-final"

    def after(self, play: Play, step: Step) -> None:
        """Everything that was ever taken is sent again, by those who sent it."""
        if not is_over(play.people):
            return
        earlier = [(s.by, s.command) for s in play.steps if s.decision and s.before]
        earlier += [("p_deputy", Turn(verb=v, reason=_REASON)) for v in ("suspend", "cancel")]
        for by, command in earlier:
            if by is None or command is None or _reopens(command):
                continue
            _refused(play, by, command, "a command is taken after the end")


class HiddenStaysHidden(Law):
    """Nobody reads a hidden record before its rule allows, and nothing is hidden again."""

    name = "hidden-stays-hidden"

    def __init__(self) -> None:
        self.shown: set[tuple[str, str]] = set()

    def after(self, play: Play, step: Step) -> None:
        """Whoever can read something has a reason that stands in the log."""
        people = play.people
        person = play.choose(play.everybody)
        for filing in people.cycle.filings:
            if may_read(people, person, filing):
                _hold(_has_reason(play, person, filing), "read too early", person, filing)
        for point in people.cycle.points.values():
            filing = next(f for f in people.cycle.filings if f.id == point.filing)
            if may_read_point(people, person, point) and person != point.raised_by:
                _hold(_has_reason(play, person, filing), "a point read too early", person)
        for someone in play.everybody:
            for filing in people.cycle.filings:
                if not is_hidden(people, someone, filing):
                    self.shown.add((someone, filing.id))
                elif (someone, filing.id) in self.shown:
                    _hold(False, "hidden again", someone, filing)
        if step.decision is not None and step.by is not None and step.before is not None:
            for key in _points_of(step.command):
                before = replace(people, cycle=step.before, around=step.around)
                known = may_read_point(before, step.by, step.before.points[key])
                _hold(known, "acted on what they could not read", step.by, key)


class TrialsTouchNothing(Law):
    """What-if decides as in earnest, touches nothing, and shows nothing that is hidden."""

    name = "trials-touch-nothing"

    def after(self, play: Play, step: Step) -> None:
        """Somebody tries one or two commands, and then to act on what they cannot read."""
        person = play.choose(play.everybody)
        hidden = [
            p for p in play.cycle.points.values() if not may_read_point(play.people, person, p)
        ]
        commands = _plausible(play, person)
        if commands and not hidden:
            commands = [play.choose(commands)]
        for first in commands:
            self.try_out(play, person, first, {p.id for p in hidden})

    def try_out(self, play: Play, person: str, first: Command, hidden: set[str]) -> None:
        """One command, and then an answer to each hidden point."""
        before = play.cycle
        probes = [Answer(point=key, disposition="adopted") for key in sorted(hidden)]
        trials = what_if(
            play.version, before, [first, *probes],
            by=person, around=play.around, content_key=KEY,
        )  # fmt: skip
        _hold(play.cycle is before and trials[-1].after.id == before.id, "a trial touched it")
        try:
            earnest = play.decide(person, first)
        except RefusedError as refusal:
            _hold(type(trials[0].refusal) is type(refusal), "refused in earnest only", first)
        else:
            _hold(trials[0].decision == earnest, "a trial comes to something else", first)
        for trial in trials[1:]:
            faults = getattr(trial.refusal, "faults", None)
            _hold(trial.refusal is not None, "a trial acts on what is hidden", first)
            if faults is not None:
                _hold({f.code for f in faults} == {"unknown"}, "a trial knows what is hidden")
                shown = hidden & {key for f in faults for key in f.data["known"]}
                _hold(not shown, "a trial names what is hidden", shown)


class RolesAreHeld(Law):
    """Nobody acts in a role that they do not hold that day, nor without an account."""

    name = "roles-are-held"

    def after(self, play: Play, step: Step) -> None:
        """Who acted, and for whom, held the role of the entry before it was made."""
        if step.decision is None or step.before is None:
            return
        entry = step.decision.entry
        there = People(play.version, step.before, step.around)
        _hold(step.around.directory.is_enabled(entry.actor), "a disabled account acted")
        _hold(entry.actor == step.by, "somebody else acted")
        if entry.role is not None:
            whose = entry.for_ or entry.actor
            _hold(whose in there.of((entry.role,)), "not their role", whose, entry.role)
        if entry.act in play.version.workflow.transitions:
            way = play.version.workflow.transitions[entry.act]
            _hold(entry.actor in may_fire(there, way), "not theirs to fire", entry.act)
        match step.command:
            case Turn(verb=verb) if verb != "reopen":
                able = lifecycle_people(there, verb)
            case Staff(verb=verb, person=person, to=to):
                able = lifecycle_people(there, verb, tuple(p for p in (person, to) if p))
                _hold(entry.actor not in (person, to), "cleared what concerns themselves")
            case Excuse(person=person):
                able = lifecycle_people(there, "excuse", (person,))
            case Waive(guard=guard):
                able = tuple(p for v in _unmet(there) if v.guard == guard for p in v.waivable_by)
            case _:
                return
        _hold(entry.actor in able, "not theirs to do", step.command)


class LiesAreFound(Law):
    """An auditor's replay takes every entry as it was made, and none that was tampered with."""

    name = "lies-are-found"

    def after(self, play: Play, step: Step) -> None:
        """The true entry is taken, forged ones are not."""
        if step.decision is not None:
            entry = step.decision.entry
            after = audited(play.version, step.before, entry)
            _hold(after == step.decision.after, "judged again, it comes to something else")
            if step.before is not None:
                for lie in _tampered(play.version, step.before, entry):
                    _lie(play.version, step.before, lie)
        for lie in _forged(play):
            _lie(play.version, play.cycle, lie)


#: Every law by its name.
LAWS: dict[str, type[Law]] = {
    law.name: law
    for law in (
        OneEntryEach,
        ShownIsEnforced,
        AskedCanDo,
        SomebodyIsAsked,
        RemediesOpen,
        RoundsAreCounted,
        PausesLeaveNoTrace,
        EndsAreFinal,
        HiddenStaysHidden,
        TrialsTouchNothing,
        RolesAreHeld,
        LiesAreFound,
    )
}


def check_laws(
    version: Version, *, laws: Iterable[str] = tuple(LAWS), plays: int = 25, steps: int = 25
) -> None:
    """Play cycles of the workflow at random, and check the laws at every step.

    Args:
        version: The workflow, as `load` gives it.
        laws: Names of `LAWS`.
        plays: How many cycles are played.
        steps: How many things happen in each.

    Raises:
        AssertionError: A law does not hold; Hypothesis tells of the shortest play it found.
        RefusedError: A cycle cannot even be opened in a small school.
    """
    names = tuple(laws)

    @settings(
        max_examples=plays, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def play(data: st.DataObject) -> None:
        check_play(version, chooser(data), laws=names, steps=steps)

    play()


def check_play(
    version: Version, choose: Choose, *, laws: Iterable[str] = tuple(LAWS), steps: int = 25
) -> Play:
    """One play with the laws checked at every step; what was played."""
    kept = [LAWS[name]() for name in laws]
    play = Play(version, choose)
    play.watchers = [partial(law.after, play) for law in kept]
    play.open()
    for _ in range(steps):
        play.step()
    play.watchers = []
    for law in kept:
        law.at_end(play)
    return play


def chooser(data: st.DataObject) -> Choose:
    """A choice that Hypothesis draws; it tends to the first option where a play is made short."""

    def choose(options: Any) -> Any:
        return options[data.draw(_up_to(len(options)))]

    return choose


_INTEGERS: dict[int, st.SearchStrategy[int]] = {}


def _up_to(size: int) -> st.SearchStrategy[int]:
    return _INTEGERS.setdefault(size, st.integers(0, size - 1))


def _hold(holds: Any, told: str, *about: Any) -> None:
    if not holds:
        raise AssertionError(": ".join([told, *map(str, about)]))


def _accepted(play: Play, by: str, command: Command, told: str, about: Any) -> None:
    try:
        play.decide(by, command)
    except RefusedError as refusal:
        raise AssertionError(f"{told}: {by}: {about}: {refusal!r} {refusal.details()}") from refusal


def _refused(play: Play, by: str, command: Command, told: str) -> None:
    try:
        play.decide(by, command)
    except RefusedError:
        return
    raise AssertionError(f"{told}: {by}: {command}")


def _unmet(people: People) -> Iterator[Any]:
    for _, way in people.version.leaving.get(people.cycle.state, ()):
        yield from (v for v in verdicts_of(people, way, None) if not v.passes)


def _fired(version: Version, entry: Event) -> str | None:
    return entry.act if entry.act in version.workflow.transitions else entry.fired


def _reopens(command: Command) -> bool:
    return isinstance(command, Turn) and command.verb == "reopen"


def _points_of(command: Command | None) -> tuple[str, ...]:
    match command:
        case Answer() | Verify():
            return (command.point,)
        case Merge():
            return (command.into, *command.points)
    return ()


def _has_reason(play: Play, person: str, filing: Filing) -> bool:
    """What in the log lets the person read the filing, its `reveal` rule alone considered."""
    kind = play.version.workflow.records[filing.record]
    if kind.reveal is None or person in (filing.person, filing.typed_by):
        return True
    states = play.version.workflow.states
    for entry in play.log:
        final = entry.to in states and states[entry.to].final
        if entry.round > filing.round or (entry.round == filing.round and final):
            return True
        if entry.round == filing.round and entry.to == kind.reveal.from_:
            return True
        data = entry.data
        shown = (entry.act, data.get("record"), entry.round)
        if shown == ("reveal", filing.record, filing.round):
            return True
        own = entry.act == "file" and (entry.for_ or entry.actor) == person
        own = own and kind.reveal.own and data["record"] == filing.record
        if own and (data["round"] == filing.round or "round" not in kind.one_per):
            return True
    return False


def _plausible(play: Play, person: str) -> list[Command]:
    """Commands that the person might send now."""
    workflow, people = play.version.workflow, play.people
    here = (
        record
        for record, kind in workflow.records.items()
        if play.cycle.state in play.version.file_in[record] and person in people.of(kind.by)
    )
    found: list[Command] = [play.filing(record, person) for record in here]
    found += [Reveal(record=r) for r, kind in workflow.records.items() if kind.reveal]
    ways = play.version.leaving.get(play.cycle.state, ())
    found += [Advance(transition=name, reason=_REASON) for name, _ in ways]
    return found


def _lie(version: Version, before: Cycle, lie: Event) -> None:
    try:
        audited(version, before, lie)
    except ReplayError:
        return
    raise AssertionError(f"a lie is believed: {lie}")


def _tampered(version: Version, before: Cycle, entry: Event) -> Iterator[Event]:
    """The entry with one thing in it changed that cannot be true."""
    yield structs.replace(entry, seq=entry.seq + 1)
    yield structs.replace(entry, seq=entry.seq - 1)
    yield structs.replace(entry, from_="elsewhere")
    yield structs.replace(entry, to="elsewhere")
    yield structs.replace(entry, round=entry.round + 1)
    yield structs.replace(entry, act="no_such_act")
    yield structs.replace(entry, definition_id="another")
    yield structs.replace(entry, role="no.such.role")
    yield structs.replace(entry, for_="p_nobody")
    yield structs.replace(entry, data={**entry.data, "text": "x"})
    if entry.data.keys() - {"saw"}:
        yield structs.replace(entry, data={})
    if entry.act == "file":
        late, supersedes = entry.data["late"], entry.data["supersedes"]
        yield structs.replace(entry, data={**entry.data, "late": not late})
        yield structs.replace(entry, data={**entry.data, "supersedes": [*supersedes, "0"]})
        yield structs.replace(entry, data={**entry.data, "filing": "0"})
        yield structs.replace(entry, role=None)
    if entry.guards:
        yield structs.replace(entry, guards={})
    name = _fired(version, entry)
    for guard in version.workflow.transitions[name].guards if name else ():
        key = f"{name}.{guard.name}"
        if _in_the_log(version, guard):
            other = "waived" if entry.guards[key] == "met" else "met"
            yield structs.replace(entry, guards={**entry.guards, key: other})
            yield structs.replace(entry, guards={**entry.guards, key: "unmet"})
    for role in version.workflow.roles:
        held = [p for h in (before.roles.get(role, ()),) for p in h]
        held += [s.to for s in before.substitutions if s.role == role]
        if (entry.for_ or entry.actor) not in held and version.workflow.roles[role].from_ is None:
            yield structs.replace(entry, role=role)


def _forged(play: Play) -> Iterator[Event]:
    """Transitions that are blocked, told as if they had happened."""
    people = play.people
    for name, way in play.version.leaving.get(play.cycle.state, ()):
        guards = {g.name: g for g in way.guards}
        blocked = any(
            v.guard not in guards or _in_the_log(play.version, guards[v.guard])
            for v in verdicts_of(people, way, None)
            if not v.passes and (v.after is None or v.after not in guards)
        )
        if not blocked:
            continue
        yield Event(
            cycle=play.cycle.id,
            definition_id=play.cycle.definition_id,
            seq=play.cycle.revision + 1,
            act=name,
            from_=play.cycle.state,
            to=way.to,
            fired=None,
            round=play.cycle.round + (way.round == "next"),
            at=play.around.now + timedelta(minutes=1),
            actor="p_head",
            for_=None,
            role=None,
            guards={f"{name}.{guard}": "met" for guard in guard_names(way)},
            data=_saw(way),
        )


def _saw(way: Transition) -> dict[str, Any]:
    saw = {g.name: [0, "x"] for g in way.guards if g.linked is not None}
    return {"saw": saw} if saw else {}


def _in_the_log(version: Version, guard: Guard) -> bool:
    """Whether what the guard looks at stands in the log, whatever the directory said that day."""
    if guard.filed is not None:
        form = version.workflow.records[guard.filed.record].form
        return guard.filed.by is None and all(f.of is None for f in form.values())
    return guard.kind in ("answered", "changed", "rounds", "distinct", "not_before", "field")
