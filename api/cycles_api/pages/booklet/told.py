"""A cycle as a booklet: round by round what was filed, said and answered, and all that happened.

It holds what the person who prints it may read, and says nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from cycles.errors import NotFoundError
from cycles.service.answers import PointAnswer, RecordAnswer
from cycles.service.attachments import KINDS
from cycles.service.word_text import words_of
from cycles.workflow.definition import FormField, RecordKind
from cycles.workflow.meeting import meeting_of
from cycles.workflow.version import Version, every_guard
from cycles_api.pages.booklet.contexts import Chapter, Sheet, Table
from cycles_api.pages.cycle.history_told import history
from cycles_api.pages.frame import times
from cycles_api.pages.meeting.activity import activity_of
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Part
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.standing import about
from cycles_api.pages.told.values import parts
from cycles_api.wording.acts import DISPOSITIONS
from cycles_api.wording.language import Both

__all__ = ["chapters", "cover", "made", "seal"]

#: Entries asked for at once.
_PAGE: Final = 200

_WORDS: Final[dict[str, Both]] = {
    "overview": Both("基本情况", "Overview"),
    "subject": Both("研讨内容", "What is studied"),
    "taking_part": Both("参加的人", "Who took part"),
    "name": Both("姓名", "Name"),
    "role": Both("职责", "Part"),
    "signature": Both("签名", "Signature"),
    "round": Both("第 {round} 轮", "Round {round}"),
    "only": Both("记录", "Records"),
    "suggestions": Both("意见与答复", "Suggestions and answers"),
    "suggestion": Both("意见", "Suggestion"),
    "raised": Both("谁提的", "By"),
    "answer": Both("答复", "Answer"),
    "seen": Both("看到没有", "Seen"),
    "open": Both("还没有答复", "No answer yet"),
    "past": Both("经过", "What happened"),
    "number": Both("编号", "No."),
    "what": Both("谁做了什么", "Who did what"),
    "claimed": Both("本人说的日期", "Day claimed"),
    "recorded": Both("记录时间", "Recorded"),
    "signing": Both("签字页", "Signatures"),
    "sign_of": Both("{who}签名", "Signature: {who}"),
    "date": Both("日期", "Date"),
    "head": Both("教研组长签字", "Head of the group"),
    "deputy": Both("分管领导签字", "For the school"),
    "stamp": Both("学校（盖章）", "School (stamp)"),
    "version": Both("第 {number} 版", "version {number}"),
    "time": Both("时间", "Time"),
    "note": Both("实录", "Notes"),
    "present": Both("情况", "Present"),
    "recorded_at": Both("{moment} 记录", "recorded {moment}"),
    "happened": Both("{day}的事", "of {day}"),
    "attached": Both("附件：{name}（SHA-256 {digest}…）", "Attached: {name} (SHA-256 {digest}…)"),
    "inside": Both(
        "以下是文件里的文字，排版和图片以原件为准：",
        "What it says; for its layout and pictures see the file itself:",
    ),
    "by_whom": Both("谁交的", "Filed by"),
    "opened": Both("开始", "Begun"),
    "last": Both("最近一次记录", "Last record"),
    "state": Both("现在", "State"),
    "group": Both("教研组", "Group"),
    "made": Both("{moment} 由{who}打印", "Printed by {who}, {moment}"),
    "seal": Both(
        "系统记录共 {count} 条，最后一条的指纹：{leaf}",
        "Entries: {count}; hash of the last: {leaf}",
    ),
}


def _say(told: CycleTold, word: str, **values: object) -> str:
    return _WORDS[word].in_language(told.language).format(**values)


# --- cover -----------------------------------------------------------------------------------


def cover(told: CycleTold) -> tuple[tuple[str, str], ...]:
    """What stands on the cover: the subject, the group, who answers for what, from when to when."""
    return tuple(_cover(told))


def _cover(told: CycleTold) -> Iterator[tuple[str, str]]:
    yield from ((label, value) for label, value in about(told) if value)
    group = told.view.groups.get(told.line.group)
    if group is not None:
        yield _say(told, "group"), group.name
    for role, held in told.found.participants.items():
        if held and told.workflow.roles[role].most == 1:
            yield told.speaker.role(role), _names(told, held)
    yield _say(told, "opened"), _day(told, told.line.opened_at)
    yield _say(told, "last"), _day(told, told.line.changed_at)
    yield (
        _say(told, "state"),
        told.where if not told.line.ended else told.speaker.state(told.line.state),
    )


def made(told: CycleTold, now: str) -> str:
    """When the booklet was printed, and by whom."""
    who = told.view.name(told.actor.person)
    return _say(told, "made", moment=told.moment(now), who=who)


def seal(told: CycleTold) -> str:
    """How many entries the log has, and the hash of the last."""
    count = told.line.revision
    found = told.service.log.history(told.actor, told.line.id, after=count - 1, limit=1)
    leaf = found.entries[0].leaf if found.entries else ""
    return _say(told, "seal", count=count, leaf=leaf)


def _day(told: CycleTold, instant: str) -> str:
    return times.date_of(instant, told.language, told.line.zone)


def _names(told: CycleTold, people: Sequence[str]) -> str:
    between = "、" if told.language == "zh" else ", "
    return between.join(told.view.name(p) for p in people)


# --- inside ----------------------------------------------------------------------------------


def chapters(told: CycleTold) -> tuple[Chapter, ...]:
    """Before, the rounds, and after, numbered."""
    found: list[tuple[str, list[Sheet]]] = [(_say(told, "overview"), list(_overview(told)))]
    several = told.workflow.rounds.max > 1
    for number in range(1, told.line.round + 1):
        title = _say(told, "round", round=number) if several else _say(told, "only")
        found.append((title, list(_round(told, number))))
    found.append((_say(told, "past"), [_past(told)]))
    found.append((_say(told, "signing"), [_signing(told)]))
    return tuple(
        Chapter(
            id=f"c{number}",
            number=str(number),
            title=title,
            sheets=tuple(_numbered(number, sheets)),
        )
        for number, (title, sheets) in enumerate((f for f in found if f[1]), start=1)
    )


def _numbered(chapter: int, sheets: list[Sheet]) -> Iterator[Sheet]:
    for number, sheet in enumerate(sheets, start=1):
        yield replace(sheet, id=f"s{chapter}-{number}", number=f"{chapter}.{number}")


def _sheet(title: str, **more: Any) -> Sheet:
    return Sheet(id="", number="", title=title, **more)


def _overview(told: CycleTold) -> Iterator[Sheet]:
    inside = tuple(parts(told, told.workflow.subject, told.found.subject or {}))
    facts = tuple((p.label, " ".join(p.lines)) for p in inside)
    yield _sheet(_say(told, "subject"), facts=facts)
    held = [
        (told.speaker.role(role), _names(told, people))
        for role, people in told.found.participants.items()
        if people and told.workflow.roles[role].from_ is None
    ]
    yield _sheet(_say(told, "taking_part"), facts=tuple(held))


def _round(told: CycleTold, number: int) -> Iterator[Sheet]:
    """What was filed in a round, in the order of the workflow; then the suggestions."""
    lesson = _lesson(told, number)
    meeting = meeting_of(told.version)
    for name, kind in told.workflow.records.items():
        filed = list(_last(told, name, kind, number))
        if meeting is not None and name == (meeting.agreed or meeting.words):
            yield from _activity(told, name, number)
        if not filed or (meeting is not None and name == meeting.agreed):
            continue
        if _in_columns(told, kind):
            yield _together(told, name, kind, filed, lesson)
        else:
            for record in filed:
                yield _alone(told, kind, record, lesson)
    points = [p for p in told.found.points if p.round == number and p.merged_into is None]
    if points:
        yield _suggestions(told, points)


def _activity(told: CycleTold, record: str, number: int) -> Iterator[Sheet]:
    """The round's record of activity, once there was anything to record."""
    found = activity_of(told.service, told.actor, told, number)
    if found is not None and (found.agreed or found.topics):
        yield _sheet(told.speaker.record(record), alone=True, activity=found)


