"""What the board and the page that opens a cycle show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.fields import Widget
from cycles_api.pages.told.lamps import LampTold

__all__ = ["BoardCard", "BoardColumn", "BoardPage", "OpenPage", "Wait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A step that a cycle waits for: whose, which, until when; `due` once that has passed."""

    who: str
    what: str
    until: str
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCard:
    """A cycle on the board; `mark` says why to look at it first: stuck, due, mine, or nothing.

    What can be done there and then: `ways` are (transition, title) that its reader may take with
    no word said, `waivers` (guard, title), `move` the title of putting a day off, or empty.
    """

    to: str
    title: str
    state: str
    round: str
    since: str
    mark: str
    waits: tuple[Wait, ...]
    notes: tuple[str, ...]
    lamps: tuple[LampTold, ...]
    id: str = ""
    revision: int = 0
    ways: tuple[tuple[str, str], ...] = ()
    waivers: tuple[tuple[str, str], ...] = ()
    move: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardColumn:
    """The cycles in one state; `workflow` where the group has several kinds."""

    title: str
    workflow: str
    cards: tuple[BoardCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """What runs in a group; `groups` are address, name and whether it is the one shown.

    `local`: whether no other device can open the links of `chat`.
    """

    template: ClassVar = "board.html"
    groups: tuple[tuple[str, str, bool], ...]
    group: str
    count: int
    more: bool
    first: tuple[BoardCard, ...]
    columns: tuple[BoardColumn, ...]
    chat: str
    local: bool
    to_open: str
    here: str
    key: str
    together: tuple[BoardCard, ...]
    said: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """Open a cycle; first of which workflow and in which group, where there are several.

    `others` are roles that are filled already, and can be filled otherwise.
    """

    template: ClassVar = "open.html"
    title: str
    ways: tuple[tuple[str, str, str], ...]
    action: Action | None
    others: tuple[Widget, ...]
    others_wrong: bool
    faults: tuple[str, ...]
