"""Threads for blocking requests that a process does not have to wait for when it ends.

``ThreadPoolExecutor`` joins its threads at the end of the process: a request to a server that does not answer would hold up the end
as long as its timeout lasts. These threads end with the process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

Job = tuple[Future[Any], Callable[[], Any]]


class Threads:
    """At most ``count`` threads, started as they are needed. Used from one event loop."""

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._under_way: set[Future[Any]] = set()
        self._threads: list[threading.Thread] = []

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises. Whoever is cancelled here goes on at once; work that has begun is not stopped by that."""
        future: Future[T] = Future()
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        if len(self._threads) < min(self._count, len(self._under_way)):
            thread = threading.Thread(target=_serve, args=(self._jobs,), name=f"{self._name}-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put((future, work))
        return await asyncio.wrap_future(future)

    async def close(self, patience: float | None = None) -> bool:
        """Waits for the work under way, at most ``patience`` seconds (None: as long as it takes); says whether it has ended.

        If not, the threads are left alone, and so must be what they use.
        """
        waiting = [asyncio.wrap_future(future) for future in list(self._under_way)]
        for _ in self._threads:
            self._jobs.put(None)
        if waiting:
            done, pending = await asyncio.wait(waiting, timeout=patience)
            for one in done:
                # What it raised was for somebody who waits no more.
                one.cancelled() or one.exception()
            for one in pending:
                one.cancel()
            if pending:
                return False
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        return True


def _serve(jobs: SimpleQueue[Job | None]) -> None:
    while _next(jobs):
        pass


def _next(jobs: SimpleQueue[Job | None]) -> bool:
    """Does one job; a function of its own, so that an idle thread holds nothing of it."""
    job = jobs.get()
    if job is None:
        return False
    future, work = job
    if future.set_running_or_notify_cancel():
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001 (whoever asked gets it)
            future.set_exception(error)
        else:
            future.set_result(found)
    return True
