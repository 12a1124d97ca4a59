"""The tables. `school_id` leads every key, so that one database can hold a district.

Instants are text as the log writes them (`2026-03-01T08:00:00.000000Z`, UTC): they sort as time
does, and read the same on both databases. Dates are the school's, `2026-03-01`. People are
pseudonyms wherever a row outlives a person; `PersonRow` is the one table that says who they are.
Constraints and triggers that SQLModel cannot say stand in `guards.py` of this folder.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import configure_mappers
from sqlmodel import AutoString, Field, SQLModel

from cycles.store.marks import MARKS, Mark

__all__ = [
    "AppointmentRow",
    "CredentialRow",
    "CycleRow",
    "DefiningRow",
    "DirectoryChangeRow",
    "DraftRow",
    "EntryRow",
    "FileRow",
    "FileUseRow",
    "GroupRow",
    "HolidayRow",
    "IdempotencyRow",
    "InvitationRow",
    "LinkRow",
    "MakeUpDayRow",
    "MeetingScreenRow",
    "OutboxRow",
    "ParticipantRow",
    "PayloadRow",
    "PersonRow",
    "QueueRow",
    "SchoolRow",
    "SessionRow",
    "StaffImportRow",
    "TaskRow",
    "TermRow",
    "ThrottleRow",
    "TokenRow",
    "VerificationRow",
    "VersionRow",
]


# Each constraint has the same name on both databases, so that a migration can speak of it.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Derived(Computed):
    """A column that the database works out from the body, said for each database in its words.

    In its canonical form a body begins `{"act":"…","actor":"…","at":"…",`, all of it ASCII and
    without escapes. Reading just this needs no JSON, which SQLite does not trust in a schema.
    """

    def __init__(self, *, sqlite: str | None, postgresql: str) -> None:
        super().__init__(postgresql, persisted=True)
        self.sqlite, self.postgresql = sqlite, postgresql

    @classmethod
    def act(cls) -> Derived:
        """The body's `act`."""
        return cls(sqlite=_up_to_quote("9"), postgresql=_between_quotes(4))

    @classmethod
    def actor(cls) -> Derived:
        """The body's `actor`."""
        return cls(sqlite=_up_to_quote("20 + length(act)"), postgresql=_between_quotes(8))

    @classmethod
    def at(cls) -> Derived:
        """The body's `at`."""
        start = "28 + length(act) + length(actor)"
        return cls(sqlite=_up_to_quote(start), postgresql=_between_quotes(12))

    @classmethod
    def leaf(cls) -> Derived:
        """The leaf hash; SQLite knows no SHA-256, so there it is given, and verifiers check it."""
        return cls(sqlite=None, postgresql="sha256('\\x00'::bytea || body)")

    @classmethod
    def mark(cls, mark: Mark) -> Derived:
        """Whether the body has what stands in all entries of a mark (`marks.py`)."""
        sought = MARKS[mark].hex()
        return cls(
            sqlite=f"instr(body, x'{sought}') > 0",
            postgresql=f"position('\\x{sought}'::bytea in body) > 0",
        )

    def _copy(self, *args: Any, **kw: Any) -> Derived:
        return Derived(sqlite=self.sqlite, postgresql=self.postgresql)


def _up_to_quote(start: str) -> str:
    rest = f"substr(CAST(substr(body, 1, 400) AS TEXT), {start})"
    return f"substr({rest}, 1, instr({rest}, '\"') - 1)"


def _between_quotes(part: int) -> str:
    return f"split_part(encode(substring(body, 1, 400), 'escape'), '\"', {part})"


@compiles(Derived, "sqlite")
def _on_sqlite(element: Derived, compiler: Any, **kw: Any) -> str:
    return "" if element.sqlite is None else f"GENERATED ALWAYS AS ({element.sqlite}) VIRTUAL"


@compiles(Derived, "postgresql")
def _on_postgresql(element: Derived, compiler: Any, **kw: Any) -> str:
    return f"GENERATED ALWAYS AS ({element.postgresql}) STORED"


class Row(SQLModel):
    """What all tables share: a row is made of the values given, and is not looked at again.

    Their types are the type checker's to see to; asking SQLModel for each value costs ten times
    the rest, and a command makes many rows.
    """

    if not TYPE_CHECKING:

        def __new__(cls, **_: Any) -> Self:
            return object.__new__(cls)

        def __init__(self, **values: Any) -> None:
            defaults = _defaults_of(type(self))
            known = {**defaults, **values}
            if len(known) > len(defaults):
                unknown = ", ".join(sorted(known.keys() - defaults.keys()))
                raise TypeError(f"{type(self).__name__} has no {unknown}")
            _set(self, "__dict__", known)
            _set(self, "__pydantic_fields_set__", defaults.keys())
            _set(self, "__pydantic_extra__", None)
            _set(self, "__pydantic_private__", None)

        __setattr__ = object.__setattr__


