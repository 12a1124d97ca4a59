"""What a guard answers: met or not, why, and who can clear it by doing what.

The same value is the button's state, the refusal's body, the teacher's next step and what the
log keeps (DESIGN §2: explain = enforce).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct, field

__all__ = ["Remedy", "Task", "Verdict"]


class Remedy(Struct, frozen=True, kw_only=True):
    """One way to end an unmet guard.

    `do` is `file:<record>`, `answer:<record>`, `verify:<record>`, `sign:<record>`,
    `reveal:<record>`, `waive`, `substitute`, `act` or `open:<link>`. With mode `each`, every one
    of `who` has a part; with `any_of`, one of them is enough. `needed` says how many parts are
    still missing.
    """

    do: str
    who: tuple[str, ...]
    mode: Literal["each", "any_of"] = "each"
    needed: int = 1
    items: tuple[str, ...] = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """A guard's answer at one moment."""

    guard: str
    kind: str
    met: bool
    waived: bool = False
    code: str = "met"
    data: Mapping[str, Any] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()
    waits_until: date | None = None
    waits_for: tuple[str, ...] = ()
    #: The guard or record that has to come first.
    after: str | None = None
    #: Cannot be met any more in this visit.
    never: bool = False
    #: Who may waive it: an option, no task.
    waivable_by: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Met, or waived for this visit."""
        return self.met or self.waived


class Task(Struct, frozen=True, kw_only=True):
    """A next required step of one person.

    `do` is a remedy's, or `decide` (a way is open), `confirm:<record>` (somebody typed it for
    you), `resume`, or `reopen` (a second person is needed).
    """

    person: str
    do: str
    #: The transitions that it helps to open, or, for `decide`, that are open.
    transitions: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    #: Tasks of competing ways carry the names of all of them; doing one way's is enough.
    one_of: tuple[str, ...] = ()
    #: In UTC; `None` where nothing is due. A date that has passed means 该做了, never 逾期.
    due: datetime | None = None
    #: The first day on which it can be done, and the day from which it cannot; `None`: open.
    since: date | None = None
    until: date | None = None
