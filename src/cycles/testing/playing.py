"""One cycle played at random: people do their tasks, and now and then something else.

Time is simulated, in whole days; nothing is stored. All chance comes from one function, so that
Hypothesis can make a failing play short, and `random.Random(1).choice` can play one again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from msgspec import structs

from cycles.engine.commands import (
    Advance,
    Answer,
    Command,
    Confirm,
    Excuse,
    File,
    Merge,
    Open,
    Reveal,
    Sign,
    Staff,
    Turn,
    Verify,
    Waive,
)
from cycles.engine.cycle import Cycle, Visit
from cycles.engine.decide import Decision, decide
from cycles.engine.evolve import Event
from cycles.engine.guards import answerers, verdicts_of
from cycles.engine.lifecycle import is_over
from cycles.engine.offers import offers
from cycles.engine.people import People
from cycles.engine.rights import deciders, lifecycle_people, may_fire
from cycles.engine.surroundings import LinkedCycle, Surroundings
from cycles.engine.tasks import tasks_of, ways_on
from cycles.engine.verdicts import Remedy, Task, Verdict
from cycles.errors import RefusedError
from cycles.testing.filling import Choose, Filler
from cycles.testing.school import FIRST_DAY, GROUP, ZONE, school_days, small_school
from cycles.workflow.definition import DISPOSITIONS, Transition
from cycles.workflow.version import Version, every_guard

__all__ = ["KEY", "Play", "Step"]

#: The secret of content digests; any will do.
KEY = bytes(32)
_REASON = "密：有原因"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was tried, and what came of it: a decision, a refusal, or only time that passed."""

    before: Cycle | None
    around: Surroundings
    by: str | None = None
    command: Command | None = None
    decision: Decision | None = None
    refusal: RefusedError | None = None


