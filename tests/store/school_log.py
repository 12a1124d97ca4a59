"""Entries and rows for store tests: a school, its people, and cycles that move on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cycles.canonical import canonical_bytes
from cycles.ledger import Body, commitment, place_after
from cycles.store import CycleRow, Payload, SchoolRow, Store, TaskRow, Work

DEF = "A" * 43 + "="
WANG = "p_" + "a" * 26
LI = "p_" + "b" * 26
TODAY = "2026-03-02"


def school(school_id: str = "north") -> SchoolRow:
    """A school of this id; `north` is in the store already."""
    return SchoolRow(
        id=school_id,
        name="第一小学",
        log=f"cycles.example/{school_id}",
        zone="Asia/Shanghai",
        created_at=at(0),
    )


def at(second: int) -> str:
    """An instant, so many seconds after eight."""
    return f"2026-03-01T08:{second // 60:02}:{second % 60:02}.000000Z"


def payload(text: str, number: int = 1) -> Payload:
    """A payload of this text."""
    return Payload(number.to_bytes(32, "big"), canonical_bytes({"text": text}))


def body_after(work: Work, subj: str, **said: Any) -> Body:
    """An entry that fits the subject's last one, but for what is said otherwise."""
    place = place_after(work.link(subj))
    of_cycle = subj.startswith("cycle:")
    plain: dict[str, Any] = {
        "log": f"cycles.example/{work.school_id}",
        "subj": subj,
        "seq": place.seq,
        "prev": place.prev,
        "act": "open" if place.seq == 1 else "advance",
        "from_": place.from_,
        "to": "draft" if of_cycle else "-",
        "round": 1 if of_cycle else 0,
        "at": at(place.seq),
        "actor": WANG,
        "via": "web",
        "def_": DEF if of_cycle else None,
        "guards": {},
        "data": {},
    }
    return Body(**{**plain, **said})


def write_entry(work: Work, subj: str, text: str | None = None, **said: Any) -> Body:
    """Append an entry, with a payload if there is a text."""
    kept = None if text is None else payload(text)
    pay = None if kept is None else commitment(kept.salt, kept.content)
    body = body_after(work, subj, **{"pay": pay, **said})
    work.append(body, kept)
    return body


def row_of(work: Work, cycle_id: str, **said: Any) -> CycleRow:
    """The cycle's row that its last appended entry asks for."""
    link = work.link(f"cycle:{cycle_id}")
    assert link is not None
    plain: dict[str, Any] = {
        "school_id": work.school_id,
        "id": cycle_id,
        "subj": link.subj,
        "revision": link.seq,
        "state": link.to,
        "head": link.leaf,
        "workflow": "lesson-study",
        "version": "0" * 64,
        "group": "maths",
        "round": 1,
        "opened_at": at(1),
        "changed_at": link.at,
        "entered_at": link.at,
        "snapshot": b"{}",
    }
    return CycleRow(**{**plain, **said})


def open_cycle(
    work: Work,
    cycle_id: str,
    *,
    people: Iterable[tuple[str, str]] = (("opener", WANG),),
    text: str | None = None,
    **said: Any,
) -> CycleRow:
    """Append the first entry and open the cycle; what is said goes into the row."""
    write_entry(work, f"cycle:{cycle_id}", text)
    row = row_of(work, cycle_id, **said)
    work.open_cycle(row, people)
    return row


def move_on(
    work: Work, cycle_id: str, to: str = "observe", *, text: str | None = None, **said: Any
) -> CycleRow:
    """Lock the cycle, append an entry, save the cycle."""
    before = work.cycle(cycle_id, lock=True)
    assert before is not None
    write_entry(work, before.subj, text, to=to)
    row = row_of(work, cycle_id, **{"workflow": before.workflow, "group": before.group, **said})
    work.save_cycle(row, None, expected=before.revision)
    return row


def task(cycle: str, do: str = "file:plan", person: str = WANG, **said: Any) -> TaskRow:
    """A task that may be done now."""
    plain: dict[str, Any] = {"school_id": "north", "cycle": cycle, "person": person, "do": do}
    return TaskRow(**{**plain, "from_date": "2026-03-01", "details": "{}", **said})


@dataclass(frozen=True)
class Everything:
    """All that a school's tables hold of cycles and log, to compare before and after."""

    entries: tuple[Any, ...]
    cycles: tuple[Any, ...]
    tasks: tuple[Any, ...]


def everything(store: Store, school_id: str = "north") -> Everything:
    """What the school holds now."""

    def look(work: Work) -> Everything:
        subjects = work.subjects()
        return Everything(
            entries=tuple(entry for subj, _ in subjects for entry in work.entries(subj)),
            cycles=tuple(row.model_dump_json() for row in _cycles(work)),
            tasks=tuple(row.model_dump_json() for row in work.find(TaskRow)),
        )

    def _cycles(work: Work) -> list[Any]:
        found = work.find(CycleRow)
        for row in found:
            row.head, row.snapshot = row.head.hex().encode(), row.snapshot.hex().encode()
        return found

    return store.read(school_id, look)
