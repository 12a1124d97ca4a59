"""An auditor's look: an entry of the school's own chain that says what was looked at.

A look is no entry of a cycle's chain, so that looking never moves a cycle on. Its data, by a
closed schema, is in clear but for one thing: which subject it was. Somebody else who reads the
log may not know of that cycle (a visit that is not announced, say), so the data holds the
subject's *mark*, a hash that only those recognize who know the subject, and the payload its name.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from cycles.errors import LedgerError
from cycles.ledger.entry import Body, is_subject

__all__ = [
    "LOOK",
    "LOOKS",
    "LOOKS_SUBJECT",
    "check_look",
    "is_look",
    "look_data",
    "mark_in",
    "mark_of",
    "marked_in",
]

#: The act of such an entry, and the subject whose chain it stands in.
LOOK: Final = "look"
LOOKS_SUBJECT: Final = "school"

Form = Callable[[Any], object]


def _text(form: str) -> Form:
    full = re.compile(form).fullmatch
    return lambda value: type(value) is str and full(value)


def _number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _flag(value: Any) -> bool:
    return type(value) is bool


_HASH: Final = _text(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_ID: Final = _text(r"[A-Za-z0-9_.:-]{1,80}")
_INSTANT: Final = _text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{8,15}Z)?")
_DAY: Final = _text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_ABOUT: Final[dict[str, Form]] = {"of": _HASH, "seq": _number}
#: What was looked at → what may be said of it; see docs/auditor.md.
LOOKS: Final[dict[str, dict[str, Form]]] = {
    # The log, as far as it was asked for; `before`: an older page.
    "search": {
        **dict.fromkeys(("person", "group", "act"), _ID),
        **dict.fromkeys(("since", "until", "before"), _INSTANT),
        **dict.fromkeys(("late", "waived", "typed", "reopened", "looks"), _flag),
        "of": _HASH,
    },
    # One entry's story, and a cycle with its records and history, up to its entry `seq`.
    "entry": _ABOUT,
    "cycle": _ABOUT,
    # Lists of cycles, by title and state.
    "cycles": {
        **dict.fromkeys(("person", "group", "state", "workflow", "waiting"), _ID),
        "ended": _flag,
        "older": _flag,
    },
    "dashboard": {},
    # A term's report lessons, and its plan; `whole`: as a workbook with all there is.
    "coverage": {
        **dict.fromkeys(("term", "group"), _ID),
        "standing": _text("done|under_way|not_arranged"),
        "whole": _flag,
    },
    "plan": {
        **dict.fromkeys(("term", "group", "workflow"), _ID),
        "month": _text(r"[0-9]{4}-[0-9]{2}"),
        "whole": _flag,
    },
    "export": {},
    # A check of the whole log that was begun; and the checks that were made, and what they found.
    "verification": {},
    "verifications": {},
    # `count` could have been drawn; `drawn` is the SHA-256 of those that were, a line each.
    "sample": {
        "from": _text("cycles|entries"),
        "seed": _text(r"[A-Za-z0-9._-]{1,64}"),
        "size": _number,
        "group": _ID,
        **dict.fromkeys(("since", "until"), _DAY),
        "before": _INSTANT,
        "count": _number,
        "drawn": _HASH,
    },
}
#: What is never left out.
_ALWAYS: Final[dict[str, frozenset[str]]] = {
    "entry": frozenset({"of", "seq"}),
    "cycle": frozenset({"of", "seq"}),
    "sample": frozenset({"from", "seed", "size", "before", "count", "drawn"}),
}


def mark_of(subj: str) -> str:
    """What a look calls a subject: base64 SHA-256, told by nobody who does not know its name.

    >>> mark_of("school")
    'MkkYUmcQZP6LSwjHdclcPW03ZnG1SlVW6zKWEVo/v9g='
    """
    return b64encode(hashlib.sha256(b"cycles/look/v1\n" + subj.encode()).digest()).decode()


def is_look(act: str, subj: str) -> bool:
    """Whether an entry of this act and subject is an auditor's look."""
    return act == LOOK and subj == LOOKS_SUBJECT


def look_data(look: str, *, subj: str | None = None, **asked: Any) -> dict[str, Any]:
    """The data of a look.

    What was not asked for is left out, and so is what does not have the form that ids have: it
    is no id of anything, and what people typed is not for the log. Where it bears a mark (`of`),
    the payload is to name `subj`.

    >>> look_data("plan", group="g1", term="", month=None, workflow="随便")
    {'look': 'plan', 'group': 'g1'}
    """
    forms = LOOKS[look]
    said = {k: v for k, v in asked.items() if forms[k](v)}
    about = {} if subj is None or not is_subject(subj) else {"of": mark_of(subj)}
    data = {"look": look, **said} | about
    check_look(LOOKS_SUBJECT, data, has_payload="of" in data)
    return data


def mark_in(body: Body) -> str | None:
    """The mark of the subject that was looked at; `None` for all else."""
    return body.data.get("of") if is_look(body.act, body.subj) else None


def marked_in(payload: Any) -> str | None:
    """The mark of the subject that a look's payload names; `None` for all else."""
    if type(payload) is dict and payload.keys() == {"subj"} and type(payload["subj"]) is str:
        return mark_of(payload["subj"])
    return None


def check_look(subj: str, data: Mapping[str, Any], *, has_payload: bool) -> None:
    """Raise `LedgerError` for a look that the service would never have written."""
    if subj != LOOKS_SUBJECT:
        raise LedgerError(f"a look stands in the chain of {LOOKS_SUBJECT!r}, not of {subj!r:.60}")
    kind = data.get("look")
    forms = LOOKS.get(kind) if type(kind) is str else None
    if forms is None:
        raise LedgerError(f"look: {kind!r:.60} is not known")
    said = data.keys() - {"look"}
    missing, unknown = _ALWAYS.get(str(kind), frozenset()) - said, said - forms.keys()
    if missing or unknown:
        raise LedgerError(f"a look at {kind}: {', '.join(sorted(missing | unknown))}")
    wrong = [name for name in said if not forms[name](data[name])]
    if wrong:
        raise LedgerError(f"a look at {kind}: {min(wrong)} does not have the form asked for")
    if has_payload != ("of" in said):
        raise LedgerError("a look has a payload exactly where it is at one subject")
