"""Works that wait for the same disk are written together, and each is told on its own.

The disk's flush is most of what a small transaction costs. Whoever comes while nobody writes,
writes at once, alone. Whoever comes while somebody writes, waits; then the first of those who
wait writes for all of them, with one flush.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

__all__ = ["GroupCommit", "Job"]

#: How many works one transaction takes at most: the last of them waits for all the others.
MOST_TOGETHER: Final = 128


class Job:
    """One caller's work, and what became of it."""

    __slots__ = ("_turn", "answer", "done", "error", "leads", "school_id", "work")

    def __init__(self, school_id: str, work: Callable[[Any], Any]) -> None:
        self.school_id, self.work = school_id, work
        self.answer: Any = None
        self.error: BaseException | None = None
        #: Committed for good, or refused for good.
        self.done = False
        #: Its caller is the one who writes next.
        self.leads = False
        self._turn = threading.Lock()
        self._turn.acquire()

    def finish(self, answer: Any = None, error: BaseException | None = None) -> None:
        """Say what became of it; its caller is woken by the one who leads."""
        self.answer, self.error, self.done = answer, error, True

    def wait(self) -> None:
        """Until it is done, or it is this caller's turn to write for those who wait."""
        self._turn.acquire()

    def wake(self) -> None:
        """End the `wait`."""
        self._turn.release()


class GroupCommit:
    """Gives batches of jobs to `commit`, one batch at a time, first come first served.

    `commit` runs in the thread of one of the callers and finishes every job of its batch.
    """

    def __init__(self, commit: Callable[[list[Job]], None]) -> None:
        self._commit = commit
        self._mutex = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._busy = False

    def run(self, job: Job) -> Any:
        """Have the job done; its answer, or the error it ended with."""
        with self._mutex:
            self._waiting.append(job)
            mine, self._busy = not self._busy, True
        if not mine:
            self._wait(job)
        if not job.done:
            self._lead()
        if job.error is not None:
            raise job.error
        return job.answer

    def _lead(self) -> None:
        """Do what waits, the caller's own job first, and hand over to the next."""
        with self._mutex:
            many = min(len(self._waiting), MOST_TOGETHER)
            batch = [self._waiting.popleft() for _ in range(many)]
        try:
            self._commit(batch)
        finally:
            # Unfinished is only what an interrupt broke off; then somebody else does it.
            self._hand_over([job for job in batch[1:] if not job.done])
            for job in batch[1:]:
                if job.done:
                    job.wake()

    def _wait(self, job: Job) -> None:
        try:
            job.wait()
        except BaseException:
            # An interrupt: nobody waits for this job any more, and it must not be left to lead.
            with self._mutex:
                if job in self._waiting:
                    self._waiting.remove(job)
            if job.leads:
                self._hand_over([])
            raise

    def _hand_over(self, unfinished: list[Job]) -> None:
        with self._mutex:
            self._waiting.extendleft(reversed(unfinished))
            self._busy = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].wake()
