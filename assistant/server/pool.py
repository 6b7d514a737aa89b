"""Bounded work: so many answers at a time, so many waiting, and a plain no to all beyond."""

from __future__ import annotations

import asyncio
import contextvars
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from assistant.server.unavailable import Busy

T = TypeVar("T")

_LONGEST_WAIT_SECONDS = 60
# How much the newest duration counts in the running mean that says when to come back.
_NEWEST = 0.1


class Pool:
    """Threads that work off what is handed in, in order, with a bounded queue before them."""

    def __init__(self, name: str, *, workers: int, waiting: int) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._workers = workers
        self._places = workers + waiting
        self._lock = threading.Lock()
        self._held = 0
        self._running = 0
        self.refused = 0
        """How many were told to come back later."""
        self._mean_seconds = 0.0

    @property
    def running(self) -> int:
        """How many are being worked on."""
        return self._running

    @property
    def waiting(self) -> int:
        """How many wait for a thread."""
        return max(0, self._held - self._running)

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Hands in work. Raises Busy where all places are taken."""
        with self._lock:
            if self._held >= self._places:
                self.refused += 1
                raise Busy(self._retry_after())
            self._held += 1
        try:
            future = self._executor.submit(contextvars.copy_context().run, self._timed, work)
        except BaseException:
            self._free(None)
            raise
        future.add_done_callback(self._free)
        return future

    async def run(self, work: Callable[[], T]) -> T:
        """The outcome of work done in one of the threads. Raises Busy, and whatever the work raises.

        Where the waiting task is cancelled, work that has not begun is dropped, and work that has goes on to its end.
        """
        return await asyncio.wrap_future(self.submit(work))

    def close(self, *, drop: bool = False) -> None:
        """Waits for what is handed in, or with ``drop`` only for what has begun; takes nothing more."""
        self._executor.shutdown(wait=True, cancel_futures=drop)

    def _timed(self, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        with self._lock:
            self._running += 1
        try:
            return work()
        finally:
            seconds = time.perf_counter() - start
            with self._lock:
                self._running -= 1
                self._mean_seconds += (seconds - self._mean_seconds) * (_NEWEST if self._mean_seconds else 1.0)

    def _free(self, _: object) -> None:
        with self._lock:
            self._held -= 1

    def _retry_after(self) -> int:
        """Seconds until the queue is likely to be worked off."""
        seconds = self._mean_seconds * self._held / self._workers
        return min(_LONGEST_WAIT_SECONDS, max(1, math.ceil(seconds)))
