"""The line to PostgreSQL is lost while it commits: the key settles what became of the command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.databases import Server, fresh_database, own_server
from tests.faults.cut_line import CutLine, Moment, cut_line
from tests.faults.judge import judged_by_log, judged_by_verify
from tests.faults.load import Sent, opening
from tests.faults.school import School, make_school
from tests.faults.served import PATIENCE_S, ServerProcess, asking

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no sockets of Unix")


class Scene:
    """A server whose line to its own PostgreSQL can be cut, and a cycle just opened."""

    def __init__(
        self, postgres: Server, line: CutLine, school: School, client: httpx.Client
    ) -> None:
        self.postgres, self.line, self._client = postgres, line, client
        self._school, self._teacher = school, school.teachers[0]
        self.opened = opening(school, self._teacher)
        self.opened.keep(self.send(self.opened))
        cycle = self.opened.answer["cycle"]
        body = {"record": "proposal", "fields": {"theme": "动手", "why": "难"}}
        self.filed = Sent(person=self._teacher, path=f"/cycles/{cycle}/records", body=body)

    def send(self, sent: Sent) -> httpx.Response:
        """Send a command, for the first time or again."""
        return sent.send(self._client)

    def judged(self) -> list[str]:
        """What the log does not hold as it was told."""
        by_log = judged_by_log(self._school.database, [self.opened, self.filed])
        return by_log + judged_by_verify(self._school)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A server that each test leaves running."""
    with own_server() as (server, _):
        yield server


@pytest.fixture
def scene(postgres: Server, tmp_path: Path) -> Iterator[Scene]:
    """The line is whole."""
    with fresh_database(postgres.url) as database, cut_line(database) as (line, through):
        school = make_school(database, tmp_path / "files", teachers=1)
        with ServerProcess(through, school.files) as server, asking(server.url) as client:
            yield Scene(postgres, line, school, client)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_command_of_unknown_outcome_is_done_once_when_sent_again(
    moment: Moment, scene: Scene
) -> None:
    """PostgreSQL is ended just before, or just after, it commits; the sender is told to try again.

    Only then is it known: whoever does not try again may find it done or not.
    """
    scene.line.break_once(moment, scene.postgres.crash)

    lost = scene.send(scene.filed)
    assert scene.line.cut.wait(PATIENCE_S)
    scene.postgres.start()
    scene.filed.keep(scene.send(scene.filed))

    assert (lost.status_code, lost.json()["reason"]) == (503, "outcome-unknown")
    assert int(lost.headers["retry-after"]) > 0
    assert "Idempotency-Key" in lost.json()["detail"]
    assert scene.filed.status == 201
    assert scene.filed.replayed == (moment == "after")
    assert scene.judged() == []


def test_where_the_database_can_be_asked_the_sender_is_told_the_outcome_at_once(
    scene: Scene,
) -> None:
    """The line alone is lost, after the commit: the server asks by the key and answers."""
    scene.line.break_once("after", lambda: None)

    scene.filed.keep(scene.send(scene.filed))

    assert scene.line.cut.is_set()
    assert (scene.filed.status, scene.filed.replayed) == (201, True)
    assert scene.judged() == []
