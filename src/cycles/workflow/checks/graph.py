"""Every state is reached, is left, and leads to an end; every loop ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cycles.workflow.checks.finding import Finding, guards_of
from cycles.workflow.definition import Transition
from cycles.workflow.version import Version

__all__ = ["CHECKS", "reach"]


def reach(
    starts: Iterable[str], edges: Mapping[str, Iterable[str]], avoid: frozenset[str] = frozenset()
) -> set[str]:
    """The nodes reached from `starts` without entering any of `avoid`."""
    seen = {s for s in starts if s not in avoid}
    todo = list(seen)
    while todo:
        for after in edges.get(todo.pop(), ()):
            if after not in seen and after not in avoid:
                seen.add(after)
                todo.append(after)
    return seen


def _edges(ways: Iterable[Transition], *, back: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for way in ways:
        for state in way.from_:
            one, other = (way.to, state) if back else (state, way.to)
            found.setdefault(one, []).append(other)
    return found


def reachable(version: Version) -> Iterator[Finding]:
    """Some way leads from the start to every state."""
    workflow = version.workflow
    seen = reach([workflow.start], _edges(workflow.transitions.values()))
    for state in workflow.states if workflow.start in workflow.states else ():
        if state not in seen:
            told = (
                f"no transition leads from `{workflow.start}` to here; add one or delete the state"
            )
            yield Finding(path=("states", state), code="unreachable", message=told)


def dead_ends(version: Version) -> Iterator[Finding]:
    """A state that is not final is left by a transition that leads on; a final one by none."""
    workflow = version.workflow
    for name, state in workflow.states.items():
        ways = version.leaving[name]
        if state.final and ways:
            told = f"final, but `{ways[0][0]}` leaves it; delete `final` or the transition"
            yield Finding(path=("states", name), code="final-left", message=told)
        if not state.final and not state.rests and all(way.side for _, way in ways):
            told = (
                "nothing leads on from here; add a transition that is not `side`, or `final: true`"
            )
            yield Finding(path=("states", name), code="dead-end", message=told)
    if workflow.start in workflow.states and workflow.states[workflow.start].final:
        told = "a cycle would be over when it opens; start elsewhere"
        yield Finding(path=("start",), code="final-start", message=told)


def ends(version: Version) -> Iterator[Finding]:
    """From every state a final or resting one can be reached without side ways, in any round."""
    workflow = version.workflow
    goals = [n for n, s in workflow.states.items() if s.final or s.rests]
    ways = [t for t in workflow.transitions.values() if not t.side]
    reached = reach(goals, _edges(ways, back=True))
    for name in workflow.states:
        if name not in reached and any(not way.side for _, way in version.leaving[name]):
            told = "no way from here to a final state; add one"
            yield Finding(path=("states", name), code="no-way-to-end", message=told)
    here = [way for way in workflow.transitions.values() if way.round is None]
    last = reach([way.to for way in workflow.transitions.values() if way.round], _edges(here))
    ending = reach(goals, _edges([way for way in here if not way.side], back=True))
    for name in workflow.states:
        if name in last and name in reached and name not in ending:
            told = "in the last round no way leads from here to a final state; add one"
            yield Finding(path=("states", name), code="no-way-to-end", message=told)


def bounded(version: Version) -> Iterator[Finding]:
    """Every loop of ways that lead on holds a `round: next` or a reasoned return."""
    workflow = version.workflow
    free = {
        name: way
        for name, way in workflow.transitions.items()
        if not way.side and not way.reason and way.round is None
    }
    # What is left after taking away, again and again, states that nothing enters: the loops
    # and what follows them. Doing so from both ends leaves the loops and the ways between.
    for name, way in _on_loops(free).items():
        told = f"the loop through `{way.to}` never ends; say `round: next` or `reason: true` in it"
        yield Finding(path=("transitions", name), code="unbounded-loop", message=told)


def _on_loops(ways: Mapping[str, Transition]) -> dict[str, Transition]:
    """The first way, in file order, of each strongly connected part (Kosaraju, no recursion)."""
    forward, backward = _edges(ways.values()), _edges(ways.values(), back=True)
    order: list[str] = []
    seen: set[str] = set()
    for root in forward:
        todo: list[tuple[str, bool]] = [(root, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                todo.append((node, True))
                todo += [(after, False) for after in forward.get(node, ())]
    part: dict[str, str] = {}
    for root in reversed(order):
        if root not in part:
            for node in reach([root], backward, frozenset(part)):
                part[node] = root
    found: dict[str, tuple[str, Transition]] = {}
    for name, way in ways.items():
        for state in way.from_:
            if part[state] == part[way.to]:
                found.setdefault(part[state], (name, way))
    return dict(found.values())


def rounds(version: Version) -> Iterator[Finding]:
    """`rounds`, `round: next` and the guards over rounds agree."""
    workflow = version.workflow
    limits = workflow.rounds
    nexts = [n for n, t in workflow.transitions.items() if t.round]
    for name in nexts:
        if limits.max == 1:
            told = "never open, for a cycle has one round; say `rounds: {min: 1, max: 2}` or more"
            yield Finding(path=("transitions", name, "round"), code="no-rounds", message=told)
    if limits.max > 1 and not nexts:
        told = "no transition says `round: next`, so there is only one round"
        yield Finding(path=("rounds",), code="rounds-unused", message=told)
    asked = False
    for name, path, guard in guards_of(workflow):
        if guard.rounds:
            least = limits.min if guard.rounds.at_least == "min" else guard.rounds.at_least
            if name in nexts and path[-2] == "guards" and least == limits.max > 1:
                told = f"never met: round {least} is the last, and none comes next; ask for fewer"
                yield Finding(path=(*path, "rounds"), code="rounds-beyond", message=told)
            asked = asked or guard.rounds.at_least == "min"
            if guard.rounds.at_least != "min" and guard.rounds.at_least > limits.max:
                told = f"never met: there are at most {limits.max} rounds; ask for fewer"
                yield Finding(path=(*path, "rounds"), code="rounds-beyond", message=told)
    if limits.min > 1 and not asked:
        told = "no guard asks for it; add `rounds: {at_least: min}` to the way that finishes"
        yield Finding(path=("rounds", "min"), code="min-unasked", message=told)


def twice(version: Version) -> Iterator[Finding]:
    """No transition starts twice from one state: both could fire."""
    for name, way in version.workflow.transitions.items():
        for index, state in enumerate(way.from_):
            if state in way.from_[:index]:
                told = f"`{state}` is named twice, so `{name}` could fire twice; delete one"
                path = ("transitions", name, "from", index)
                yield Finding(path=path, code="from-twice", message=told)


def autos(version: Version) -> Iterator[Finding]:
    """What moves by itself leaves nobody a decision."""
    for name, way in version.workflow.transitions.items():
        if way.auto and (way.side or way.reason or not way.guards):
            told = "moves by itself: it can be neither `side` nor ask a `reason`, and needs a guard"
            yield Finding(path=("transitions", name, "auto"), code="auto", message=told)
    apart: dict[tuple[str, str], bool] = {}  # the same pair may meet in many states
    for state, leaving in version.leaving.items():
        on = [(name, way) for name, way in leaving if not way.side]
        for name, way in on if any(way.auto for _, way in on) else ():
            for other, its in on if way.auto else ():
                if other != name and (name, other) not in apart:
                    apart[name, other] = _exclusive(way, its)
                if other != name and not apart[name, other]:
                    told = f"in `{state}` people may also choose `{other}`; delete `auto` here"
                    path = ("transitions", name, "auto")
                    yield Finding(path=path, code="auto-over-decision", message=told)
                    break


def _exclusive(one: Transition, other: Transition) -> bool:
    """Whether facts prove that the two are never open together."""
    values = {g.field.field: g.field for g in one.guards if g.field}
    for guard in other.guards:
        if guard.field and (mine := values.get(guard.field.field)):
            his = guard.field
            if mine.is_ is not None and (
                (his.is_ is not None and his.is_ != mine.is_) or his.is_not == mine.is_
            ):
                return True
            if mine.is_not is not None and his.is_ == mine.is_not:
                return True
    return False


CHECKS = (reachable, dead_ends, ends, bounded, rounds, twice, autos)
