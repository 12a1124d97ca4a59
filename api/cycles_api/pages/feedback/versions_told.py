"""Two versions of a record as their page tells them: field by field, Word files by their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from cycles.errors import NotFoundError
from cycles.service.attachments import KINDS
from cycles.service.comparing import Row, compare
from cycles.service.lives import Version
from cycles.service.word_text import MAX_CHARACTERS, MAX_PARAGRAPHS, words_of
from cycles.workflow.definition import RecordKind
from cycles_api.pages.feedback.contexts import Cause, Pair, Part, Stretch, VersionTold
from cycles_api.pages.feedback.lives import lives
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.points import answer_text
from cycles_api.pages.told.points_words import SAY
from cycles_api.pages.told.values import parts as values

__all__ = ["causes", "parts", "version_told"]

#: Unchanged paragraphs beside a change that are shown, and how many more are folded away at least.
_AROUND: Final = 1
_FOLDED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """What a field says in one version: paragraphs, the file it is from, what is to be noted."""

    paragraphs: tuple[str, ...] = ()
    digest: str = ""
    note: str = ""


def version_told(told: CycleTold, version: Version) -> VersionTold:
    """One version: which, whose, when, and its files."""
    record = version.record
    files = (v for v in (record.fields or {}).values() if isinstance(v, Mapping) and "digest" in v)
    return VersionTold(
        title=_say(told, "version", number=version.number),
        who=told.name(record.person),
        when=told.moment(record.filed_at),
        round=told.tell("round", round=record.round),
        files=tuple((f"/files/{f['digest']}", str(f.get("name", ""))) for f in files),
    )


def causes(told: CycleTold, old: Version, new: Version) -> Iterator[Cause]:
    """The suggestions that went into a version after the old one, up to the new one."""
    between = range(old.number + 1, new.number + 1)
    for life in lives(told):
        if any(n in between for n in life.versions_of(new.record.record)):
            point = life.point
            yield Cause(
                to=f"{told.to}/suggestions#p-{point.id}",
                kind=told.speaker.field(f"{point.record}.{point.field}"),
                text=text_of(point) or told.tell("erased"),
                answer=answer_text(told, point),
            )


def parts(told: CycleTold, kind: RecordKind, old: Version | None, new: Version) -> Iterator[Part]:
    """The fields of both versions, compared; those that neither has are left out.

    Where one of several fields is enough, a version may have it as a text and the next one as a
    file: these are the same thing said in another place, and are compared as one.
    """
    before = _texts(told, kind, old) if old else {}
    after = _texts(told, kind, new)
    for names in _compared(kind, before, after):
        yield _part(
            told,
            _label(told, kind, names),
            [before[n] for n in names if n in before],
            [after[n] for n in names if n in after],
        )


def _compared(
    kind: RecordKind, before: Mapping[str, _Text], after: Mapping[str, _Text]
) -> Iterator[tuple[str, ...]]:
    """Which fields are compared with each other, in the form's order: each with itself, mostly."""
    there = [n for n in dict.fromkeys([*kind.form, *before, *after]) if n in before or n in after]
    enough = tuple(n for n in there if n in kind.needs_any)
    moved = [n for n in enough if n in before] != [n for n in enough if n in after]
    if moved:
        yield enough
    for name in there:
        if not (moved and name in enough):
            yield (name,)


def _label(told: CycleTold, kind: RecordKind, names: Sequence[str]) -> str:
    titles = (kind.form[n].title.in_language(told.language) if n in kind.form else n for n in names)
    return ("、" if told.language == "zh" else ", ").join(titles)


def _texts(told: CycleTold, kind: RecordKind, version: Version) -> dict[str, _Text]:
    """What each field of a version says."""
    fields = version.record.fields
    if fields is None:
        return {"": _Text(note=_say(told, "erased"))}
    found = {}
    for name, value in fields.items():
        shape = kind.form.get(name)
        if shape is not None and shape.type == "file" and isinstance(value, Mapping):
            found[name] = _of_file(told, str(value.get("digest", "")))
        else:
            found[name] = _of_value(told, kind, name, value)
    return found


def _of_value(told: CycleTold, kind: RecordKind, name: str, value: Any) -> _Text:
    lines = (line for part in values(told, kind.form, {name: value}) for line in part.lines)
    said = "\n".join(lines)
    cut = said[:MAX_CHARACTERS]
    paragraphs = [" ".join(line.split()) for line in cut.split("\n") if line.strip()]
    long = len(cut) < len(said) or len(paragraphs) > MAX_PARAGRAPHS
    return _Text(
        paragraphs=tuple(paragraphs[:MAX_PARAGRAPHS]), note=_say(told, "long") if long else ""
    )


def _of_file(told: CycleTold, digest: str) -> _Text:
    """The words of a Word file; of all others, that they are not to be compared."""
    try:
        known, source = told.service.attachments.fetch(told.actor, digest)
    except NotFoundError:
        return _Text(digest=digest, note=_say(told, "unreadable"))
    with closing(source):
        if known.kind != KINDS["docx"]:
            return _Text(digest=digest, note=_say(told, "not_word"))
        words = words_of(source)
    note = _say(told, words.why) if words.why else ""
    return _Text(paragraphs=words.paragraphs, digest=digest, note=note)


def _part(told: CycleTold, label: str, old: Sequence[_Text], new: Sequence[_Text]) -> Part:
    files = [[t.digest for t in side if t.digest] for side in (old, new)]
    if files[0] and files[0] == files[1] and list(old) == list(new):
        return Part(label=label, changed=False, notes=(_say(told, "the_same_file"),), stretches=())
    rows = compare(
        [p for text in old for p in text.paragraphs], [p for text in new for p in text.paragraphs]
    )
    notes = dict.fromkeys(t.note for t in (*old, *new) if t.note)
    return Part(
        label=label,
        changed=files[0] != files[1] or not all(row.same for row in rows),
        notes=tuple(notes),
        stretches=tuple(_stretches([_pair(row) for row in rows])),
    )


def _pair(row: Row) -> Pair:
    if row.old is None or row.new is None:
        what = "new" if row.old is None else "gone"
    else:
        what = "same" if row.same else "changed"
    return Pair(what=what, old=row.old or (), new=row.new or ())


def _stretches(pairs: list[Pair]) -> Iterator[Stretch]:
    """What changed with what stands around it; long stretches without a change are folded."""
    changed = [n for n, pair in enumerate(pairs) if pair.what != "same"]
    near = {n + by for n in changed for by in range(-_AROUND, _AROUND + 1)}
    start = 0
    while start < len(pairs):
        end, folded = start, start not in near
        while end < len(pairs) and (end not in near) == folded:
            end += 1
        folded = folded and end - start >= _FOLDED and bool(changed)
        yield Stretch(folded=folded, pairs=tuple(pairs[start:end]))
        start = end


def _say(told: CycleTold, name: str, **values: object) -> str:
    return SAY[name].in_language(told.language).format(**values)
