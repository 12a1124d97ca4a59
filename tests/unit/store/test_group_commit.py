"""Who waits together is written together; who comes alone waits for nobody."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from cycles.store.group_commit import GroupCommit, Job


class Disk:
    """Notes the batches it is given; may be held, and may fail."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.free = threading.Event()
        self.free.set()
        self.reached = threading.Semaphore(0)
        self.threads: list[int] = []
        self.group = GroupCommit(self.commit)

    def commit(self, batch: list[Job]) -> None:
        """Answer each job with its own name."""
        self.batches.append([job.school_id for job in batch])
        self.threads.append(threading.get_ident())
        self.reached.release()
        self.free.wait()
        for job in batch:
            try:
                job.finish(job.work(None))
            except ArithmeticError as error:
                job.finish(error=error)

    def hold(self, pool: ThreadPoolExecutor, names: str) -> list[Future[Any]]:
        """The first job holds the disk; the others are waiting when this returns."""
        self.free.clear()
        running = [pool.submit(self.run, names[0])]
        self.reached.acquire()
        for count, name in enumerate(names[1:], start=1):
            running.append(pool.submit(self.run, name))
            while len(self.group._waiting) < count:
                pass
        return running

    def run(self, name: str, work: Any = None) -> Any:
        """One caller."""
        return self.group.run(Job(name, work or (lambda _: name.upper())))


def test_who_comes_alone_writes_at_once_in_his_own_thread() -> None:
    """Nobody is waited for, and no other thread is needed."""
    disk = Disk()

    assert [disk.run("a"), disk.run("b")] == ["A", "B"]

    assert disk.batches == [["a"], ["b"]]
    assert set(disk.threads) == {threading.get_ident()}


def test_those_who_wait_are_written_together_in_their_order() -> None:
    """While one writes, all that come form the next batch, and each gets its own answer."""
    disk = Disk()
    with ThreadPoolExecutor(5) as pool:
        running = disk.hold(pool, "abcde")
        disk.free.set()

        assert [future.result() for future in running] == ["A", "B", "C", "D", "E"]

    assert disk.batches == [["a"], ["b", "c", "d", "e"]]


def test_an_error_reaches_its_own_caller_alone() -> None:
    """One job of a batch fails; the others have their answers."""
    disk = Disk()
    with ThreadPoolExecutor(3) as pool:
        running = disk.hold(pool, "ab")
        failing = pool.submit(disk.run, "c", lambda _: 1 // 0)
        while len(disk.group._waiting) < 2:
            pass
        disk.free.set()

        assert [future.result() for future in running] == ["A", "B"]
        with pytest.raises(ZeroDivisionError):
            failing.result()


def test_an_interrupted_writer_leaves_the_others_to_another() -> None:
    """What it had not finished is done by the next one; nobody waits for ever."""
    disk = Disk()

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with ThreadPoolExecutor(4) as pool:
        running = disk.hold(pool, "a")
        broken = pool.submit(disk.run, "b", interrupt)
        while len(disk.group._waiting) < 1:
            pass
        others = [pool.submit(disk.run, name) for name in "cd"]
        while len(disk.group._waiting) < 3:
            pass
        disk.free.set()

        assert isinstance(broken.exception(), KeyboardInterrupt)
        assert [future.result() for future in [*running, *others]] == ["A", "C", "D"]
    assert disk.run("e") == "E"


def test_an_interrupted_waiter_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its job is not done, and those behind it are."""
    disk = Disk()
    with ThreadPoolExecutor(2) as pool:
        running = disk.hold(pool, "ab")

        def interrupted(_: Job) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Job, "wait", interrupted)
            with pytest.raises(KeyboardInterrupt):
                disk.run("x")
        disk.free.set()

        assert [future.result() for future in running] == ["A", "B"]
    assert disk.batches == [["a"], ["b"]]


def test_a_waiter_interrupted_when_its_turn_has_come_passes_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The turn is not lost with it."""
    disk = Disk()
    wait = Job.wait

    def interrupted(job: Job) -> None:
        wait(job)
        if job.school_id == "b":
            raise KeyboardInterrupt

    monkeypatch.setattr(Job, "wait", interrupted)
    with ThreadPoolExecutor(3) as pool:
        first, broken, last = disk.hold(pool, "abc")
        disk.free.set()

        assert isinstance(broken.exception(), KeyboardInterrupt)
        assert [first.result(), last.result()] == ["A", "C"]
    assert disk.batches == [["a"], ["c"]]
