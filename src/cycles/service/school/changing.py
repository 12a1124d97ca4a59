"""One change of a school: one transaction, its entry, and the tasks that follow from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from cycles.canonical import b64, nfc
from cycles.errors import FieldFault, InvalidInputError, NotFoundError
from cycles.ledger import earliest_after, instant_text
from cycles.school import Appointment, Group, Person
from cycles.school.staff_columns import clean
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.journal import plain_body
from cycles.service.once import Given, once
from cycles.service.outbox import DAY, SCHOOL, Outbox
from cycles.store import OutboxRow, Work

__all__ = ["MAX_NAME", "Change", "Changing", "cleaned", "turns"]

T = TypeVar("T")

#: Longest name of a person, a group, a term or a holiday, in characters.
MAX_NAME: Final = 50
#: Payloads and files that one entry may say are erased: together they stay within 16 KiB.
_LEAVES: Final = 250
_FILES: Final = 40
_DAY: Final = timedelta(days=1)


class Change:
    """One transaction that changes the people or the days of a school."""

    def __init__(self, core: Core, work: Work, actor: Actor) -> None:
        self._core, self.work, self._actor = core, work, actor
        #: The school before the change.
        self.view = core.view_in(work)
        self.directory = self.view.directory
        self.today = self.view.today(core.now())

    def person(self, person_id: str) -> Person:
        """Somebody of the school; raises `NotFoundError`."""
        found = self.view.person_of.get(person_id)
        if found is None:
            raise NotFoundError("person", person_id)
        return found

    def group(self, group_id: str) -> Group:
        """A group of the school; raises `NotFoundError`."""
        found = self.view.groups.get(group_id)
        if found is None:
            raise NotFoundError("group", group_id)
        return found

    def enter(
        self,
        subj: str,
        act: str,
        data: Mapping[str, Any],
        names: Mapping[str, Any] | None = None,
        *,
        via: str | None = None,
    ) -> str:
        """Write the entry; `names` are its payload. Its instant, as the log writes it."""
        link = self.work.link(subj)
        payload = self._core.payload(names)
        body = plain_body(
            log=self.view.row.log,
            subj=subj,
            link=link,
            act=act,
            at=instant_text(earliest_after(link, self._core.now())),
            actor=self._actor.pseudonym,
            via=via or self._actor.via,
            data=data,
            payload=payload,
        )
        self.work.append(body, payload)
        return body.at

    def erase(self, subj: str, leaves: Sequence[bytes], files: Sequence[str] = ()) -> int:
        """Erase the payloads of these entries; an entry of the subject says so, and of the files.

        As many entries as it takes; how many. The bytes of the files are left to the caller.
        """
        count = max(1, -(-len(leaves) // _LEAVES), -(-len(files) // _FILES))
        for n in range(count):
            told = [b64(leaf) for leaf in leaves[n * _LEAVES : (n + 1) * _LEAVES]]
            gone = list(files[n * _FILES : (n + 1) * _FILES])
            self.enter(subj, "erase", {"leaves": told, "files": gone})
        for leaf in leaves:
            self.work.erase_payload(leaf)
        return count

    def renew(self, *appointments: Appointment) -> None:
        """Have tasks worked out anew: after the commit, and when appointments begin or end."""
        self._queue(SCHOOL, "")
        for day in sorted(turns(appointments)):
            if day > self.today:
                self._queue(DAY, day.isoformat())

    def _queue(self, topic: str, key: str) -> None:
        now = self._core.now_text()
        self.work.add(
            OutboxRow(school_id=self.work.school_id, topic=topic, key=key, created_at=now)
        )


class Changing:
    """Does changes for those who look after the directory; tasks follow at once."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core, self._outbox = core, outbox

    def _change(
        self, actor: Actor, do: Callable[[Change], T], *, operation: str = "directory"
    ) -> T:
        require(operation, actor)
        done = self._core.store.write(
            actor.school_id, lambda work: do(Change(self._core, work, actor))
        )
        self._outbox.settle(actor.school_id)
        return done

    def _change_once(self, actor: Actor, given: Given, do: Callable[[Change], str]) -> str:
        """The same, once for each key; the id that it answers with, also when sent again."""
        require("directory", actor)
        done, _ = once(
            self._core, actor, given, str, lambda work: (do(Change(self._core, work, actor)), None)
        )
        self._outbox.settle(actor.school_id)
        return done


def cleaned(text: str, at: str, *, most: int = MAX_NAME) -> str:
    """A name as people mean it; raises `InvalidInputError` for what cannot be one."""
    plain = clean(nfc(text))
    code = None
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in plain):
        code = "control_characters"
    elif not plain:
        code = "required"
    elif len(plain) > most:
        code = "too_long"
    if code is not None:
        data = {"most": most} if code == "too_long" else {}
        raise InvalidInputError([FieldFault(field=at, code=code, data=data)])
    return plain


def turns(appointments: Iterable[Appointment]) -> set[date]:
    """The days on which one of them begins, and those on which one holds no more."""
    posts = tuple(appointments)
    ends = {a.until_date for a in posts if a.until_date is not None and a.until_date < date.max}
    return {a.from_date for a in posts} | {last + _DAY for last in ends}