_set: Final = object.__setattr__


@cache
def _defaults_of(kind: type[Row]) -> dict[str, Any]:
    """What each column is unless it is given: null where there is no default."""
    fields = kind.model_fields.items()
    return {name: None if field.is_required() else field.default for name, field in fields}


class SchoolRow(Row, table=True):
    """A school; its id is also its name in the log and in addresses."""

    __tablename__ = "school"

    id: str = Field(primary_key=True, max_length=40)
    name: str
    #: `<host>/<id>`: every entry names it.
    log: str
    zone: str
    created_at: str


class PersonRow(Row, table=True):
    """The one table that says whose pseudonym it is; a person is erased by deleting the row."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("school_id", "pseudonym"),)

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    pseudonym: str
    name: str
    staff_no: str | None = None
    enabled: bool = True
    guest: bool = False
    created_at: str


class GroupRow(Row, table=True):
    """A teaching-research group."""

    __tablename__ = "group"

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str


class AppointmentRow(Row, table=True):
    """A role of a person, in a group or in the school, first and last day included."""

    __tablename__ = "appointment"

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str
    role: str
    group: str | None = None
    from_date: date
    until_date: date | None = None


class TermRow(Row, table=True):
    """A term."""

    __tablename__ = "term"

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    first_day: date
    last_day: date


class HolidayRow(Row, table=True):
    """Days without school."""

    __tablename__ = "holiday"

    school_id: str = Field(primary_key=True)
    first: date = Field(primary_key=True)
    last: date
    name: str


class MakeUpDayRow(Row, table=True):
    """A school day at the weekend."""

    __tablename__ = "make_up_day"

    school_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    name: str


class DirectoryChangeRow(Row, table=True):
    """Counts the commits that changed a school's people, groups, appointments or calendar."""

    __tablename__ = "directory_change"

    school_id: str = Field(primary_key=True)
    number: int


class StaffImportRow(Row, table=True):
    """An import of a staff list, kept so that the last one can be undone; receipt as JSON."""

    __tablename__ = "staff_import"

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at: str
    by: str
    receipt: str = Field(sa_type=Text)
    undone_at: str | None = None


class TokenRow(Row, table=True):
    """A bearer token: only the SHA-256 of its text (hex) is kept."""

    __tablename__ = "token"

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    person: str
    label: str = ""
    created_at: str
    expires_at: str
    revoked_at: str | None = None


class VersionRow(Row, table=True):
    """An immutable workflow version; `digest` is the SHA-256 of `canonical` in hex."""

    __tablename__ = "version"

    school_id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    workflow: str
    canonical: bytes = Field(sa_type=LargeBinary)
    added_at: str


class DefiningRow(Row, table=True):
    """That a version was made its workflow's current one; the last number says which it is.

    A version that was current before can be so again: `number` counts such makings from 1.
    """

    __tablename__ = "defining"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "digest"], ["version.school_id", "version.digest"]),
    )

    school_id: str = Field(primary_key=True)
    workflow: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    digest: str
    at: str


def _of_mark(mark: Mark) -> Index:
    """An index that only the entries with a mark cost anything."""
    few = text(mark)
    own = ("school_id", "at", "subj", "seq")
    return Index(f"ix_entry_{mark}", *own, sqlite_where=few, postgresql_where=few)


