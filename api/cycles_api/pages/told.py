"""One cycle as its pages tell it to one person: next steps, ways on, what was filed and said."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from cycles.engine.commands import Command, File, Turn
from cycles.engine.offers import Offer
from cycles.engine.verdicts import Task, Verdict
from cycles.errors import InvalidInputError
from cycles.service import Actor
from cycles.service.answers import (
    CycleAnswer,
    CycleLine,
    EntryAnswer,
    PointAnswer,
    RecordAnswer,
    TransitionsAnswer,
)
from cycles.workflow.definition import DISPOSITIONS, FormField, RecordKind
from cycles_api.assembly import Service
from cycles_api.pages import times
from cycles_api.pages.choosing import CycleKnown, text_of
from cycles_api.pages.contexts import (
    Action,
    Card,
    Check,
    Filed,
    Line,
    Part,
    Place,
    PointRow,
    PointTold,
    Round,
    Step,
    Turning,
    Way,
)
from cycles_api.pages.fields import Asked, Choice, Widget, shown
from cycles_api.pages.words import ACTIONS, CODES, TELL
from cycles_api.telling import speaker_of
from cycles_api.wording import Language, Speaker
from cycles_api.wording.acts import DISPOSITIONS as ANSWERS
from cycles_api.wording.acts import VERBS

__all__ = ["CycleTold", "line_told"]

_TURNS = ("suspend", "resume", "cancel", "withdraw", "reopen")
#: What `what_if` takes at once.
_TRIALS = 20
_STEPS = 200


def line_told(service: Service, actor: Actor, line: CycleLine, language: Language) -> Line:
    """A cycle in a list."""
    speaker, view = speaker_of(line.told, language), service.core.view(actor.school_id)
    today = view.today(service.core.now())
    group = view.groups.get(line.group)
    return Line(
        to=f"/cycles/{line.id}",
        title=_title(line, language),
        where=_where(line, speaker),
        group=group.name if group else "",
        since=times.moment(line.entered_at, language, line.zone, today),
        ended=line.ended,
    )


def _title(line: CycleLine, language: Language) -> str:
    return line.title or TELL["untitled"].in_language(language)


def _where(line: CycleLine, speaker: Speaker) -> str:
    state = speaker.state(line.state)
    version = line.told.version
    if version is None or version.workflow.rounds.max < 2:
        return state
    told = TELL["round"].in_language(speaker.language).format(round=line.round)
    return f"{state} · {told}"


class CycleTold:
    """A cycle, told to one person in one language; `back` is where its forms lead back to."""

    def __init__(
        self, service: Service, actor: Actor, cycle_id: str, language: Language, back: str
    ) -> None:
        self.service, self.actor, self.language, self.back = service, actor, language, back
        self.found: CycleAnswer = service.looking.cycle(actor, cycle_id)
        self.line = self.found.line
        self.view = service.core.view(actor.school_id)
        self.now = service.core.now()
        self.today = self.view.today(self.now)
        self.speaker = speaker_of(self.found.told, language)
        self.known = CycleKnown(service, actor, self.found)
        self.to = f"/cycles/{cycle_id}"
        version = self.found.told.version
        if version is None:
            raise LookupError("a cycle's answer names its version")
        self.version, self.workflow = version, version.workflow

    # --- words -----------------------------------------------------------------------------

    @property
    def round(self) -> str:
        """Its round; empty where there is but one."""
        several = self.workflow.rounds.max > 1
        return self.tell("round", round=self.line.round) if several else ""

    def about(self) -> Iterator[tuple[str, str]]:
        """What it is about beside its title: the workflow, the group, the subject."""
        yield self.workflow.title.in_language(self.language), ""
        group = self.view.groups.get(self.line.group)
        if group is not None:
            yield group.name, ""
        for part in self._parts(self.workflow.subject, self.found.subject or {}):
            if part.lines != (self.title,):
                yield part.label, " ".join(part.lines)

    def people(self) -> Iterator[tuple[str, str]]:
        """Who takes part, by role; those that nobody fills are left out."""
        for role, held in self.found.participants.items():
            if held:
                yield self.speaker.role(role), "、".join(self.view.name(p) for p in held)

    @property
    def title(self) -> str:
        """What it is about."""
        return _title(self.line, self.language)

    @property
    def where(self) -> str:
        """Its state and round."""
        return _where(self.line, self.speaker)

    def tell(self, name: str, **values: object) -> str:
        """One of the pages' own sentences."""
        return TELL[name].in_language(self.language).format(**values)

    def action_label(self, name: str, what: str = "") -> str:
        """What a button says."""
        return ACTIONS[name].in_language(self.language).format(what=what)

    def moment(self, instant: str) -> str:
        """When something was recorded."""
        return times.moment(instant, self.language, self.line.zone, self.today)

    def name(self, person: str) -> str:
        """Somebody's name."""
        return self.speaker.people([person])

    @cached_property
    def offered(self) -> TransitionsAnswer:
        """The transitions from here."""
        return self.service.looking.transitions(self.actor, self.line.id)

    @cached_property
    def asked(self) -> Asked:
        """How its forms ask."""
        return Asked(
            language=self.language,
            known=self.known,
            today=self.today,
            words={code: said.in_language(self.language) for code, said in CODES.items()},
        )

    # --- next steps ------------------------------------------------------------------------

    def cards(self) -> tuple[Card, ...]:
        """The person's next steps in this cycle."""
        mine = (t for t in self.found.tasks if t.person == self.actor.person)
        return tuple(self.card(task) for task in mine)

    def card(self, task: Task) -> Card:
        """One next step with all that it takes to do it."""
        return Card(
            id=f"{self.line.id}-{task.do.replace(':', '-')}",
            sentence=self.speaker.task(task, now=self.now, zone=self.line.zone),
            lesson=self.title,
            where=self.where,
            cycle=self.to,
            then=self._then(task),
            due=task.due is not None and task.due < self.now,
            action=self._action(task),
        )

    def _then(self, task: Task) -> str:
        """Who waits for it, and what comes after."""
        ways = [self.workflow.transitions[t] for t in task.transitions]
        if task.do == "decide" or not ways:
            return ""
        if all(way.auto for way in ways):
            return self.tell("then_auto", state=self.speaker.state(ways[0].to))
        titles = ("”“" if self.language == "zh" else " / ").join(
            way.title.in_language(self.language) for way in ways
        )
        by = [p for way in ways for p in self.known.of(way.by)]
        others = [p for p in dict.fromkeys(by) if p != self.actor.person]
        if len(others) == len(set(by)) and others:
            names = [self.view.name(p) for p in others[:2]]
            who = ("、" if self.language == "zh" else " or ").join(names)
            return self.tell("then_waits", who=who, ways=titles)
        return self.tell("then", ways=titles)

    def _action(self, task: Task) -> Action:
        first, _, what = task.do.partition(":")
        match first:
            case "file" if what in self.workflow.records:
                return self.filing(what)
            case "answer":
                return self.points("answer", task.items)
            case "verify":
                return self.points("verify", task.items)
            case "confirm":
                return self._confirming(task, what)
            case "sign" | "reveal":
                return self._press(first, f"{first}:{what}", self.speaker.record(what), what)
            case "resume" | "reopen":
                hidden = (("verb", first),)
                return self._base("turn", "turns", label=self.action_label(first), hidden=hidden)
            case "decide":
                ways = [w for w in self.ways() if w.allowed and w.name in task.transitions]
                return self._base("decide", "transitions", ways=tuple(ways))
        return Action(kind="look", to=self.to)

    def _base(self, kind: str, to: str, **more: Any) -> Action:
        return Action(
            kind=kind,
            to=f"{self.to}/{to}",
            key=secrets.token_urlsafe(16),
            revision=self.line.revision,
            back=self.back,
            **more,
        )

    def _press(self, label: str, do: str, title: str, record: str) -> Action:
        reads = self._filed_now(record) if label == "sign" else ()
        return self._base(
            "press",
            "presses",
            label=self.action_label(label, title),
            hidden=(("do", do),),
            reads=reads,
        )

    def _confirming(self, task: Task, record: str) -> Action:
        meant = [r for r in self.found.records if r.id in task.items]
        return self._base(
            "press",
            "presses",
            label=self.action_label("confirm"),
            hidden=tuple(("do", f"confirm:{r.id}") for r in meant),
            reads=tuple(self.filed(r) for r in meant),
        )

    def points(
        self,
        kind: str,
        items: Sequence[str],
        chosen: Mapping[str, str] | None = None,
        reasons: Mapping[str, str] | None = None,
    ) -> Action:
        """Points to `answer` or to `verify`, with what was chosen already."""
        chosen, reasons = chosen or {}, reasons or {}
        if kind == "answer":
            words: dict[str, str] = {d: ANSWERS[d].in_language(self.language) for d in DISPOSITIONS}
        else:
            words = {v: self.asked.words[v] for v in ("worked", "not_yet")}
        rows = tuple(
            PointRow(
                id=point.id,
                kind=self.speaker.field(f"{point.record}.{point.field}"),
                text=text_of(point) or self.tell("erased"),
                choices=tuple(
                    Choice(value=v, label=t, chosen=chosen.get(point.id) == v)
                    for v, t in words.items()
                ),
                reason=reasons.get(point.id, ""),
            )
            for point in self.found.points
            if point.id in items
        )
        to = "answers" if kind == "answer" else "verifications"
        return self._base(kind, to, label=self.action_label(kind), points=rows)

    def points_again(
        self, kind: str, chosen: Mapping[str, str], reasons: Mapping[str, str]
    ) -> Action:
        """The same points once more, with what was sent."""
        mine = [t for t in self.found.tasks if t.person == self.actor.person]
        items = {i for t in mine if t.do.startswith(f"{kind}:") for i in t.items}
        return self.points(kind, [*items, *chosen], chosen, reasons)

    # --- forms -----------------------------------------------------------------------------

    def filing(
        self,
        record: str,
        *,
        values: Mapping[str, Any] | None = None,
        faults: Mapping[str, str] | None = None,
        for_: str = "",
    ) -> Action:
        """The form of a record, filled with what is there already or with what was sent.

        `for_`: whose record it is, where it is typed for another.
        """
        kind = self.workflow.records[record]
        there = self._there(record, kind, for_) if values is None else values
        widgets = shown(kind.form, there, self.asked, faults)
        about = self._about(kind)
        extra = () if about is None else (about,)
        label = self.action_label("file", kind.title.in_language(self.language))
        uploads = any(_has_file(shape) for shape in kind.form.values())
        return self._base(
            "file",
            f"records/{record}",
            label=label,
            hidden=(("for", for_),) if for_ else (),
            hint=self._one_is_enough(kind),
            widgets=(*extra, *(w for w in widgets if w.lines or w.kind != "verify")),
            uploads=uploads,
        )

    def _one_is_enough(self, kind: RecordKind) -> str:
        titles = [kind.form[n].title.in_language(self.language) for n in kind.needs_any]
        between = "、" if self.language == "zh" else ", "
        return self.tell("one_is_enough", titles=between.join(titles)) if titles else ""

    def _there(self, record: str, kind: RecordKind, for_: str) -> Mapping[str, Any]:
        """What stands and would be taken the place of."""
        person = for_ or self.actor.person
        mine = [
            r
            for r in self.found.records
            if r.record == record
            and not r.superseded
            and not r.voided
            and ("person" not in kind.one_per or r.person == person)
            and ("round" not in kind.one_per or r.round == self.line.round)
        ]
        if not mine or "filing" in kind.one_per:
            return {}
        there = dict(mine[-1].fields or {})
        for name, shape in kind.form.items():
            if shape.type == "attendance":  # sent as changes that add up
                kept = [(r.fields or {}).get(name) or {} for r in mine]
                there[name] = {who: code for part in kept for who, code in part.items()}
        return there

    def typed_for(self, record: str) -> tuple[tuple[str, str], ...]:
        """Whom this person may type the record for: id and name."""
        kind = self.workflow.records[record]
        mine = [r for r, held in self.found.participants.items() if self.actor.person in held]
        types_for = {role for r in mine for role in self.workflow.roles[r].files_for}
        roles = [role for role in kind.by if role in types_for]
        people = dict.fromkeys(p for role in roles for p in self.found.participants.get(role, ()))
        return tuple((p, self.view.name(p)) for p in people if p != self.actor.person)

    def _about(self, kind: RecordKind) -> Widget | None:
        held = self.found.participants.get(kind.about, ()) if kind.about else ()
        if len(held) < 2 or kind.about is None:
            return None
        choices = tuple(Choice(value=p, label=self.view.name(p)) for p in held)
        label = self.speaker.role(kind.about)
        return Widget(name="about", kind="person", label=label, choices=choices, required=True)

    def can_file(self) -> Iterator[str]:
        """Records that the person may file now, found by trying each with a field that is none."""
        names = list(self.workflow.records)
        for start in range(0, len(names), _TRIALS):
            part = names[start : start + _TRIALS]
            commands: list[Command] = [File(record=name, fields={"-": "-"}) for name in part]
            trials = self.service.looking.what_if(self.actor, self.line.id, commands)
            for name, trial in zip(part, trials, strict=True):
                if isinstance(trial.refusal, InvalidInputError):
                    yield name

    def turns(self) -> Iterator[Turning]:
        """What of its life the person may change now."""
        for verb in _TURNS:
            command = Turn(verb=verb, reason="-")
            (trial,) = self.service.looking.what_if(self.actor, self.line.id, [command])
            if trial.refusal is None:
                yield Turning(verb=verb, title=VERBS[verb].in_language(self.language))

    # --- ways on ---------------------------------------------------------------------------

    def ways(self) -> tuple[Way, ...]:
        """Every transition from here, with what it still lacks."""
        speaker = speaker_of(self.offered.told, self.language)
        return tuple(self._way(offer, speaker) for offer in self.offered.offers)

    def _way(self, offer: Offer, speaker: Speaker) -> Way:
        return Way(
            name=offer.transition,
            title=speaker.transition(offer.transition),
            to=speaker.state(offer.to),
            allowed=offer.allowed,
            may=offer.may,
            reason=offer.reason,
            auto=offer.auto,
            side=offer.side,
            checks=tuple(self._check(v, speaker) for v in offer.verdicts),
        )

    def _check(self, verdict: Verdict, speaker: Speaker) -> Check:
        said = speaker.verdict(verdict)
        if verdict.met and not verdict.waived:
            said = speaker.guard(verdict.guard)
        may_waive = not verdict.passes and self.actor.person in verdict.waivable_by
        remedies = () if verdict.passes else verdict.remedies
        return Check(
            met=verdict.passes,
            said=said,
            remedies=tuple(t for r in remedies if (t := speaker.remedy(r))),
            waive=verdict.guard if may_waive else "",
        )

    def places(self) -> tuple[Place, ...]:
        """The states in the order of the file; those before the present one as past."""
        names = list(self.workflow.states)
        now = self.line.state if self.line.state in names else self.found.held
        at = names.index(now) if now in names else len(names)
        return tuple(
            Place(
                title=self.speaker.state(name),
                at="here" if i == at else "past" if i < at else "ahead",
            )
            for i, name in enumerate(names)
        )

    def waits(self) -> Iterator[str]:
        """Days and cycles it waits for."""
        for until in self.found.waiting.until:
            code = Verdict(
                guard="", kind="not_before", met=False, code="date_ahead", data={"date": until}
            )
            yield self.speaker.verdict(code)

    def others(self) -> Iterator[tuple[str, str]]:
        """Who else has a next step, and which."""
        by_do: dict[str, list[str]] = {}
        for task in self.found.tasks:
            if task.person != self.actor.person:
                by_do.setdefault(task.do, []).append(task.person)
        for do, people in by_do.items():
            yield self.speaker.people(people), self.speaker.do(do)

    # --- what was filed and said -------------------------------------------------------------

    def rounds(self) -> Iterator[Round]:
        """Records and points, the newest round first."""
        for number in range(self.line.round, 0, -1):
            filed = [self.filed(r) for r in self.found.records if r.round == number]
            points = [
                self._point(p)
                for p in self.found.points
                if p.round == number and p.merged_into is None
            ]
            if filed or points:
                title = self.tell("round", round=number)
                yield Round(title=title, filed=tuple(reversed(filed)), points=tuple(points))

    def _filed_now(self, record: str) -> tuple[Filed, ...]:
        there = [r for r in self.found.records if r.record == record]
        return tuple(self.filed(r) for r in there if not r.superseded and not r.voided)

    def filed(self, record: RecordAnswer) -> Filed:
        """One version of a record."""
        kind = self.workflow.records[record.record]
        typed = ""
        if record.typed_by != record.person:
            by, who = self.name(record.typed_by), self.name(record.person)
            typed = self.tell("for", typed_by=by, person=who)
        claimed = record.occurred_on
        if record.fields is None:
            parts: tuple[Part, ...] = (Part(label="", lines=(self.tell("erased"),)),)
        else:
            parts = tuple(self._parts(kind.form, record.fields))
        return Filed(
            id=record.id,
            title=self.speaker.record(record.record),
            who=self.name(record.person),
            when=self.moment(record.filed_at),
            claimed=times.day(claimed, self.language, self.today) if claimed else "",
            typed=typed,
            late=record.late,
            old=record.superseded or record.voided,
            unconfirmed=not record.confirmed,
            parts=parts,
        )

    def _parts(self, form: Mapping[str, FormField], values: Mapping[str, Any]) -> Iterator[Part]:
        """What was filled in, in the form's order; what the form does not know comes last."""
        for name in sorted(values, key=[*form, *values].index):
            value, shape = values[name], form.get(name)
            label = shape.title.in_language(self.language) if shape else name
            if shape is not None and shape.type == "file" and isinstance(value, Mapping):
                to = f"/files/{value.get('digest', '')}"
                yield Part(label=label, lines=(str(value.get("name", "")),), file=to)
            else:
                yield Part(label=label, lines=tuple(self._lines(shape, value)))

    def _lines(self, shape: FormField | None, value: Any) -> Iterator[str]:
        """A value as people read it; of a shape nobody foresaw, as it stands."""
        kind = shape.type if shape else ""
        if kind == "choice" and shape and shape.options and value in shape.options:
            yield shape.options[value].in_language(self.language)
        elif kind == "date":
            yield times.day(str(value), self.language, self.today)
        elif kind == "yes_no" and value is True:
            yield self.tell("yes")
        elif kind == "person" and isinstance(value, str):
            yield self.view.name(value)
        elif kind == "group" and value in self.view.groups:
            yield self.view.groups[value].name
        elif isinstance(value, Mapping):
            yield from self._pairs(kind, value)
        elif isinstance(value, list):
            for each in value:
                yield from self._item(shape, each)
        else:
            yield str(value)

    def _pairs(self, kind: str, value: Mapping[str, Any]) -> Iterator[str]:
        """Attendance by code; what was looked for by outcome."""
        texts = {p.id: text_of(p) for p in self.found.points}
        by_code: dict[str, list[str]] = {}
        for key, code in value.items():
            name = texts.get(key, "…") if kind == "verify" else self.view.name(key)
            by_code.setdefault(str(code), []).append(name)
        between = "、" if self.language == "zh" else ", "
        colon = ":" if self.language == "zh" else ": "
        for code, names in by_code.items():
            yield f"{self.asked.words.get(code, code)}{colon}{between.join(names)}"

    def _item(self, shape: FormField | None, each: Any) -> Iterator[str]:
        if not isinstance(each, Mapping):
            kind = shape.type if shape else ""
            yield self.view.name(each) if kind == "people" else str(each)
        elif shape is not None and shape.item is not None:
            told = (self._lines(shape.item.form.get(k), v) for k, v in each.items() if k != "id")
            yield " · ".join(" ".join(lines) for lines in told)
        else:
            yield " ".join(str(v) for key, v in each.items() if key != "id")

    def _point(self, point: PointAnswer) -> PointTold:
        answer = ANSWERS[point.disposition].in_language(self.language) if point.disposition else ""
        seen = tuple(
            f"{self.name(who)}:{self.asked.words.get(outcome, outcome)}"
            for who, outcome, _ in point.voices
        )
        return PointTold(
            text=text_of(point) or self.tell("erased"),
            kind=self.speaker.field(f"{point.record}.{point.field}"),
            raised=self.name(point.raised_by),
            answer=answer,
            reason=point.reason or "",
            seen=seen,
            open=point.counting and not point.disposition,
        )

    # --- history ---------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        """The history, newest first."""
        found = self.service.log.history(self.actor, self.line.id, limit=_STEPS)
        for entry in reversed(found.entries):
            yield self._step(entry)

    def _step(self, entry: EntryAnswer) -> Step:
        speaker = speaker_of(entry.told, self.language)
        payload = entry.payload or {}
        claimed = payload.get("occurred_on")
        note = str(payload.get("reason") or "")
        labels = []
        if entry.data.get("late"):
            labels.append(self.tell("late"))
        if entry.for_:
            labels.append(self.tell("typed_for", who=speaker.people([entry.for_])))
        if "waived" in entry.guards.values():
            labels.append(self.tell("waived"))
        what = speaker.done(entry.act, entry.data)
        if entry.fired:
            what += f" → {speaker.state(entry.to)}"
        return Step(
            number=entry.seq,
            what=what,
            who=speaker.people([entry.actor]),
            when=self.moment(entry.at),
            claimed=times.day(claimed, self.language, self.today) if claimed else "",
            note=note,
            labels=tuple(labels),
        )


def _has_file(shape: FormField) -> bool:
    inner = shape.item.form.values() if shape.item else ()
    return shape.type == "file" or any(_has_file(each) for each in inner)
