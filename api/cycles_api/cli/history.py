"""`cycles history`: a cycle's entries, who did what when, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from cycles_api.cli.finding import name_of, school_meant, school_option
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    from cycles.service.answers import EntryAnswer
    from cycles_api.assembly import Service

_PAGE: Final = 200
_LATE: Final = Both("补录", "late")
_FOR: Final = Both("代{name}录", "for {name}")
_WAIVED: Final = Both("特批：{guards}", "waived: {guards}")
_ERASED: Final = Both("内容已删", "content erased")
_OPERATOR: Final = Both("（管理员）", "(operator)")


@taught(
    "history",
    ("cycles history 01890a5d-ac96-774b-bcce-b302099a8057", "A line an entry. 一条一行。"),
    ("cycles history 01890a5d-ac96-774b-bcce-b302099a8057 --json", "For a programme. 给程序读。"),
)
@click.argument("cycle")
@school_option
@database_option
@json_option
@click.pass_obj
def command(
    terminal: Terminal, cycle: str, school: str | None, database: str | None, as_json: bool
) -> None:
    """一次研讨的经过 · Everything that happened in a cycle, the oldest first.

    Marked: what came late (补录), what somebody typed for another (代录), what was waived (特批).
    """
    from cycles_api.assembly import assembled

    with assembled(settings_of(database), read_only=True) as service:
        school_id = school_meant(service, school)
        called = name_of(service, school_id)
        zone = ZoneInfo(service.core.view(school_id).calendar.zone)
        if as_json:
            entries = [_plain(entry) for entry in _entries(service, school_id, cycle)]
            terminal.answer_json({"cycle": cycle, "entries": entries})
            return
        for entry in _entries(service, school_id, cycle):
            terminal.answer(_line(terminal, entry, called, zone))


def _entries(service: Service, school_id: str, cycle: str) -> Iterator[EntryAnswer]:
    from cycles.service import operator_of

    after: int | None = 0
    while after is not None:
        page = service.log.history(operator_of(school_id), cycle, after=after, limit=_PAGE)
        yield from page.entries
        after = page.next


def _line(
    terminal: Terminal, entry: EntryAnswer, called: Callable[[str], str], zone: ZoneInfo
) -> str:
    from cycles_api.wording import Speaker

    speaker = Speaker(terminal.language, entry.told.version, called)
    at = datetime.fromisoformat(entry.at).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    who = terminal.pick(_OPERATOR) if entry.actor == "-" else called(entry.actor)
    told = [f"{entry.seq:>3}  {at}  {who} {speaker.done(entry.act, entry.data)}"]
    if entry.from_ != entry.to:
        told.append(f"→ {speaker.state(entry.to)}")
    if marks := list(_marks(terminal, entry, speaker.guard, called)):
        told.append(f"[{'; '.join(marks)}]")
    return " ".join(told)


def _marks(
    terminal: Terminal,
    entry: EntryAnswer,
    guard: Callable[[str], str],
    called: Callable[[str], str],
) -> Iterator[str]:
    if entry.data.get("late") is True:
        yield terminal.pick(_LATE)
    if entry.for_ is not None:
        yield terminal.pick(_FOR, name=called(entry.for_))
    waived = [name for name, how in entry.guards.items() if how == "waived"]
    if waived:
        named = "、".join(guard(name.rpartition(".")[2]) for name in waived)
        yield terminal.pick(_WAIVED, guards=named)
    if entry.content == "erased":
        yield terminal.pick(_ERASED)


def _plain(entry: EntryAnswer) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "act": entry.act,
        "from": entry.from_,
        "to": entry.to,
        "fired": entry.fired,
        "round": entry.round,
        "actor": entry.actor,
        "for": entry.for_,
        "role": entry.role,
        "via": entry.via,
        "guards": dict(entry.guards),
        "data": entry.data,
        "content": entry.content,
        "payload": entry.payload,
        "leaf": entry.leaf,
    }