class EntryRow(Row, table=True):
    """One line of the log; order, state continuity and chain are one foreign key (DESIGN §8)."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("school_id", "subj", "seq", "to", "leaf"),
        ForeignKeyConstraint(
            ["school_id", "subj", "prev_seq", "from", "prev"],
            ["entry.school_id", "entry.subj", "entry.seq", "entry.to", "entry.leaf"],
        ),
        CheckConstraint(
            '(seq = 1 AND prev_seq IS NULL AND "from" IS NULL AND prev IS NULL)'
            " OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1"
            ' AND "from" IS NOT NULL AND prev IS NOT NULL)',
            name="chained",
        ),
        # Who did what when is told by this alone; the rows, which are long, are not read.
        Index("ix_entry_at", "school_id", "at", "subj", "seq", "act", "actor"),
        *(_of_mark(mark) for mark in MARKS),
    )

    school_id: str = Field(primary_key=True)
    subj: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    to: str
    leaf: bytes = Field(sa_type=LargeBinary, sa_column_args=[Derived.leaf()])
    prev_seq: int | None = None
    from_: str | None = Field(default=None, sa_column_kwargs={"name": "from"})
    prev: bytes | None = Field(default=None, sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    #: Read out of the body by the database, so that they cannot disagree with it.
    at: str = Field(default="", sa_column_args=[Derived.at()])
    act: str = Field(default="", sa_column_args=[Derived.act()])
    actor: str = Field(default="", sa_column_args=[Derived.actor()])
    #: Whether the bytes say so; see `marks.py`.
    late: bool = Field(default=False, sa_column_args=[Derived.mark("late")])
    waived: bool = Field(default=False, sa_column_args=[Derived.mark("waived")])
    typed: bool = Field(default=False, sa_column_args=[Derived.mark("typed")])
    reopened: bool = Field(default=False, sa_column_args=[Derived.mark("reopened")])


class PayloadRow(Row, table=True):
    """Texts and names of an entry; salt and content are null once erased."""

    __tablename__ = "payload"

    school_id: str = Field(primary_key=True)
    leaf: bytes = Field(primary_key=True, sa_type=LargeBinary)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)


class QueueRow(Row, table=True):
    """An entry that waits to be put into the tree over all entries."""

    __tablename__ = "entry_queue"

    id: int | None = Field(default=None, primary_key=True)
    school_id: str
    subj: str
    seq: int


class CycleRow(Row, table=True):
    """Where a cycle stands; it can only stand where its last entry says (foreign key)."""

    __tablename__ = "cycle"
    __table_args__ = (
        CheckConstraint("subj = 'cycle:' || id", name="own_subject"),
        ForeignKeyConstraint(
            ["school_id", "subj", "revision", "state", "head"],
            ["entry.school_id", "entry.subj", "entry.seq", "entry.to", "entry.leaf"],
        ),
        Index("ix_cycle_group", "school_id", "group", "id"),
        # Counts are made from this alone; the rows, which are long, are not read.
        Index("ix_cycle_state", "school_id", "state", "id", "workflow", "group", "round"),
        Index("ix_cycle_waits", "school_id", "ended", "entered_at", "id"),
    )

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    subj: str
    revision: int
    state: str
    head: bytes = Field(sa_type=LargeBinary)
    workflow: str
    #: The version it runs under, SHA-256 in hex.
    version: str
    group: str
    round: int
    opened_at: str
    #: `at` of the last entry.
    changed_at: str
    #: The first day in the present state, as an instant: how long it waits.
    entered_at: str
    #: In a final state of its workflow, or ended by the engine's own verbs.
    ended: bool = False
    #: The engine's `Cycle` as canonical JSON (`mapping.py`).
    snapshot: bytes = Field(sa_type=LargeBinary)


class ParticipantRow(Row, table=True):
    """Who fills which role of a cycle; its opener has the role `opener`."""

    __tablename__ = "participant"
    __table_args__ = (Index("ix_participant_person", "school_id", "person", "cycle"),)

    school_id: str = Field(primary_key=True)
    cycle: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    person: str = Field(primary_key=True)


class TaskRow(Row, table=True):
    """A next required step of one person; `details` is the engine's task as JSON."""

    __tablename__ = "task"
    #: On SQLite the rows themselves lie in the order of the key: a page less to write a command.
    __table_args__ = (
        Index("ix_task_person", "school_id", "person", "due_at"),
        {"sqlite_with_rowid": False},
    )

    school_id: str = Field(primary_key=True)
    cycle: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    do: str = Field(primary_key=True)
    #: The first day it may be done, and the day from which it may not any more; school dates.
    from_date: str = Field(primary_key=True)
    until_date: str | None = None
    due_at: str | None = None
    details: str = Field(sa_type=Text)


class LinkRow(Row, table=True):
    """A named link from a cycle to another, for one item where it has one (else empty)."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_to", "school_id", "to_cycle"),)

    school_id: str = Field(primary_key=True)
    from_cycle: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    to_cycle: str = Field(primary_key=True)
    item: str = Field(default="", primary_key=True)


class IdempotencyRow(Row, table=True):
    """What a changing request came to, so that sending it again acts once."""

    __tablename__ = "idempotency"

    school_id: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    #: SHA-256 of the key, hex; of method, path and body, hex.
    key: str = Field(primary_key=True)
    request: str
    answer: str = Field(sa_type=Text)
    #: Looked for once a day alone, so there is no index to keep up with every command.
    created_at: str


class FileRow(Row, table=True):
    """A file that somebody sent; its bytes lie in the folder beside the database, by SHA-256."""

    __tablename__ = "file"

    school_id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    #: The same bytes may come from several people; each may use what they sent.
    uploaded_by: str = Field(primary_key=True)
    size: int
    kind: str
    uploaded_at: str


class FileUseRow(Row, table=True):
    """Which filing of which cycle names a file: who may read the filing may fetch the file."""

    __tablename__ = "file_use"

    school_id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    cycle: str = Field(primary_key=True)
    filing: str = Field(primary_key=True)


class DraftRow(Row, table=True):
    """What somebody has begun to write and not filed; nobody else reads it, the log knows nothing.

    `content` is the page's own JSON; `version` another id with each saving.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_changed", "school_id", "changed_at"),)

    school_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    #: Which form of which cycle and round, and for whom.
    form: str = Field(primary_key=True)
    version: str
    content: str = Field(sa_type=Text)
    device: str = ""
    changed_at: str


