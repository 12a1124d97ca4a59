"""What somebody has begun to write: kept beside the log, for its author alone, until filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cycles.errors import TooLargeError
from cycles.ledger import instant_text
from cycles.service.actors import Actor
from cycles.service.core import Core
from cycles.store import Between, DraftRow, Work

__all__ = ["MOST_BYTES", "Draft", "Drafts", "Kept"]

#: Two hours of notes are a fifth of it.
MOST_BYTES: Final = 256 * 1024
#: Drafts of one person; for more the phone is there.
_MOST: Final = 60
#: Untouched for so long it is forgotten: a summer passes, a term does not.
_FORGOTTEN: Final = timedelta(days=92)
#: Forgotten drafts that each saving clears away.
_CLEARED: Final = 20
_MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Something begun.

    Attributes:
        form: Which form: the page's own name for it.
        version: Another one with each saving.
        content: What the page gave, as it gave it.
        device: What the browser called itself that saved it last.
        changed_at: When that was, as the log writes instants.
    """

    form: str
    version: str
    content: str
    device: str
    changed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a saving.

    Attributes:
        taken: Whether it was kept. If not, another device was there in between.
        draft: What is kept now; `None` if nothing is: it was filed, or thrown away.
    """

    taken: bool
    draft: Draft | None


class Drafts:
    """Keeps drafts; each person reaches none but their own."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def of(self, actor: Actor, forms: Sequence[str]) -> tuple[Draft, ...]:
        """The actor's drafts of these forms."""

        def found(work: Work) -> tuple[Draft, ...]:
            rows = work.find(DraftRow, person=actor.pseudonym, form=list(forms))
            return tuple(_draft(row) for row in rows)

        return self._core.store.read(actor.school_id, found)

    def keep(self, actor: Actor, form: str, content: str, *, after: str, device: str = "") -> Kept:
        """Keep a draft in the place of the version that the device has seen.

        Args:
            actor: Whose.
            form: Which form.
            content: What was written so far.
            after: The version that it goes on from; empty where there was none.
            device: What the browser calls itself.

        Raises:
            TooLargeError: more than is kept here; the phone goes on keeping it.
        """
        size = len(content.encode())
        if size > MOST_BYTES or len(form) > _MAX_NAME:
            raise TooLargeError("a draft is too large", data={"limit": MOST_BYTES})

        def kept(work: Work) -> Kept:
            work.lock(f"draft:{actor.pseudonym}")
            there = work.get(DraftRow, person=actor.pseudonym, form=form)
            if there is not None and there.content == content:
                return Kept(taken=True, draft=_draft(there))
            if (there.version if there else "") != after:
                return Kept(taken=False, draft=_draft(there) if there else None)
            if there is None:
                self._make_room(work, actor)
            row = DraftRow(
                school_id=work.school_id,
                person=actor.pseudonym,
                form=form,
                version=self._core.new_id(),
                content=content,
                device=device[:_MAX_NAME],
                changed_at=self._core.now_text(),
            )
            work.put(row)
            return Kept(taken=True, draft=_draft(row))

        return self._core.store.write(actor.school_id, kept)

    def forget(self, actor: Actor, form: str, version: str) -> None:
        """Throw this version of a draft away, for it was filed.

        Another version stays: another device wrote it, and nobody has read it since.
        """
        if version and any(draft.version == version for draft in self.of(actor, [form])):
            self._core.store.write(
                actor.school_id,
                lambda work: work.remove(
                    DraftRow, person=actor.pseudonym, form=form, version=version
                ),
            )

    def _make_room(self, work: Work, actor: Actor) -> None:
        """Clear away what is forgotten; raises `TooLargeError` if there is still no room."""
        old = instant_text(self._core.now() - _FORGOTTEN)
        forgotten = work.pick(DraftRow, ("person", "form"), changed_at=Between(until=old))
        for person, form in forgotten[:_CLEARED]:
            work.remove(DraftRow, person=person, form=form)
        if len(work.pick(DraftRow, ("form", "version"), person=actor.pseudonym)) >= _MOST:
            raise TooLargeError("too many drafts", data={"limit": MOST_BYTES})


def _draft(row: DraftRow) -> Draft:
    return Draft(
        form=row.form,
        version=row.version,
        content=row.content,
        device=row.device,
        changed_at=row.changed_at,
    )
