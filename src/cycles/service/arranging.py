"""What could be arranged in a cycle, and what would then happen; nothing here writes.

Which lifecycle verbs are open to somebody, who could take whose part, which day can be moved, and
*what if*: commands supposed to be sent now, looked at now or on a later day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from cycles.engine.commands import Advance, Command, Excuse, Staff, Turn
from cycles.engine.lifecycle import excuse, is_over, staff, turn
from cycles.engine.offers import Offer, offers
from cycles.engine.people import People
from cycles.engine.tasks import Waiting, tasks_of, waiting
from cycles.engine.verdicts import Task
from cycles.engine.what_if import Trial, what_if
from cycles.errors import BlockedError, InvalidInputError, RefusedError
from cycles.service.actors import Actor
from cycles.service.core import Core
from cycles.service.looking import Looking, Seen
from cycles.service.names import Told, inward, outward, people_in, tell
from cycles.service.unseen import offers_without, verdicts_without, waiting_without
from cycles.store import Work
from cycles.workflow.definition import Transition

__all__ = ["Arranging", "AtHand", "Outlook", "Part", "Staffing", "Supposed", "days_to_move"]

#: Commands supposed at once.
_MOST = 20
#: Steps of a path that is offered.
_LONGEST_PATH = 5
_TURNS = ("suspend", "resume", "cancel", "withdraw", "reopen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A verb of staffing that is open to the actor; people are person ids.

    Attributes:
        verb: `add`, `reassign` or `substitute`.
        role: The role.
        person: Whose part it is; empty for `add`.
        to: Who could take it.
    """

    verb: str
    role: str
    person: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who could be put where, and whose absence the actor may excuse (person ids)."""

    parts: tuple[Part, ...]
    excusable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What somebody could do in a cycle at once.

    Attributes:
        turns: Verbs of the cycle's life.
        moves: (transition, record): days that can be put off by filing them anew. The transition
            leads back to where the cycle stands and makes the record void, which holds a day that
            may lie ahead.
        paths: Transitions that can be fired one after the other, two or more of them: each leads
            on from where the one before leads to, is the only open one there, and wants no reason.
    """

    turns: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]
    paths: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where a cycle stands on a day, and what it then waits for.

    Attributes:
        day: The day, the school's.
        state: Its state.
        round: Its round.
        tasks: Everybody's next required steps.
        offers: The transitions from there as the actor sees them.
        waiting: The days and cycles it waits for.
    """

    day: date
    state: str
    round: int
    tasks: tuple[Task, ...]
    offers: tuple[Offer, ...]
    waiting: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What would come of commands.

    Attributes:
        refused: For each command why it would not be taken; `None` where it would.
        now: As things are, on the same day and without the commands.
        then: With them.
        told: Whatever it takes to put it into words.
    """

    refused: tuple[RefusedError | None, ...]
    now: Outlook
    then: Outlook
    told: Told


class Arranging:
    """Answers about what could be arranged."""

    def __init__(self, core: Core, looking: Looking) -> None:
        self._core, self._looking = core, looking

    def at_hand(self, actor: Actor, cycle_id: str) -> AtHand:
        """What the actor could do at once; raises `NotFoundError`."""

        def found(work: Work) -> AtHand:
            seen = self._looking.seen(work, actor, cycle_id)
            paths = (_path(seen, name) for name in _clear(seen.people, seen.by))
            return AtHand(
                turns=_turns(seen),
                moves=days_to_move(seen.people, seen.by),
                paths=tuple(path for path in paths if len(path) > 1),
            )

        return self._core.store.read(actor.school_id, found)

    def turns(self, actor: Actor, cycle_id: str) -> tuple[str, ...]:
        """What the actor may do to the cycle's life now; raises `NotFoundError`."""
        return self._core.store.read(
            actor.school_id, lambda work: _turns(self._looking.seen(work, actor, cycle_id))
        )

    def staffing(self, actor: Actor, cycle_id: str) -> Staffing:
        """Who could be put where by the actor; raises `NotFoundError`."""

        def found(work: Work) -> Staffing:
            seen = self._looking.seen(work, actor, cycle_id)
            if actor.is_operator or is_over(seen.people):
                return Staffing(parts=(), excusable=())
            return outward(
                seen.view,
                Staffing(parts=tuple(_parts(seen)), excusable=tuple(_excusable(seen))),
            )

        return self._core.store.read(actor.school_id, found)

    def moves(self, actor: Actor, cycle_id: str) -> tuple[tuple[str, str], ...]:
        """`AtHand.moves` alone; raises `NotFoundError`."""

        def found(work: Work) -> tuple[tuple[str, str], ...]:
            seen = self._looking.seen(work, actor, cycle_id)
            return days_to_move(seen.people, seen.by)

        return self._core.store.read(actor.school_id, found)

    def suppose(
        self, actor: Actor, cycle_id: str, commands: Sequence[Command], *, on: date | None = None
    ) -> Supposed:
        """What would be on a day, had the actor sent the commands one after the other now.

        They are tried with the actor's own rights. A command that would be refused changes
        nothing, and those after it are tried as if it had not been there.

        Args:
            actor: Who asks.
            cycle_id: The cycle.
            commands: At most 20.
            on: The school's day on which it is looked at; none before today.

        Raises:
            NotFoundError: no cycle that the actor may see.
            InvalidInputError: somebody named who is not there.
        """

        def tried(work: Work) -> Supposed:
            seen = self._looking.seen(work, actor, cycle_id)
            trials = self._trials(work, seen, commands[:_MOST])
            after = trials[-1].after if trials else seen.cycle
            around = seen.people.around
            if on is not None and on > around.today:
                morning = seen.view.calendar.instant_of(on, time())
                around = seen.view.around(morning, around.linked)
            then = replace(seen.people, cycle=after, around=around, real_cycle=seen.cycle)
            outlooks = [_outlook(seen, p) for p in (replace(seen.people, around=around), then)]
            refused = tuple(_refused(seen, trial) for trial in trials)
            now, later = outward(seen.view, tuple(outlooks))
            return Supposed(
                refused=refused,
                now=now,
                then=later,
                told=Told(seen.version, people_in(seen.view, [now, later])),
            )

        return self._core.store.read(actor.school_id, tried)

    def _trials(self, work: Work, seen: Seen, commands: Sequence[Command]) -> tuple[Trial, ...]:
        try:
            meant = [inward(seen.view, seen.version, command) for command in commands]
        except InvalidInputError as error:
            raise tell(seen.view, seen.version, error) from None
        key = self._core.opening(work, seen.row.id).key or bytes(32)
        return what_if(
            seen.version,
            seen.cycle,
            meant,
            by=seen.by,
            around=seen.people.around,
            content_key=key,
        )