def _last(told: CycleTold, name: str, kind: RecordKind, number: int) -> Iterator[RecordAnswer]:
    """The last version of each filing in the round, of what is revised all; nothing void."""
    mine = [
        r for r in told.found.records if r.record == name and r.round == number and not r.voided
    ]
    adds_up = any(shape.type == "attendance" for shape in kind.form.values())
    if name in _revised(told.version):
        yield from mine
    elif "filing" in kind.one_per:
        yield from (r for r in mine if not r.superseded)
    elif adds_up and mine:
        yield mine[-1]
    else:
        last = {(r.person if "person" in kind.one_per else ""): r for r in mine}
        yield from last.values()


@lru_cache(maxsize=500)
def _revised(version: Version) -> frozenset[str]:
    """The records whose change is what a round is about: all their versions are kept."""
    ways = version.workflow.transitions.values()
    return frozenset(g.changed.record for way in ways for g in every_guard(way.guards) if g.changed)


def _version(told: CycleTold, record: RecordAnswer) -> str:
    """Which version of what is revised it is; empty for all else."""
    if record.record not in _revised(told.version):
        return ""
    same = [r.id for r in told.found.records if r.record == record.record and not r.voided]
    return _say(told, "version", number=same.index(record.id) + 1)


def _lesson(told: CycleTold, number: int) -> tuple[tuple[str, str], ...]:
    """When and where the round's lesson was: what the records with a day ahead say."""
    found: list[tuple[str, str]] = []
    for name, kind in told.workflow.records.items():
        if any(shape.type == "date" and shape.future for shape in kind.form.values()):
            for record in _last(told, name, kind, number):
                found += [
                    (p.label, " ".join(p.lines))
                    for p in parts(told, kind.form, record.fields or {})
                ]
    return tuple(found)


