"""Entries of the log as the auditor's desk tells them: in a list, and one with its whole story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from cycles.ledger import is_look
from cycles.school import ROLE_TITLES
from cycles.service import Actor
from cycles.service.answers import EntryAnswer
from cycles.service.reading_log import EntryInChain
from cycles_api.assembly import Service
from cycles_api.pages.desk.contexts import EntryPage, Looked, Proof
from cycles_api.pages.desk.look_told import LookTold
from cycles_api.pages.frame import times
from cycles_api.pages.frame.words import TELL
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Filed
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.records import filed
from cycles_api.telling import speaker_of
from cycles_api.wording import Language, Speaker
from cycles_api.wording.acts import DISPOSITIONS
from cycles_api.wording.language import Both
from cycles_api.wording.tasks import in_zone

__all__ = ["EntryTold", "LogTold", "cycle_of", "entry_address"]

#: How the log writes that nobody in particular acted.
_NOBODY: Final = "-"

_WORDS: Final[dict[str, Both]] = {
    "machine": Both("学校的服务器", "The school's server"),
    "later": Both("{days} 天后才记", "{days} days later"),
    "next_day": Both("第二天记的", "the next day"),
    "withheld": Both("内容现在还不能看。", "Its content is not to be read yet."),
    "erased": Both("内容已删去，哈希还在。", "Its content was erased; the hash stays."),
    "workflow": Both("流程“{key}”", "Workflow “{key}”"),
    "by": Both("谁做的", "Done by"),
    "as": Both("以什么身份", "In the role of"),
    "for": Both("替谁录的", "Typed for"),
    "via": Both("从哪里", "By way of"),
    "cycle": Both("研讨", "Cycle"),
    "round": Both("第几轮", "Round"),
    "claimed": Both("本人说的日期", "Day claimed"),
    "recorded": Both("记录时间", "Recorded"),
    "reason": Both("原因", "Reason"),
    "moved": Both("状态从“{before}”到“{after}”。", "It went from “{before}” to “{after}”."),
    "began": Both("从“{after}”开始。", "It began in “{after}”."),
    "stayed": Both("状态没有变，还是“{after}”。", "It stayed in “{after}”."),
    "fired": Both("条件都齐了，自动走了“{way}”。", "All was there, so “{way}” followed by itself."),
    "replaced": Both(
        "取代第 {number} 条交的那一份。", "It took the place of what entry {number} filed."
    ),
    "voided": Both("第 {number} 条交的那一份作废。", "What entry {number} filed became void."),
    "answered": Both("对意见“{text}”答复：{answer}。", "Answer to “{text}”: {answer}."),
    "hidden_point": Both("（现在看不到）", "(not to be read)"),
    "met": Both("满足", "met"),
    "waived": Both("特批", "waived"),
    "reopened": Both("重新打开", "Reopened"),
    "unknown_to_you": Both("看的是你不能看的一项", "at something that you may not know of"),
    "erased_point": Both("（内容已删去）", "(its content was erased)"),
}
_VIAS: Final[dict[str, Both]] = {
    "web": Both("网页", "the pages"),
    "api": Both("程序接口", "the API"),
    "cli": Both("服务器命令行", "the server's command line"),
    "job": Both("服务器定时任务", "a job of the server"),
    "import": Both("名单导入", "an import"),
}


def entry_address(subj: str, seq: int) -> str:
    """The page of one entry.

    >>> entry_address("cycle:01a0", 3), entry_address("school", 1)
    ('/desk/entries/cycle/01a0/3', '/desk/entries/school/-/1')
    """
    kind, _, name = subj.partition(":")
    return f"/desk/entries/{kind}/{name or '-'}/{seq}"


class LogTold:
    """Entries of a school's log, told to one person in one language."""

    def __init__(self, service: Service, actor: Actor, language: Language) -> None:
        self.service, self.actor, self.language = service, actor, language
        self.view = service.core.view(actor.school_id)
        self.zone = self.view.row.zone
        self.today = self.view.today(service.core.now())

    def say(self, name: str, **values: object) -> str:
        """One of the desk's own sentences."""
        return _WORDS[name].in_language(self.language).format(**values)

    def day(self, text: str) -> str:
        """A day as people read it."""
        return times.day(text, self.language, self.today)

    def moment(self, instant: str) -> str:
        """An instant on the school's clock."""
        return times.moment(instant, self.language, self.zone, self.today)

    def person(self, entry: EntryAnswer, person: str) -> str:
        """Who it is; the server itself where nobody in particular acted."""
        if person == _NOBODY:
            return self.say("machine")
        return speaker_of(entry.told, self.language).people([person])

    def entries(self, found: Sequence[EntryAnswer]) -> tuple[Looked, ...]:
        """The entries of a list."""
        cycles = dict.fromkeys(c for entry in found if (c := _cycle_meant(entry)))
        titles = self.service.log.titles(self.actor, cycles)
        return tuple(self.looked(entry, titles.get(_cycle_meant(entry))) for entry in found)

    def looked(self, entry: EntryAnswer, title: str | None) -> Looked:
        """One entry in short; the title is that of its cycle."""
        payload = entry.payload or {}
        claimed = str(payload.get("occurred_on") or "")
        about = self._about(entry, title)
        return Looked(
            to=entry_address(entry.subj, entry.seq),
            who=self.person(entry, entry.actor),
            what=self._what(entry),
            about=about,
            about_to=f"/cycles/{_cycle_meant(entry)}" if title is not None else "",
            claimed=self.day(claimed) if claimed else "",
            recorded=self.moment(entry.at),
            gap=self._gap(claimed, entry.at),
            labels=tuple(self._labels(entry)),
            note=self._note(entry),
        )

    def _what(self, entry: EntryAnswer) -> str:
        if is_look(entry.act, entry.subj):
            return self._look(entry).what(entry.data)
        speaker = speaker_of(entry.told, self.language)
        what = speaker.done(entry.act, entry.data)
        return f"{what} → {speaker.state(entry.to)}" if entry.fired else what

    def _about(self, entry: EntryAnswer, title: str | None) -> str:
        kind, _, name = _subject_meant(entry).partition(":")
        if title is not None:
            return title or TELL["untitled"].in_language(self.language)
        if kind == "person":
            return self.person(entry, self.view.id_of.get(name, name)) if name else ""
        if kind == "def":
            return self.say("workflow", key=entry.data.get("workflow", name[:8]))
        return ""

    def _gap(self, claimed: str, recorded: str) -> str:
        """How many days lie between what people say and what the server wrote down."""
        local = in_zone(datetime.fromisoformat(recorded), self.zone)
        try:
            days = (local.date() - date.fromisoformat(claimed)).days if local and claimed else 0
        except ValueError:
            return ""
        if days < 1:
            return ""
        return self.say("next_day") if days == 1 else self.say("later", days=days)

    def _labels(self, entry: EntryAnswer) -> Iterator[str]:
        if entry.data.get("late"):
            yield TELL["late"].in_language(self.language)
        if entry.for_:
            who = self.person(entry, entry.for_)
            yield TELL["typed_for"].in_language(self.language).format(who=who)
        if entry.act == "waive" or "waived" in entry.guards.values():
            yield TELL["waived"].in_language(self.language)
        if entry.act in ("propose_reopen", "reopen"):
            yield self.say("reopened")

    def _look(self, entry: EntryAnswer) -> LookTold:
        """How an auditor's look is told."""
        return LookTold(
            language=self.language,
            person=lambda person: self.person(entry, person),
            group=lambda group: self.view.groups[group].name if group in self.view.groups else "…",
            moment=self._when,
        )

    def _when(self, text: str) -> str:
        return self.moment(text) if "T" in text else self.day(text)

    def _note(self, entry: EntryAnswer) -> str:
        if is_look(entry.act, entry.subj):
            unknown = [self.say("unknown_to_you")] if entry.content == "withheld" else []
            return " · ".join([*unknown, self._look(entry).asked(entry.data)])
        if entry.content in ("withheld", "erased"):
            return self.say(entry.content)
        return str((entry.payload or {}).get("reason") or "")