class Play:
    """A cycle of a workflow in a small school, and all that has happened to it.

    Args:
        version: The workflow.
        choose: Takes one of several: `random.choice`, or a draw of Hypothesis.
    """

    def __init__(self, version: Version, choose: Choose) -> None:
        self.version, self.choose = version, choose
        self.filler = Filler(choose)
        self.today: date = FIRST_DAY
        self.log: list[Event] = []
        self.steps: list[Step] = []
        #: Accounts that are disabled for now.
        self.away: tuple[str, ...] = ()
        #: Cycles that this one names, or that name it.
        self.linked: tuple[LinkedCycle, ...] = ()
        #: Called after whatever happens.
        self.watchers: list[Callable[[Step], None]] = []
        self._cycle: Cycle | None = None
        self._calendar = school_days()

    # --- what is ---------------------------------------------------------------------------

    @property
    def cycle(self) -> Cycle:
        """Where the cycle stands; it must have been opened."""
        assert self._cycle is not None, "not open yet"  # noqa: S101
        return self._cycle

    @property
    def around(self) -> Surroundings:
        """The world on the present day; each entry a minute after the one before."""
        minute = timedelta(minutes=len(self.log))
        morning = self._calendar.instant_of(self.today, time(8))
        return Surroundings(
            now=morning + minute,
            today=self.today,
            directory=small_school(*self.away),
            calendar=self._calendar,
            linked=self.linked,
        )

    @property
    def people(self) -> People:
        """The cycle's people today."""
        return People(self.version, self.cycle, self.around)

    @property
    def everybody(self) -> tuple[str, ...]:
        """Everyone with an account, whatever they have to do with the cycle."""
        there = self.around.directory
        return (*there.staff, *there.guests, *there.auditors)

    @property
    def runs(self) -> bool:
        """Neither ended nor suspended."""
        return not is_over(self.people) and self.cycle.state != "suspended"

    # --- what happens ----------------------------------------------------------------------

    def send(self, by: str, command: Command) -> Step:
        """Decide a command and keep what comes of it."""
        before, around = self._cycle, self.around
        try:
            decision = self.decide(by, command)
        except RefusedError as refusal:
            return self._kept(
                Step(before=before, around=around, by=by, command=command, refusal=refusal)
            )
        self._cycle = decision.after
        self.log.append(decision.entry)
        if isinstance(command, File):
            form = self.version.workflow.records[command.record].form
            ids = [point["id"] for point in decision.entry.data["points"]]
            self.filler.remember(command.fields, form, ids)
        return self._kept(
            Step(before=before, around=around, by=by, command=command, decision=decision)
        )

    def decide(self, by: str, command: Command) -> Decision:
        """What a command would come to now; raises `RefusedError`, and changes nothing."""
        return decide(
            self.version, self._cycle, command, by=by, around=self.around, content_key=KEY
        )

    def pass_days(self, days: int) -> Step:
        """So many days go by."""
        self.today += timedelta(days=days)
        return self._kept(Step(before=self._cycle, around=self.around))

    def open(self) -> Step:
        """Open the cycle with people that can be had; raises `RefusedError` if nobody may."""
        workflow = self.version.workflow
        for form in (workflow.subject, *(kind.form for kind in workflow.records.values())):
            for name, shape in form.items():
                if shape.type == "cycle" and not any(c.link == name for c in self.linked):
                    named = (shape.workflow or ("other",))[0]
                    self.linked += (_elsewhere(name, named, incoming=False),)
        by = self.choose(self._beginning("-").acting(workflow.open.by))
        people = self._beginning(by)
        subject = self.filler.form(people, workflow.subject, "subject", well=True)
        command = Open(
            cycle="c1", group=GROUP, zone=ZONE, subject=subject, roles=self._cast(people, subject)
        )
        step = self.send(by, command)
        if step.refusal is not None:
            raise step.refusal
        return step

    def step(self) -> Step:
        """One thing happens: mostly somebody's task, sometimes what nobody asked for."""
        moves: list[Callable[[], Step]] = [self._task] * 8 + [self._stride] * 8
        moves += [self._filing] * 3 + [self._about_points] * 2 + [self._days] * 2
        moves += [self._staffing, self._turning, self._waiving, self._away, self._links]
        moves += [self._nonsense, self._revealing] + [self._offer] * 3
        move: Callable[[], Step] = self.choose(moves)
        return move()

    def clear(self, name: str) -> str | None:
        """Have everybody do what a transition's verdicts ask, until it is open, fired or closed.

        What is left unmet where all that is asked has been done; `None` if nothing is.
        """
        way, visit = self.version.workflow.transitions[name], self.cycle.visit.number
        for _ in range(200):
            if self.cycle.visit.number != visit:
                return None
            unmet = [v for v in verdicts_of(self.people, way, None) if not v.passes]
            if not unmet or any(v.never for v in unmet):
                return None
            if not any(self._help(name, verdict) for verdict in unmet):
                return f"stuck: {[(v.guard, v.code, v.remedies, v.after) for v in unmet]}"
        return "asks for ever"

    def command_for(self, task: Task) -> Command | None:
        """What does the task; `None` where it is done elsewhere, or by finding people."""
        do, _, what = task.do.partition(":")
        match do:
            case "file":
                return self.filing(what, task.person)
            case "answer":
                return Answer(point=task.items[0], disposition="adopted")
            case "verify":
                return Verify(point=task.items[0], outcome="worked")
            case "sign":
                return Sign(record=what)
            case "confirm":
                return Confirm(filing=task.items[0])
            case "reveal":
                return Reveal(record=what)
            case "decide":
                return Advance(transition=self.choose(task.transitions), reason=_REASON)
            case "waive":
                waivable = [g for g in task.guards if self._may_waive(task.person, g)]
                return Waive(guard=waivable[0], reason=_REASON) if waivable else None
            case "resume" | "reopen":
                return Turn(verb=do, reason=_REASON)
        return None

    def filing(
        self, record: str, person: str, *, well: bool = True, for_: str | None = None
    ) -> File:
        """A filing of the record, filled in."""
        whose = for_ or person
        role = self.version.about_role(record)
        meant = [p for p in (self.people.holders(role) if role else ()) if p != whose]
        return File(
            record=record,
            fields=self.filler.record(self.people, record, whose, well=well),
            for_=for_,
            about=self.choose(meant) if meant else None,
            occurred_on=self.choose([None, self.today]),
        )

    # --- the moves -------------------------------------------------------------------------

    def _task(self) -> Step:
        tasks = tasks_of(self.people)
        if not tasks:
            return self._turning() if is_over(self.people) else self._days()
        task: Task = self.choose(tasks)
        command = self.command_for(task)
        if task.do == "substitute":
            return self._staffing()
        if command is None:
            return self._links()
        if isinstance(command, Answer):
            said = self.choose(DISPOSITIONS)
            command = replace(command, disposition=said, reason=_REASON)
        if isinstance(command, Verify):
            command = replace(command, outcome=self.choose(["worked", "not_yet"]))
        return self.send(task.person, command)

    def _stride(self) -> Step:
        """Some way on is cleared and taken."""
        ways = [
            name
            for name, (_, verdicts) in ways_on(self.people).items()
            if not any(v.never and not v.passes for v in verdicts)
        ]
        if not ways or not self.runs:
            return self._task()
        name, visit = self.choose(ways), self.cycle.visit.number
        self.clear(name)
        able = deciders(self.people, self.version.workflow.transitions[name])
        if not able or self.cycle.visit.number != visit:
            return self.steps[-1]
        return self.send(self.choose(able), Advance(transition=name, reason=_REASON))

    def _offer(self) -> Step:
        person = self.choose(self.everybody)
        leaving = self.version.leaving.get(self.cycle.state, ())
        for name, way in leaving:
            able = may_fire(self.people, way)
            if able and self.choose([True, False]):
                return self.send(self.choose(able), Advance(transition=name, reason=_REASON))
        shown = offers(self.people, person)
        names = [o.transition for o in shown] or list(self.version.workflow.transitions)
        return self.send(person, Advance(transition=self.choose(names), reason=_REASON))

    def _filing(self) -> Step:
        workflow = self.version.workflow
        here = [r for r in workflow.records if self.cycle.state in self.version.file_in[r]]
        record = self.choose(here or list(workflow.records))
        able = self.people.of(workflow.records[record].by) or self.everybody
        person = self.choose(able)
        typists = [
            p
            for p in self.everybody
            if p != person and self.people.types_for(p, workflow.records[record].by, person)
        ]
        well = self.choose([True, False])
        if typists and self.choose([True, False]):
            typist = self.choose(typists)
            return self.send(typist, self.filing(record, typist, well=well, for_=person))
        command = self.filing(record, person, well=well)
        if self.cycle.round > 1 and self.choose([False, False, True]):
            command = replace(command, round=self.cycle.round - 1)
        return self.send(person, command)

    def _about_points(self) -> Step:
        points = tuple(self.cycle.points.values())
        if not points:
            return self._filing()
        point = self.choose(points)
        match self.choose(["answer", "verify", "merge"]):
            case "answer":
                by = self.choose(answerers(self.people, point) or self.everybody)
                said = self.choose(DISPOSITIONS)
                return self.send(by, Answer(point=point.id, disposition=said, reason=_REASON))
            case "verify":
                outcome = self.choose(["worked", "not_yet"])
                return self.send(
                    self.choose(self.everybody), Verify(point=point.id, outcome=outcome)
                )
        merge = self.version.workflow.records[point.record].merge
        by = self.choose(self.people.of(merge or ()) or self.everybody)
        return self.send(by, Merge(points=(self.choose(points).id,), into=point.id))

    def _days(self) -> Step:
        return self.pass_days(self.choose([1, 2, 7]))

    def _staffing(self) -> Step:
        roles = [r for r, role in self.version.workflow.roles.items() if role.from_ is None]
        role, verb = self.choose(roles), self.choose(["add", "reassign", "substitute", "excuse"])
        held = self.cycle.roles.get(role, ())
        free = [p for p in self.everybody if not self.people.roles_of(p)]
        person, to = self.choose(held or self.everybody), self.choose(free or self.everybody)
        concerned = (person,) if verb == "excuse" else (person, to)
        by = self.choose(lifecycle_people(self.people, verb, concerned) or self.everybody)
        since, until = self.today, self.today + timedelta(days=self.choose([0, 2]))
        if verb == "excuse":
            return self.send(by, Excuse(person=person, since=since, until=until, reason=_REASON))
        dates = {"since": since, "until": until} if verb == "substitute" else {}
        whom = None if verb == "add" else person
        return self.send(
            by, Staff(verb=verb, role=role, to=to, person=whom, reason=_REASON, **dates)
        )

    def _turning(self) -> Step:
        over = is_over(self.people)
        verb = self.choose(["reopen"] if over else ["suspend", "resume", "cancel", "withdraw"])
        by = self.choose((*lifecycle_people(self.people, verb), *self.everybody[:1]))
        return self.send(by, Turn(verb=verb, reason=_REASON))

    def _waiving(self) -> Step:
        leaving = self.version.leaving.get(self.cycle.state, ())
        shown = [v for _, way in leaving for v in verdicts_of(self.people, way, None)]
        guards = [v for v in shown if not v.passes and v.waivable_by]
        if not guards:
            return self._task()
        verdict = self.choose(guards)
        by = self.choose((*verdict.waivable_by, *self.everybody[:1]))
        return self.send(by, Waive(guard=verdict.guard, reason=_REASON))

    def _revealing(self) -> Step:
        hidden = [r for r, kind in self.version.workflow.records.items() if kind.reveal]
        if not hidden:
            return self._filing()
        record = self.choose(hidden)
        reveal = self.version.workflow.records[record].reveal
        by = self.people.of(reveal.by) if reveal and reveal.by else ()
        return self.send(self.choose(by or self.everybody), Reveal(record=record))

    def _away(self) -> Step:
        """Somebody's account is disabled, or all are enabled again; the heads always stay."""
        held = {p for holders in self.cycle.roles.values() for p in holders}
        able = sorted(held | {"p_deputy"} - {"p_head", "p_fang"})
        self.away = () if self.away else (self.choose(able),)
        return self._kept(Step(before=self._cycle, around=self.around))

    def _links(self) -> Step:
        """A linked cycle moves on, or another one names this one."""
        rules = [g.linked for w in self.version.workflow.transitions.values()
                 for g in every_guard(w.guards) if g.linked]  # fmt: skip
        if not rules:
            return self._task_or_days()
        rule = self.choose(rules)
        state = self.choose([*rule.in_, "elsewhere"])
        self._move_linked(rule.link, rule.of, state)
        return self._kept(Step(before=self._cycle, around=self.around))

    def _task_or_days(self) -> Step:
        tasks = [t for t in tasks_of(self.people) if self.command_for(t) is not None]
        if not tasks:
            return self._days()
        task = self.choose(tasks)
        command = self.command_for(task)
        return self.send(task.person, command) if command is not None else self._days()

    def _nonsense(self) -> Step:
        """What no client should send, by anybody."""
        by = self.choose((*self.everybody, "p_nobody", "p_fang"))
        return self.send(by, self.choose(_NONSENSE))

    # --- details ---------------------------------------------------------------------------

    def _kept(self, step: Step) -> Step:
        self.steps.append(step)
        for watcher in self.watchers:
            watcher(step)
        return step

    def _may_waive(self, person: str, guard: str) -> bool:
        return any(
            v.guard == guard and not v.passes and person in v.waivable_by
            for _, way in self.version.leaving.get(self.cycle.state, ())
            for v in verdicts_of(self.people, way, None)
        )

    def _beginning(self, by: str) -> People:
        """The people of a cycle that is not open yet."""
        around = self.around
        start = self.version.workflow.start
        first = Visit(number=1, state=start, round=1, seq=1, at=around.now)
        cycle = Cycle(
            id="c1", definition_id=self.version.definition_id, group=GROUP, opener=by, zone=ZONE,
            revision=0, state=start, visits=(first,), roles={}, subject={}, points={},
        )  # fmt: skip
        return People(self.version, cycle, around)

    def _cast(self, people: People, subject: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        """People for the roles that do not fill themselves; nobody in two."""
        people = replace(people, cycle=structs.replace(people.cycle, subject=subject))
        cast: dict[str, tuple[str, ...]] = {}
        taken: set[str] = set()
        roles = self.version.workflow.roles
        for name, role in sorted(roles.items(), key=lambda r: r[1].default is not None):
            if role.from_ is not None:
                continue
            default = people.on_duty(people.of(role.default)) if role.default else ()
            free = [p for p in default if p not in taken]
            if role.default is not None and len(free) >= role.least:
                taken.update(free if role.most is None else free[: role.most])
                continue
            able = [p for p in self.everybody if p not in taken and people.is_candidate(name, p)]
            if role.outside:
                able.sort(key=lambda p: p not in people.around.directory.guests)
            wanted = role.least if role.default else max(role.least, self.choose([0, 1]))
            chosen: list[str] = []
            while able and len(chosen) < wanted:
                person = able[0] if role.outside else self.choose(able)
                able.remove(person)
                chosen.append(person)
            cast[name] = tuple(chosen)
            taken.update(chosen)
        return cast

    def _help(self, name: str, verdict: Verdict) -> bool:
        """Do one thing that the verdict asks for; whether there was anything to do."""
        for remedy in verdict.remedies:
            if self._remedy(name, verdict, remedy):
                return True
        if verdict.after in self.version.workflow.records:
            kind = self.version.workflow.records[verdict.after]
            remedy = Remedy(do=f"file:{verdict.after}", who=self.people.of(kind.by), mode="any_of")
            if self._remedy(name, verdict, remedy):
                return True
        if verdict.waits_until is not None and verdict.waits_until > self.today:
            self.pass_days((verdict.waits_until - self.today).days)
            return True
        if verdict.waits_for or any(r.do.startswith("open:") for r in verdict.remedies):
            return self._unblock_links(self.version.workflow.transitions[name])
        if verdict.remedies and any(e.until >= self.today for e in self.cycle.excuses):
            self.pass_days(1)  # somebody is excused: that ends by itself
            return True
        return bool(verdict.waivable_by) and self._accepted(
            verdict.waivable_by[0], Waive(guard=verdict.guard, reason=_REASON)
        )

    def _remedy(self, name: str, verdict: Verdict, remedy: Remedy) -> bool:
        if remedy.do == "substitute":
            return self._find_somebody(remedy)
        able = self.people.on_duty(remedy.who)
        if not able:
            helpers = self.people.acting(("school.deputy",), concerned=remedy.who)
            return self._find_somebody(structs.replace(remedy, who=helpers))
        for person in able:
            task = Task(
                person=person, do=remedy.do, transitions=(name,), guards=(verdict.guard,),
                items=remedy.items,
            )  # fmt: skip
            command = self.command_for(task)
            if command is not None and self._accepted(person, command):
                return True
        return False

    def _find_somebody(self, remedy: Remedy) -> bool:
        """Another person for some role: everybody who could be had is tried."""
        sheets = {record for record, _, _ in self.version.attendance_fields}
        for record in sheets:  # those who were ticked off as absent may have come after all
            for person in self.people.of(self.version.workflow.records[record].by):
                absent = self.people.absent()
                if absent and self._accepted(person, self.filing(record, person)):
                    return True
        for role, shape in self.version.workflow.roles.items():
            if shape.from_ is not None:
                continue
            for to in self.everybody:
                for by in remedy.who:
                    add = Staff(verb="add", role=role, to=to, reason=_REASON)
                    if self._accepted(by, add):
                        return True
                    for person in self.cycle.roles.get(role, ()):
                        if not self.people.on_duty((person,)) and self._accepted(
                            by, replace(add, verb="reassign", person=person)
                        ):
                            return True
        return False

    def _unblock_links(self, way: Transition) -> bool:
        for guard in every_guard(way.guards):
            if guard.linked is not None:
                self._move_linked(guard.linked.link, guard.linked.of, guard.linked.in_[0])
        return True

    def _move_linked(self, link: str, of: str | None, state: str) -> None:
        incoming = of is not None
        ours = [c for c in self.linked if (c.link, c.incoming) == (link, incoming)]
        if not ours and incoming:
            self.linked += (_elsewhere(link, of or "", incoming=True),)
        self.linked = tuple(
            replace(c, state=state, revision=c.revision + 1)
            if (c.link, c.incoming) == (link, incoming)
            else c
            for c in self.linked
        )

    def _accepted(self, by: str, command: Command) -> bool:
        return self.send(by, command).decision is not None


def _elsewhere(link: str, workflow: str, *, incoming: bool) -> LinkedCycle:
    return LinkedCycle(
        id=f"c_{link}_{'in' if incoming else 'out'}", workflow=workflow, link=link,
        incoming=incoming, state="elsewhere", revision=1, leaf="AAAA",
    )  # fmt: skip


_DAY = FIRST_DAY
_NONSENSE: tuple[Command, ...] = (
    Advance(transition="no_such_way"),
    Advance(transition="open", reason=_REASON),
    File(record="no_such_record", fields={}),
    File(record="no_such_record", fields={"a": object()}),
    Answer(point="0.0", disposition="adopted"),
    Answer(point="2.1", disposition="whatever"),
    Verify(point="2.1", outcome="perhaps"),
    Merge(points=("2.1",), into="2.1"),
    Merge(points=(), into="2.1"),
    Confirm(filing="999"),
    Sign(record="no_such_record"),
    Reveal(record="no_such_record"),
    Waive(guard="no_such_guard", reason=_REASON),
    Turn(verb="explode", reason=_REASON),
    Turn(verb="suspend", reason=" "),
    Turn(verb="resume", reason=_REASON),
    Turn(verb="reopen", reason=_REASON),
    Staff(verb="promote", role="chair", to="p_ann", reason=_REASON),
    Staff(verb="add", role="no_such_role", to="p_ann", reason=_REASON),
    Staff(verb="substitute", role="chair", to="p_nobody", reason=_REASON),
    Excuse(person="p_nobody", since=_DAY, until=_DAY - timedelta(days=1), reason=_REASON),
)