def _in_columns(told: CycleTold, kind: RecordKind) -> bool:
    """Whether what several people file stands in one table: short fields, one filing each."""
    wide = {"timed_notes", "file", "items", "attendance"}
    roles = told.workflow.roles
    several = any(role not in roles or roles[role].most != 1 for role in kind.by)
    short = not any(shape.type in wide for shape in kind.form.values())
    return several and short and "person" in kind.one_per


def _together(
    told: CycleTold,
    name: str,
    kind: RecordKind,
    filed: list[RecordAnswer],
    lesson: tuple[tuple[str, str], ...],
) -> Sheet:
    """One table: a line a person, a column a field."""
    fields = [n for n in kind.form if any(n in (r.fields or {}) for r in filed)]
    titles = [kind.form[n].title.in_language(told.language) for n in fields]
    rows = tuple(
        (told.name(r.person), *(_cell(told, kind.form[n], n, r) for n in fields)) for r in filed
    )
    return _sheet(
        told.speaker.record(name),
        facts=_head(told, lesson),
        tables=(Table(titles=(_say(told, "name"), *titles), rows=rows),),
        note=_recorded(told, filed),
    )


def _cell(told: CycleTold, shape: FormField, name: str, record: RecordAnswer) -> str:
    if record.fields is None:
        return told.tell("erased")
    if name not in record.fields:
        return ""
    (part,) = parts(told, {name: shape}, {name: record.fields[name]})
    return "\n".join(part.lines)


