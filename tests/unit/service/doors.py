"""The first school with a door: people come in and go out, the test moves the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycles.errors import CyclesError
from cycles.ledger import Body
from cycles.service import operator_of
from cycles.service.school import Schools
from cycles.service.signing_in import Opened, Passwords, SigningIn
from cycles.store import PersonRow, Store, Work
from tests.unit.service.first_school import FirstSchool

PASSWORD = "粉笔灰落在窗台上"
ADDRESS = "192.168.1.20"
#: As little work as argon2 does at all.
CHEAP = Passwords(memory_kib=8, rounds=1)


class Doors(FirstSchool):
    """Its clock stands still unless a test moves it."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        self.door = SigningIn(self.core, passwords=CHEAP)
        self.schools, self.by = Schools(self.core, self.outbox), operator_of(self.id)

    def _tick(self) -> datetime:
        return self.time

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.time += timedelta(**time)

    def let_in(self, name: str, *, trust: bool = False) -> Opened:
        """Somebody comes in by a code."""
        code = self.door.let_in_again(self.by, name).code
        return self.door.redeem(code, address=ADDRESS, device="手机", trust=trust)

    def settle(self, name: str, password: str = PASSWORD) -> Opened:
        """Somebody comes in by a code and sets a password."""
        opened = self.let_in(name).signed
        return self.door.set_first_password(opened.actor, password, session=opened.session)

    def sign_in(self, account: str, password: str = PASSWORD, **given: Any) -> Opened:
        """Somebody comes in by password."""
        known = {"address": ADDRESS, "device": "办公室电脑", **given}
        return self.door.sign_in(self.id, account, password, **known)

    def is_in(self, opened: Opened) -> bool:
        """Whether the session goes on."""
        return self.door.session(opened.token) is not None

    def change_person(self, person: str, **changed: Any) -> None:
        """Give somebody a staff number, or another name."""

        def put(work: Work) -> None:
            row = work.get(PersonRow, id=person)
            assert row is not None
            for key, value in changed.items():
                setattr(row, key, value)
            work.put(row)

        self.store.write(self.id, put)

    def between(self, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
        """Do something once, after the next secret was looked up and before anything else."""
        look_up, waiting = self.store.of_digest, [act]

        def of_digest(kind: Any, digest: str) -> Any:
            found = look_up(kind, digest)
            while waiting:
                waiting.pop()()
            return found

        monkeypatch.setattr(self.store, "of_digest", of_digest)

    def told_of(self, name: str) -> list[Body]:
        """What the log says of somebody."""
        subj = f"person:{self.alias(name)}"
        entries = self.store.read(self.id, lambda work: work.entries(subj))
        return [Body.parse(entry.body) for entry in entries]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to, a refusal included, when all begin together."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except CyclesError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
