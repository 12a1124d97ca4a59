"""Every look of an auditor leaves an entry: in the school's own chain, never in a cycle's.

It is written once what was asked for has been found, and before it is given out: where it cannot
be written, nothing is shown. Nobody's own work is a look: what an auditor sees of a cycle in
which they take part, they see as one of its people.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from cycles.ledger import (
    LOOK,
    LOOKS_SUBJECT,
    Body,
    Link,
    earliest_after,
    instant_text,
    look_data,
)
from cycles.school import AUDITOR
from cycles.service.actors import Actor
from cycles.service.core import Core
from cycles.service.journal import plain_body
from cycles.store import Work

__all__ = ["Looks"]

#: Somebody who loads a page again within this has not looked twice.
_SAME: Final = timedelta(minutes=1)
#: Entries of the school's chain among which the same look is searched for.
_RECENT: Final = 30


class Looks:
    """Writes down at what auditors look."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def note(self, actor: Actor, look: str, *, subj: str | None = None, **asked: Any) -> None:
        """Write down that an auditor looked; of all others nothing.

        Args:
            actor: Who looked.
            look: One of the ledger's `LOOKS`.
            subj: At which subject, if at one.
            asked: What was asked for; `None` and nothing are left out.
        """
        if not actor.holds(AUDITOR):
            return
        data = look_data(look, subj=subj, **asked)
        if "of" not in data:
            subj = None

        def noted(work: Work) -> None:
            link = work.link(LOOKS_SUBJECT)
            if not self._was_just_noted(work, link, actor, data):
                self._write(work, link, actor, data, subj)

        self._core.store.write(actor.school_id, noted)

    def _was_just_noted(
        self, work: Work, link: Link | None, actor: Actor, data: dict[str, Any]
    ) -> bool:
        now = self._core.now()
        # A look of the future was written before a clock was set back: nobody knows how long ago.
        begin, end = instant_text(now - _SAME), instant_text(now)
        after = 0 if link is None else max(0, link.seq - _RECENT)
        for entry in reversed(work.entries(LOOKS_SUBJECT, after=after)):
            body = Body.parse(entry.body)
            if body.at < begin:
                return False
            same = (body.act, body.actor, body.data) == (LOOK, actor.pseudonym, data)
            if same and body.at <= end:
                return True
        return False

    def _write(
        self,
        work: Work,
        link: Link | None,
        actor: Actor,
        data: dict[str, Any],
        subj: str | None,
    ) -> None:
        payload = self._core.payload(None if subj is None else {"subj": subj})
        body = plain_body(
            log=self._core.view_in(work).row.log,
            subj=LOOKS_SUBJECT,
            link=link,
            act=LOOK,
            at=instant_text(earliest_after(link, self._core.now())),
            actor=actor.pseudonym,
            via=actor.via,
            data=data,
            payload=payload,
        )
        work.append(body, payload)