def _alone(
    told: CycleTold,
    kind: RecordKind,
    record: RecordAnswer,
    lesson: tuple[tuple[str, str], ...],
) -> Sheet:
    """One filing on its own: its texts, its notes by the minute, who was there."""
    fields = record.fields
    person = told.name(record.person)
    dated = any(shape.type == "date" and shape.future for shape in kind.form.values())
    inside, tables = list[Part](), list[Table]()
    if fields is None:
        inside.append(Part(label="", lines=(told.tell("erased"),)))
    for name in sorted(fields or {}, key=[*kind.form, *(fields or {})].index):
        shape, value = kind.form.get(name), (fields or {})[name]
        table = _table(told, record, name, shape, value) if shape else None
        if table is not None:
            tables.append(table)
        else:
            form = {name: shape} if shape else {}
            inside += [_printed(told, p) for p in parts(told, form, {name: value})]
    watched = any(shape.type == "timed_notes" for shape in kind.form.values())
    everybodys = "person" in kind.one_per or "filing" in kind.one_per
    title = " · ".join(filter(None, [told.speaker.record(record.record), _version(told, record)]))
    if dated:
        facts = tuple((p.label, " ".join(p.lines)) for p in inside)
        inside = []
    else:
        facts = (*_head(told, lesson), (_say(told, "by_whom"), person)) if watched else ()
    return _sheet(
        f"{title} · {person}" if everybodys else title,
        alone=watched or record.record in _revised(told.version),
        facts=facts,
        parts=tuple(inside),
        tables=tuple(tables),
        note=_recorded(told, [record]),
        signs=() if dated else (_say(told, "sign_of", who=person), _say(told, "date")),
    )


def _table(
    told: CycleTold, record: RecordAnswer, name: str, shape: FormField, value: Any
) -> Table | None:
    """What is best read in rows; `None` for all else."""
    if shape.type == "timed_notes" and isinstance(value, list):
        notes = [(str(n.get("at", "")), str(n.get("text", ""))) for n in value]
        return Table(titles=(_say(told, "time"), _say(told, "note")), rows=tuple(notes))
    if shape.type == "attendance" and isinstance(value, dict):
        return _who_was_there(told, record, name)
    if shape.type == "items" and isinstance(value, list) and shape.item is not None:
        columns = shape.item.form
        items = [
            tuple(" ".join(_one(told, columns[c], c, item)) for c in columns) for item in value
        ]
        titles = tuple(c.title.in_language(told.language) for c in columns.values())
        return Table(titles=titles, rows=tuple(items), narrow=3)
    return None


def _who_was_there(told: CycleTold, record: RecordAnswer, name: str) -> Table:
    """Attendance as it adds up over the round, with room to sign."""
    codes: dict[str, str] = {}
    for each in told.found.records:
        if (each.record, each.round) == (record.record, record.round) and not each.voided:
            codes |= (each.fields or {}).get(name) or {}
    words = told.asked.words
    rows = tuple((told.view.name(p), words.get(c, c), "") for p, c in codes.items())
    titles = tuple(_say(told, word) for word in ("name", "present", "signature"))
    return Table(titles=titles, rows=rows, narrow=2)


def _one(told: CycleTold, shape: FormField, name: str, item: Any) -> tuple[str, ...]:
    if not isinstance(item, dict) or name not in item:
        return ()
    (part,) = parts(told, {name: shape}, {name: item[name]})
    return part.lines


def _printed(told: CycleTold, part: Part) -> Part:
    """A file on paper: its name, how to know it again, and the words of a Word file."""
    if not part.file:
        return part
    digest = part.file.rpartition("/")[2]
    named = (_say(told, "attached", name=name, digest=digest[:16]) for name in part.lines)
    return Part(label=part.label, lines=(*named, *_words_inside(told, digest)))


def _words_inside(told: CycleTold, digest: str) -> tuple[str, ...]:
    """What a Word file says, its paragraphs; nothing for all other files."""
    try:
        known, source = told.service.attachments.fetch(told.actor, digest)
    except NotFoundError:
        return ()
    with closing(source):
        found = words_of(source).paragraphs if known.kind == KINDS["docx"] else ()
    return (_say(told, "inside"), *found) if found else ()