def _refused(seen: Seen, trial: Trial) -> RefusedError | None:
    refusal = trial.refusal
    if isinstance(refusal, BlockedError):
        refusal.verdicts = verdicts_without(refusal.verdicts, seen.hidden)
    return None if refusal is None else tell(seen.view, seen.version, refusal)


def _outlook(seen: Seen, people: People) -> Outlook:
    cycle = people.cycle
    runs = cycle.state in people.version.leaving
    return Outlook(
        day=people.around.today,
        state=cycle.state,
        round=cycle.round,
        tasks=tasks_of(people) if not is_over(people) else (),
        offers=offers_without(offers(people, seen.by), seen.hidden),
        waiting=waiting_without(waiting(people), seen.hidden) if runs else Waiting(),
    )


# --- what is open --------------------------------------------------------------------------


def _is_open(seen: Seen, command: Turn | Staff | Excuse) -> bool:
    """Whether the engine would take it from the actor, by the rule of the verb alone."""
    try:
        if isinstance(command, Turn):
            turn(seen.people, command, seen.by)
        elif isinstance(command, Staff):
            staff(seen.people, command, seen.by)
        else:
            excuse(seen.people, command, seen.by)
    except RefusedError:
        return False
    return True


def _turns(seen: Seen) -> tuple[str, ...]:
    return tuple(verb for verb in _TURNS if _is_open(seen, Turn(verb=verb, reason="-")))


def _parts(seen: Seen) -> Iterator[Part]:
    today = seen.people.around.today
    everybody = seen.people.around.directory
    for name, role in seen.version.workflow.roles.items():
        if role.from_ is not None:
            continue
        there = seen.people.of(role.among or ("school.staff",))
        able = tuple(dict.fromkeys((*there, *(everybody.guests if role.outside else ()))))
        for verb, person in _verbs(seen, name):
            days = {"since": today, "until": today} if verb == "substitute" else {}
            found = tuple(
                to
                for to in able
                if _is_open(
                    seen,
                    Staff(verb=verb, role=name, person=person, to=to, reason="-", **days),
                )
            )
            # Guests are asked in by a link; who is one already may take another guest's part.
            if verb == "add":
                found = tuple(to for to in found if to not in everybody.guests)
            if found:
                yield Part(verb=verb, role=name, person=person or "", to=found)


def _verbs(seen: Seen, role: str) -> Iterator[tuple[str, str | None]]:
    yield "add", None
    for person in seen.cycle.roles.get(role, ()):
        yield "substitute", person
        yield "reassign", person


def _excusable(seen: Seen) -> Iterator[str]:
    today = seen.people.around.today
    held = dict.fromkeys(p for holders in seen.cycle.roles.values() for p in holders)
    for person in held:
        command = Excuse(person=person, since=today, until=today, reason="-")
        if _is_open(seen, command):
            yield person


def days_to_move(people: People, by: str) -> tuple[tuple[str, str], ...]:
    """See `AtHand.moves`; without a look at any guard where no way is of that kind."""
    here = people.version.leaving.get(people.cycle.state, ())
    ways = {name: list(_days_moved(people, way, by)) for name, way in here if way.side}
    if not any(ways.values()):
        return ()
    able = (o.transition for o in offers(people, by) if o.allowed and o.side)
    return tuple((name, record) for name in able for record in ways.get(name, ()))


def _days_moved(people: People, way: Transition, by: str) -> Iterator[str]:
    """Records with a day ahead that the way makes void and that can be filed right after it."""
    if way.to != people.cycle.state:
        return
    for record in way.voids:
        kind = people.version.workflow.records[record]
        ahead = any(f.type == "date" and f.future for f in kind.form.values())
        fits = kind.file_in is None or way.to in kind.file_in
        if ahead and fits and by in people.of(kind.by) and people.current(record):
            yield record


def _clear(people: People, by: str) -> list[str]:
    """The transitions on that somebody can fire with no word said."""
    return [o.transition for o in offers(people, by) if o.allowed and not (o.side or o.reason)]


def _path(seen: Seen, first: str) -> tuple[str, ...]:
    """The transition, and those that are then the only open ones."""
    path = [first]
    while len(path) < _LONGEST_PATH:
        trials = what_if(
            seen.version,
            seen.cycle,
            [Advance(transition=name) for name in path],
            by=seen.by,
            around=seen.people.around,
            content_key=bytes(32),
        )
        after = replace(seen.people, cycle=trials[-1].after, real_cycle=seen.cycle)
        ahead = [] if is_over(after) else _clear(after, seen.by)
        if any(t.refusal for t in trials) or len(ahead) != 1 or ahead[0] in path:
            break
        path.append(ahead[0])
    return tuple(path)
