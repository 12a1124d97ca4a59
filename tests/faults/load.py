"""Several people who send commands all the time, and note what they were told.

A command that was not answered, or answered with 503, is sent again under its key until it is:
so must whoever wants to know what became of it.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.school import Person, School
from tests.faults.served import PATIENCE_S, ServerProcess, asking

__all__ = ["Load", "Sent", "opening"]

SUBJECT = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
#: New versions of a proposal and of a plan in each cycle.
VERSIONS = 6
#: Between two tries; a person is not as impatient.
PAUSE_S = 0.02


@dataclass(slots=True, kw_only=True)
class Sent:
    """A command as it was sent, and what was answered in the end."""

    person: Person
    path: str
    body: Any
    revision: int | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    #: How often it was sent.
    tries: int = 0
    #: Of the last answer; 0 while there is none.
    status: int = 0
    answer: Any = None
    #: Whether the answer said that it had been done before.
    replayed: bool = False

    @property
    def acknowledged(self) -> bool:
        """Whether the sender was told that it is done."""
        return self.status in (200, 201)

    def send(self, client: httpx.Client) -> httpx.Response:
        """Send it, for the first time or again."""
        headers = {**self.person.bearer, "Idempotency-Key": self.key}
        if self.revision is not None:
            headers["If-Match"] = f'"{self.revision}"'
        self.tries += 1
        return client.post(f"/api/v1{self.path}", json=self.body, headers=headers)

    def keep(self, answer: httpx.Response) -> None:
        """Take this answer for good."""
        self.status, self.answer = answer.status_code, answer.json()
        self.replayed = "idempotency-replayed" in answer.headers


def opening(school: School, teacher: Person) -> Sent:
    """A teacher opens a lesson study of their own."""
    roles = {"teacher": [teacher.id]}
    body = {"workflow": "lesson-study", "group": school.group, "subject": SUBJECT, "roles": roles}
    return Sent(person=teacher, path="/cycles", body=body)


#: Yields the next command and is given it back once it is answered.
Script = Generator[Sent, None, None]


class Load:
    """One thread for each teacher of the school, from `with` to its end.

    Attributes:
        sent: Every command that was answered for good, in no order.
        acknowledged: How many of them were.
        files: Every file that was taken, by its digest, and who sent it.
        faults: What should never have been answered.
    """

    def __init__(self, server: ServerProcess, school: School) -> None:
        self._server, self._school = server, school
        self.sent: list[Sent] = []
        self.acknowledged = 0
        self.files: dict[str, Person] = {}
        self.faults: list[str] = []
        self._shared = ""
        self._go, self._over = threading.Event(), threading.Event()
        self._counting = threading.Lock()
        self._turns = [threading.Lock() for _ in school.teachers]
        self._threads = [
            threading.Thread(target=self._work, args=(n,), daemon=True)
            for n in range(len(school.teachers))
        ]

    def __enter__(self) -> Load:
        self._shared = self._prepared()
        self._go.set()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._go.set()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def wait_for(self, more: int) -> None:
        """Until so many more commands were acknowledged."""
        wanted, until = self.acknowledged + more, time.monotonic() + PATIENCE_S
        while self.acknowledged < wanted:
            assert not self.faults, self.faults
            assert time.monotonic() < until, "the load has come to a halt"
            time.sleep(0.005)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nobody sends anything meanwhile; what was begun is answered before."""
        self._go.clear()
        with ExitStack() as turns:
            for turn in self._turns:
                assert turn.acquire(timeout=PATIENCE_S * 2), "a command is never answered"
                turns.callback(turn.release)
            yield
        self._go.set()

    # --- one person ------------------------------------------------------------------------

    def _work(self, number: int) -> None:
        chance = random.Random(number)
        with asking("") as client:
            try:
                for sent in self._days(number, client, chance):
                    with self._turns[number]:
                        self._send(sent, client)
                    self._go.wait()
                    if self._over.is_set():
                        return
            except Exception as error:
                self.faults.append(f"teacher {number}: {error!r}")

    def _send(self, sent: Sent, client: httpx.Client) -> None:
        """Until it is answered; then it is noted."""
        answer = self._answered(client, lambda: sent.send(client))
        if answer is None:
            return
        sent.keep(answer)
        if sent.status not in (200, 201, 412):
            self.faults.append(f"{sent.path} {sent.body}: {sent.status} {answer.text}")
        with self._counting:
            self.sent.append(sent)
            self.acknowledged += sent.acknowledged

    def _answered(
        self, client: httpx.Client, ask: Callable[[], httpx.Response]
    ) -> httpx.Response | None:
        """Ask until there is another answer than 503; `None` if it is all over before."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            client.base_url = httpx.URL(self._server.url)
            with suppress(httpx.TransportError):
                answer = ask()
                if answer.status_code != 503:
                    return answer
                if "retry-after" not in answer.headers:
                    self.faults.append(f"503 without Retry-After: {answer.text}")
            if self._over.is_set():
                return None
            time.sleep(PAUSE_S)
        self.faults.append("something was never answered")
        return None

    def _days(self, number: int, client: httpx.Client, chance: random.Random) -> Script:
        """Lesson studies of one's own, one after the other, and now and then the shared one."""
        teacher = self._school.teachers[number]
        while True:
            for sent in self._study(teacher):
                yield sent
                if not sent.acknowledged:
                    self.faults.append(f"own cycle, still refused: {sent}")
                    return
                if number and chance.random() < 0.2:  # the first one's lesson is the shared one
                    yield from self._note_in_shared(teacher, client)
            self._upload(teacher, client, chance)

    def _note_in_shared(self, person: Person, client: httpx.Client) -> Script:
        """One's note in the cycle that everybody writes in; a colleague may be quicker."""
        path, headers = f"/api/v1/cycles/{self._shared}", person.bearer
        seen = self._answered(client, lambda: client.get(path, headers=headers))
        if seen is not None:
            revision = seen.json()["revision"]
            body = {"record": "preparation_note", "fields": {"note": f"意见 {revision}"}}
            path = f"/cycles/{self._shared}/records"
            yield Sent(person=person, path=path, body=body, revision=revision)

    def _upload(self, person: Person, client: httpx.Client, chance: random.Random) -> None:
        """Send a file that nobody has sent before."""
        path, headers = "/api/v1/files", person.bearer
        part = {"file": ("plan.pdf", b"%PDF-1.4\n" + chance.randbytes(20_000))}
        answer = self._answered(client, lambda: client.post(path, files=part, headers=headers))
        if answer is not None:
            self.files[answer.json()["digest"]] = person

    def _study(self, teacher: Person) -> Script:
        """A lesson study from its opening to its plan, with an interruption."""
        opened = opening(self._school, teacher)
        yield opened
        if not opened.acknowledged:
            return
        cycle, revision = opened.answer["cycle"], opened.answer["revision"]

        for person, at, body in self._steps(teacher):
            path = f"/cycles/{cycle}/{at}"
            sent = Sent(person=person, path=path, body=body, revision=revision)
            yield sent
            if not sent.acknowledged:
                return
            revision = sent.answer["revision"]

    def _steps(self, teacher: Person) -> list[tuple[Person, str, Any]]:
        """Who sends what, where."""
        chair = self._school.chair
        others = [person for person in self._school.teachers if person is not teacher]

        def files(person: Person, record: str, **fields: str) -> tuple[Person, str, Any]:
            return person, "records", {"record": record, "fields": fields}

        return [
            *(files(teacher, "proposal", theme=f"主题 {n}", why="难") for n in range(VERSIONS)),
            (chair, "transitions", {"transition": "approve"}),
            (chair, "lifecycle", {"verb": "suspend", "reason": "停课"}),
            (chair, "lifecycle", {"verb": "resume", "reason": "复课"}),
            files(teacher, "explanation", points="课标"),
            *(files(person, "preparation_note", note="先剪再拼") for person in others),
            *(files(teacher, "lesson_plan", text=f"第 {n} 稿") for n in range(VERSIONS)),
        ]

    def _prepared(self) -> str:
        """The cycle that everybody writes in, ready for notes."""
        study = self._study(self._school.teachers[0])
        with asking(self._server.url) as client:
            for sent in itertools.islice(study, VERSIONS + 5):
                self._send(sent, client)
        assert not self.faults, self.faults
        return str(self.sent[0].answer["cycle"])