def _head(told: CycleTold, lesson: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What stands in the head of a record: the lesson, who teaches, when and where."""
    teachers = [
        (told.speaker.role(role), _names(told, held))
        for role, held in told.found.participants.items()
        if held and told.workflow.roles[role].most == 1
    ]
    subject = told.found.subject or {}
    named = (f for f in told.workflow.subject if subject.get(f) == told.line.title)
    label = told.speaker.field(f"subject.{next(named, '')}")
    about = ((label, told.title),) if label != "subject." else ()
    return (*about, *teachers[:1], *lesson)


def _recorded(told: CycleTold, filed: list[RecordAnswer]) -> str:
    """When it was recorded; late, typed by another, of which day: of one filing all of it."""
    last = max(filed, key=lambda r: r.filed_at)
    said = [_say(told, "recorded_at", moment=told.moment(last.filed_at))]
    for record in filed if len(filed) == 1 else []:
        if record.occurred_on:
            day = times.day(record.occurred_on, told.language, told.today)
            said.insert(0, _say(told, "happened", day=day))
        if record.late:
            said.append(told.tell("late"))
        if record.typed_by != record.person:
            by, who = told.name(record.typed_by), told.name(record.person)
            said.append(told.tell("for", typed_by=by, person=who))
    return " · ".join(said)


def _suggestions(told: CycleTold, points: list[PointAnswer]) -> Sheet:
    words = ("suggestion", "raised", "answer", "seen")
    return _sheet(
        _say(told, "suggestions"),
        alone=True,
        tables=(
            Table(
                titles=tuple(_say(told, w) for w in words),
                rows=tuple(_suggestion(told, p) for p in points),
                narrow=0,
            ),
        ),
    )


def _suggestion(told: CycleTold, point: PointAnswer) -> tuple[str, ...]:
    kind = told.speaker.field(f"{point.record}.{point.field}")
    text = text_of(point) or told.tell("erased")
    answer = DISPOSITIONS[point.disposition].in_language(told.language) if point.disposition else ""
    if point.counting and not answer:
        answer = _say(told, "open")
    raised = dict.fromkeys(
        [point.raised_by, *(p.raised_by for p in told.found.points if p.merged_into == point.id)]
    )
    seen = [
        f"{told.name(who)} {told.asked.words.get(outcome, outcome)}"
        for who, outcome, _ in point.voices
    ]
    return (
        f"{kind}\n{text}",
        "\n".join(told.name(p) for p in raised),
        "\n".join(filter(None, [answer, point.reason or ""])),
        "\n".join(seen),
    )


def _past(told: CycleTold) -> Sheet:
    """Every entry, the oldest first: as a book is read."""
    rows: list[tuple[str, ...]] = []
    for first in range(1, told.line.revision + 1, _PAGE):
        before = min(first + _PAGE, told.line.revision + 1)
        for step in reversed(history(told, before=before, limit=before - first)):
            said = " · ".join([f"{step.who} {step.what}", *step.labels])
            what = f"{said}\n{step.note}" if step.note else said
            rows.append((str(step.number), what, step.claimed, step.when))
    words = ("number", "what", "claimed", "recorded")
    titles = tuple(_say(told, w) for w in words)
    return _sheet(_say(told, "past"), tables=(Table(titles=titles, rows=tuple(rows)),))


def _signing(told: CycleTold) -> Sheet:
    """Everybody who took part, with room for a hand; and those who answer for it."""
    rows = tuple(
        (told.speaker.role(role), told.view.name(person), "", "")
        for role, held in told.found.participants.items()
        if told.workflow.roles[role].from_ is None
        for person in held
    )
    words = ("role", "name", "signature", "date")
    return _sheet(
        _say(told, "taking_part"),
        tables=(Table(titles=tuple(_say(told, w) for w in words), rows=rows, narrow=2),),
        signs=tuple(_say(told, w) for w in ("head", "deputy", "stamp", "date")),
    )
