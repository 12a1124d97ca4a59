"""What a workflow is: the words of the workflow language as immutable values.

A `Workflow` is what a file under `workflows/` says, shorthand resolved and nothing else: no
lookups, no proofs. `version.py` names it by its digest and answers questions about it,
`loading.py` reads it from YAML, `checks.py` proves it sound.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    model_validator,
)

__all__ = [
    "DISPOSITIONS",
    "ENGINE_STATES",
    "GUARD_KINDS",
    "LIFECYCLE_VERBS",
    "RESERVED_ACTS",
    "AnswerRule",
    "Answered",
    "Changed",
    "Compare",
    "Consent",
    "Distinct",
    "Due",
    "Filed",
    "FormField",
    "Guard",
    "ItemShape",
    "Linked",
    "NotBefore",
    "Opening",
    "RecordKind",
    "Reveal",
    "Role",
    "RoundLimits",
    "RoundsReached",
    "Separate",
    "Sight",
    "State",
    "Text",
    "Transition",
    "Verified",
    "Who",
    "Workflow",
]

#: The engine's own states, part of every workflow.
ENGINE_STATES = ("suspended", "cancelled", "withdrawn")

LIFECYCLE_VERBS = (
    "suspend",
    "resume",
    "cancel",
    "withdraw",
    "reopen",
    "add",
    "reassign",
    "substitute",
    "excuse",
    "waive",
)

#: Acts of the engine; no transition may be called so, for the log names both in one place.
RESERVED_ACTS = frozenset(
    {
        *LIFECYCLE_VERBS,
        *("open", "file", "confirm", "answer", "verify", "merge", "reveal", "sign", "erase"),
        *("propose_reopen", "define", "import", "undo_import", "appoint", "note"),
    }
)

Disposition = Literal["adopted", "partly", "declined", "deferred"]
DISPOSITIONS: tuple[Disposition, ...] = ("adopted", "partly", "declined", "deferred")


Flag = Annotated[bool, Strict()]
"""`true` or `false`, never `yes` or 1."""

Whole = Annotated[int, Strict()]
"""A whole number, never a text that looks like one."""


class Node(BaseModel):
    """A part of a workflow: closed (an unknown key is a fault) and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64, strict=True)]
"""An identifier: lower-case ASCII letters, digits and `_`."""

FieldPath = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=129)
]
"""`<record>.<field>`, or `subject.<field>`."""

WorkflowKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$", max_length=64)
]