class OutboxRow(Row, table=True):
    """Something to be done after the commit: tasks of a parent to work out anew, by cycle id."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    school_id: str
    topic: str
    key: str
    created_at: str


class CredentialRow(Row, table=True):
    """A person's password, as argon2id keeps it."""

    __tablename__ = "credential"

    school_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    hash: str
    changed_at: str


class SessionRow(Row, table=True):
    """Somebody signed in on one device: only the SHA-256 of the cookie's text (hex) is kept."""

    __tablename__ = "session"
    __table_args__ = (
        Index("ix_session_person", "school_id", "person"),
        Index("ix_session_expires", "school_id", "expires_at"),
    )

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    person: str
    device: str = ""
    #: By what they came in: password | code | link | demo.
    by: str
    trusted: bool = False
    #: The one cycle that a guest came for.
    cycle: str | None = None
    #: What they held when its text was made.
    rights: str = ""
    #: Its text was made anew; until it ends it serves what was already on its way.
    replaced: bool = False
    opened_at: str
    seen_at: str
    expires_at: str


class InvitationRow(Row, table=True):
    """A code by which a person comes in without a password: its SHA-256 (hex)."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_person", "school_id", "person"),
        Index("ix_invitation_expires", "school_id", "expires_at"),
    )

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    person: str
    #: What for: invite | let_in_again, both good once, | guest.
    purpose: str
    cycle: str | None = None
    made_by: str
    created_at: str
    expires_at: str


class ThrottleRow(Row, table=True):
    """Failed attempts to sign in, `by` account or address; `key` is its SHA-256 (hex)."""

    __tablename__ = "throttle"
    __table_args__ = (Index("ix_throttle_forget", "school_id", "forget_at"),)

    school_id: str = Field(primary_key=True)
    by: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    failures: int
    counted_at: str
    #: Until then nothing is tried.
    open_at: str
    #: From then on it is as if nothing had failed.
    forget_at: str


class MeetingScreenRow(Row, table=True):
    """What the wall of a round's meeting shows beyond what the cycle says; no part of the log."""

    __tablename__ = "meeting_screen"

    school_id: str = Field(primary_key=True)
    cycle: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    #: Counts its changes.
    number: int
    #: The key of the point that is shown; see `service.meetings`.
    place: str
    rest_until: str | None = None


class VerificationRow(Row, table=True):
    """A check of the whole log that somebody asked for, and what it came to."""

    __tablename__ = "verification"

    school_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    by: str
    begun_at: str
    #: When it last said how far it is, and that: entries checked, and how many there are.
    seen_at: str
    done: int = 0
    total: int = 0
    ended_at: str | None = None
    #: Nothing was found out, as the database could not be read.
    unavailable: bool = False
    #: (at, subject, number) of the newest entry that it saw, as JSON.
    last: str | None = None
    #: How many ends that an earlier check kept were asked for again.
    against: int = 0
    #: How many findings; these and the counts, as JSON.
    found: int = 0
    result: str | None = Field(default=None, sa_type=Text)
    #: Subject → its last entry's number and leaf, as JSON, compressed.
    heads: bytes | None = Field(default=None, sa_type=LargeBinary)


def _sort_text_by_its_characters() -> None:
    """Let PostgreSQL compare text as SQLite and Python do, in whatever language it was set up."""
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, (AutoString, Text)):
                column.type = column.type.with_variant(Text(collation="C"), "postgresql")


def _watch_nothing() -> None:
    """Leave of SQLAlchemy's mapping what it knows of the tables, not its watch over each value.

    No session ever sees a row, and a value that is watched takes ten times as long to read.
    """
    configure_mappers()
    for kind in Row.__subclasses__():
        for name in (*kind.model_fields, "__init__"):
            type.__delattr__(kind, name)


_sort_text_by_its_characters()
_watch_nothing()