class EntryTold:
    """One entry's whole story."""

    def __init__(
        self, service: Service, actor: Actor, language: Language, found: EntryInChain
    ) -> None:
        self.found, self.entry = found, found.entry
        self.told = LogTold(service, actor, language)
        self.cycle: CycleTold | None = None
        if found.cycle is not None:
            cycle = found.cycle.line.id
            self.cycle = CycleTold(
                service, actor, cycle, language, f"/cycles/{cycle}", found=found.cycle
            )

    @property
    def _speaker(self) -> Speaker:
        return speaker_of(self.entry.told, self.told.language)

    def page(self) -> EntryPage:
        """All of it."""
        entry, told = self.entry, self.told
        cycle = cycle_of(entry.subj)
        looked = told.looked(entry, self.cycle.title if self.cycle else None)
        someone = entry.actor != _NOBODY
        return EntryPage(
            entry=looked,
            facts=tuple(self._facts(looked)),
            changes=tuple(self._changes()),
            conditions=tuple(self._conditions()),
            record=self._record(),
            raw=_raw(entry),
            proof=self._proof(),
            same_person=f"/desk?person={entry.actor}" if someone else "",
            same_cycle=f"/desk?cycle={cycle}" if cycle else "",
        )

    def _facts(self, looked: Looked) -> Iterator[tuple[str, str]]:
        entry, say = self.entry, self.told.say
        yield say("by"), looked.who
        if entry.role:
            yield say("as"), self._role(entry.role)
        if entry.for_:
            yield say("for"), self.told.person(entry, entry.for_)
        if entry.via in _VIAS:
            yield say("via"), _VIAS[entry.via].in_language(self.told.language)
        if self.cycle and self.cycle.round:
            yield say("round"), str(entry.round)

    def _role(self, role: str) -> str:
        """A role of the cycle, or one held in the school or its group."""
        where, _, name = role.partition(".")
        of_school = f"{where}_{name}" if where == "group" else name
        titles = ROLE_TITLES.get(of_school)
        return self._speaker.role(role) if titles is None else titles[self.told.language]

    def _changes(self) -> Iterator[str]:
        """What became of it, in sentences."""
        entry, say, speaker = self.entry, self.told.say, self._speaker
        if entry.to != "-":
            after = speaker.state(entry.to)
            if entry.from_ is None:
                yield say("began", after=after)
            elif entry.from_ == entry.to:
                yield say("stayed", after=after)
            else:
                yield say("moved", before=speaker.state(entry.from_), after=after)
        if entry.fired:
            yield say("fired", way=speaker.transition(entry.fired))
        for number in entry.data.get("supersedes") or ():
            yield say("replaced", number=number)
        if entry.act == "answer" and "disposition" in entry.data:
            disposition = DISPOSITIONS[entry.data["disposition"]]
            answer = disposition.in_language(self.told.language)
            yield say("answered", text=self._point(entry.data["point"]), answer=answer)

    def _point(self, meant: str) -> str:
        points = self.cycle.found.points if self.cycle else ()
        point = next((p for p in points if p.id == meant), None)
        if point is None:
            return self.told.say("hidden_point")
        return text_of(point) or self.told.say("erased_point")

    def _conditions(self) -> Iterator[tuple[str, str]]:
        """The guards that were asked, and how each was passed."""
        for guard, passed in self.entry.guards.items():
            transition, _, name = guard.partition(".")
            yield self._speaker.guard(name, transition), self.told.say(passed)

    def _record(self) -> Filed | None:
        """What was filed with it, as far as it may be read."""
        if self.cycle is None or self.entry.act != "file" or self.entry.content != "shown":
            return None
        filing = self.entry.data.get("filing")
        meant = (r for r in self.cycle.found.records if r.id == filing)
        return next((filed(self.cycle, r) for r in meant), None)

    def _proof(self) -> Proof:
        entry, found = self.entry, self.found
        return Proof(
            number=entry.seq,
            leaf=entry.leaf,
            follows=found.follows or "",
            before=entry_address(entry.subj, entry.seq - 1) if found.follows else "",
            after="" if found.is_last else entry_address(entry.subj, entry.seq + 1),
            definition=found.definition or "",
            exact=entry.at,
        )


def _cycle_meant(entry: EntryAnswer) -> str:
    """The id of the cycle that an entry is of, or at which an auditor looked."""
    return cycle_of(_subject_meant(entry))


def _subject_meant(entry: EntryAnswer) -> str:
    if is_look(entry.act, entry.subj):
        return str((entry.payload or {}).get("subj") or "")
    return entry.subj


def cycle_of(subj: str) -> str:
    """The id of the cycle that a subject is; empty for all others."""
    return subj.removeprefix("cycle:") if subj.startswith("cycle:") else ""


def _raw(entry: EntryAnswer) -> str:
    """What replay reads, and the content, for programmers; people by their ids."""
    found = {"act": entry.act, "data": entry.data, "guards": entry.guards}
    if entry.payload is not None:
        found["payload"] = entry.payload
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