WhoAtom = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$", max_length=200, strict=True
    ),
]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Who = Annotated[tuple[WhoAtom, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
"""A who-expression: the union of its atoms (LANGUAGE "Who")."""

Names = Annotated[tuple[Name, ...], BeforeValidator(_as_tuple)]


class Text(Node):
    """What people read; a bare string is Chinese."""

    zh: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"zh": value} if isinstance(value, str) else value

    def in_language(self, language: str) -> str:
        """The text in `zh` or `en`; Chinese where there is no English."""
        return self.en if language == "en" and self.en is not None else self.zh


class Due(Node):
    """When something is due: so long after a state was entered, a record filed, or a fact's date.

    Exactly one unit. Negative counts go back from a date. `hours` run through weekends, `days`
    roll on to the next school day. The anchor is server time, never a claimed date.
    """

    hours: Whole | None = None
    days: Whole | None = None
    school_days: Whole | None = None
    weeks: Whole | None = None
    after: Annotated[
        str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=129)
    ]

    @model_validator(mode="after")
    def _one_unit(self) -> Due:
        given = [n for n in (self.hours, self.days, self.school_days, self.weeks) if n is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of hours, days, school_days, weeks")
        if abs(given[0]) > 10_000:
            raise ValueError("at most 10000 either way")
        return self


class AnswerRule(Node):
    """Who answers the items of a field, and with which words."""

    by: Who = ("item.owner",)
    with_: Annotated[tuple[Disposition, ...], Field(min_length=1)] = Field(
        default=DISPOSITIONS, alias="with"
    )

    @model_validator(mode="before")
    @classmethod
    def _owner(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("by") == "owner":
            return {**value, "by": "item.owner"}
        return value


class ItemShape(Node):
    """The columns of one item."""

    form: dict[Name, FormField]


FieldType = Literal[
    "text",
    "choice",
    "yes_no",
    "number",
    "date",
    "time",
    "person",
    "people",
    "group",
    "class",
    "seat",
    "points",
    "items",
    "timed_notes",
    "attendance",
    "file",
    "link",
    "cycle",
    "verify",
]


class FormField(Node):
    """One field of a record's form or of the subject asked at opening."""

    type: FieldType
    title: Text
    required: Flag = False
    min: Whole | None = None
    max: Whole | None = None
    prompt: Text | None = None
    #: A date that plans something may lie ahead; any other date may not.
    future: Flag = False
    #: Stands in the log in clear, although no guard names it.
    fact: Flag = False
    #: `choice`: the values and what people read for them.
    options: dict[Name, Text] | None = None
    #: `attendance`, `person`, `people`: of whom.
    of: Who | None = None
    #: `cycle`: which workflows may be linked to; the link's name is the field's name.
    workflow: Annotated[tuple[WorkflowKey, ...], BeforeValidator(_as_tuple)] | None = None
    #: `items`: the columns, who owns an item, when it is due, who answers it.
    item: ItemShape | None = None
    owner: Who | None = None
    due: Due | None = None
    answer: AnswerRule | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> FormField:
        allowed = {
            "options": ("choice",),
            "of": ("attendance", "person", "people"),
            "workflow": ("cycle",),
            "item": ("items",),
            "owner": ("items", "points"),
            "due": ("items", "points"),
            "answer": ("items", "points"),
            "future": ("date",),
        }
        for key, types in allowed.items():
            if getattr(self, key) not in (None, False) and self.type not in types:
                raise ValueError(f"`{key}` belongs to {' or '.join(types)}, not to {self.type}")
        needed = {"choice": "options", "attendance": "of", "items": "item"}
        missing = needed.get(self.type)
        if missing and getattr(self, missing) is None:
            raise ValueError(f"a field of type {self.type} needs `{missing}`")
        if self.type in ("text", "points", "items", "timed_notes", "file", "link") and self.fact:
            raise ValueError(
                "text, notes, files and addresses can never be facts: facts stand in the log for "
                "ever, and these can hold names; use choice, number, date or class"
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is larger than `max`")
        return self


class Sight(Node):
    """Who may see something, and from which state on (`None`: always)."""

    who: Who
    from_: Name | None = Field(default=None, alias="from")


class Reveal(Node):
    """When a hidden record is shown to others (LANGUAGE "Records", `reveal`)."""

    own: Flag = False
    by: Who | None = None
    from_: Name | None = Field(default=None, alias="from")


class RecordKind(Node):
    """A kind of document that is filed in a cycle."""

    title: Text
    by: Who
    form: Annotated[dict[Name, FormField], Field(min_length=1)]
    needs_any: Names = ()
    one_per: Annotated[
        tuple[Literal["person", "round", "filing"], ...], BeforeValidator(_as_tuple)
    ] = ("person", "round")
    file_in: Names | None = None
    late: Literal["accept", "refuse"] = "accept"
    about: Name | None = None
    reveal: Reveal | None = None
    not_before: FieldPath | None = None
    read: tuple[Sight, ...] | None = None
    merge: Who | None = None
    #: Where it is talked about in a meeting: the wall and the record of activity say who said it.
    wall_names: Flag = False


_COUNT = r"^\d{1,4}(\.\.(\d{1,4})?)?$"


class Role(Node):
    """A part that people play in a cycle; filled at opening, or derived from a record."""

    title: Text
    #: "1", "0.." (any number) or "2..4".
    count: Annotated[
        str,
        BeforeValidator(lambda v: str(v) if type(v) is int else v),
        StringConstraints(pattern=_COUNT),
    ] = "0.."
    default: Who | None = None
    not_: Names = Field(default=(), alias="not")
    outside: Flag = False
    files_for: Names = ()
    among: Who | None = None
    from_: FieldPath | None = Field(default=None, alias="from")

    @property
    def least(self) -> int:
        """The smallest number of holders."""
        return int(self.count.split("..")[0])

    @property
    def most(self) -> int | None:
        """The largest number of holders; `None` without limit."""
        first, dots, last = self.count.partition("..")
        return int(first) if not dots else (int(last) if last else None)


class State(Node):
    """A place where a cycle stands."""

    title: Text
    final: Flag = False
    #: May rest here for long; exempt from "somebody has a task".
    rests: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, str) or (isinstance(value, dict) and "zh" in value):
            return {"title": value}
        return value


def _fraction(value: Any) -> Any:
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 5 for p in parts):
        above, below = map(int, parts)
        if 0 < above <= below <= 1000:
            return value
    raise ValueError("a quorum is a fraction above 0 and up to 1, such as 2/3")


class Filed(Node):
    """Enough current filings of a record; with `by`, per holder of those roles."""

    record: Name
    by: Who | None = None
    quorum: Annotated[str, BeforeValidator(_fraction)] | None = None
    all: Flag = False
    at_least: Annotated[int, Strict(), Field(ge=1, le=10_000)] | None = None
    due: Due | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Filed:
        if self.all and (self.quorum is not None or self.at_least is not None):
            raise ValueError("`all` stands alone, without quorum and at_least")
        if self.by is None and (self.all or self.quorum is not None):
            raise ValueError("`all` and `quorum` need `by`: of whom?")
        return self

    @cached_property
    def share(self) -> Fraction | None:
        """The part of the base that is needed; `None` where only a number is."""
        if self.by is None or (self.quorum is None and self.at_least is not None):
            return None
        return Fraction(1) if self.all else Fraction(self.quorum or "2/3")


class Answered(Node):
    """Every counting point has an answer given in this round."""

    points: Name


class Verified(Node):
    """Adopted points have been looked for again in a later round."""

    points: Name
    seen_in: Name
    by: Who
    need: Literal["asked", "worked"] = "asked"


class Changed(Node):
    """The current version differs from the one current when this round entered the state."""

    record: Name


class RoundsReached(Node):
    """The cycle is in its n-th round or later; rounds count from 1."""

    at_least: Annotated[int, Strict(), Field(ge=1, le=1000)] | Literal["min"]


class Distinct(Node):
    """The fact differs from that of every earlier round."""

    field: FieldPath


class NotBefore(Node):
    """The date has come."""

    field: FieldPath


class Separate(Node):
    """The actor does not hold the role."""

    role: Name


class Linked(Node):
    """Linked cycles stand in one of `in`.

    Without `of`, `link` is a cycle field of this file and the guard looks at the cycles it names.
    With `of: <workflow>`, it looks at the cycles of that workflow whose `link` names this one.
    """

    link: Name
    of: WorkflowKey | None = None
    all: Flag = False
    at_least: Annotated[int, Strict(), Field(ge=1, le=10_000)] | None = None
    in_: Annotated[Names, Field(min_length=1)] = Field(alias="in")
    per: Who | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Linked:
        if self.all == (self.at_least is not None):
            raise ValueError("give exactly one of `all: true` and `at_least`")
        return self


class Compare(Node):
    """A fact compares with a given value; exactly one comparison."""

    field: FieldPath
    is_: str | int | bool | None = Field(default=None, alias="is")
    is_not: str | int | bool | None = None
    in_: tuple[str | int, ...] | None = Field(default=None, alias="in")
    at_least: Whole | None = None
    at_most: Whole | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Compare:
        given = (self.is_, self.is_not, self.in_, self.at_least, self.at_most)
        if sum(v is not None for v in given) != 1:
            raise ValueError("give exactly one of is, is_not, in, at_least, at_most")
        return self

    def holds(self, value: Any) -> bool:
        """Whether a fact's value (`None`: left empty) compares as asked."""
        return (
            (self.is_ is not None and value == self.is_)
            or (self.is_not is not None and value != self.is_not)
            or (self.in_ is not None and value in self.in_)
            or (self.at_least is not None and isinstance(value, int) and value >= self.at_least)
            or (self.at_most is not None and isinstance(value, int) and value <= self.at_most)
        )


class Consent(Node):
    """Each of `by` has signed the current version of the record."""

    by: Who
    to: Name


#: Guard kinds in the order people meet them; `any` and `not` hold guards.
GUARD_KINDS = (
    "filed",
    "answered",
    "verified",
    "changed",
    "rounds",
    "distinct",
    "not_before",
    "separate",
    "linked",
    "field",
    "consent",
    "any",
    "not",
)


class Guard(Node):
    """One condition on a transition: exactly one kind, and the keys common to all."""

    id: Name | None = None
    after: Name | None = None
    waivable_by: Who | None = None
    filed: Filed | None = None
    answered: Answered | None = None
    verified: Verified | None = None
    changed: Changed | None = None
    rounds: RoundsReached | None = None
    distinct: Distinct | None = None
    not_before: NotBefore | None = None
    separate: Separate | None = None
    linked: Linked | None = None
    field: Compare | None = None
    consent: Consent | None = None
    any_: Annotated[tuple[Guard, ...], Field(min_length=1)] | None = Field(
        default=None, alias="any"
    )
    not_: Guard | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_kind(self) -> Guard:
        given = [k for k in GUARD_KINDS if self._of(k) is not None]
        if len(given) != 1:
            raise ValueError(
                f"a guard has exactly one kind, not {', '.join(given) or 'none'}; "
                f"kinds: {', '.join(GUARD_KINDS)}"
            )
        return self

    def _of(self, kind: str) -> Any:
        return getattr(self, f"{kind}_" if kind in ("any", "not") else kind)

    @cached_property
    def kind(self) -> str:
        """Which of `GUARD_KINDS` it is."""
        return next(k for k in GUARD_KINDS if self._of(k) is not None)

    @cached_property
    def rule(self) -> Any:
        """The parameters of its kind (a `Filed`, a tuple of guards, …)."""
        return self._of(self.kind)

    @cached_property
    def name(self) -> str:
        """Its id in the transition: the given one, else its kind."""
        return self.id or self.kind


class Transition(Node):
    """A way from one or several states to another."""

    title: Text
    from_: Annotated[Names, Field(min_length=1)] = Field(alias="from")
    to: Name
    by: Who
    guards: tuple[Guard, ...] = ()
    due: Due | None = None
    auto: Flag = False
    side: Flag = False
    reason: Flag = False
    voids: Names = ()
    round: Literal["next"] | None = None


class Opening(Node):
    """Who may open a cycle of this workflow."""

    by: Who


class RoundLimits(Node):
    """How often the loop is passed, at least and at most."""

    min: Annotated[int, Strict(), Field(ge=1, le=100)] = 1
    max: Annotated[int, Strict(), Field(ge=1, le=100)]

    @model_validator(mode="after")
    def _ordered(self) -> RoundLimits:
        if self.min > self.max:
            raise ValueError("`min` is larger than `max`")
        return self


class Workflow(Node):
    """A whole workflow, as its file says."""

    workflow: WorkflowKey
    title: Text
    start: Name
    open: Opening
    rounds: RoundLimits = RoundLimits(min=1, max=1)
    roles: Annotated[dict[Name, Role], Field(min_length=1)]
    subject: dict[Name, FormField] = {}
    records: dict[Name, RecordKind] = {}
    states: Annotated[dict[Name, State], Field(min_length=1)]
    transitions: dict[Name, Transition] = {}
    see: tuple[Sight, ...] | None = None
    lifecycle: dict[
        Literal[
            "suspend",
            "resume",
            "cancel",
            "withdraw",
            "reopen",
            "add",
            "reassign",
            "substitute",
            "excuse",
            "waive",
        ],
        Who,
    ] = {}


for _model in (ItemShape, FormField, Guard):
    _model.model_rebuild()
