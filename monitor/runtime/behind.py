"""Storing one batch while the next one is worked on.

A stage computes, and a store and a log are waited for: one after the other each would stand still half of the time. Order stays: at
most one batch is being stored, and the next one begins when all effects of it are in place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Behind:
    """The batch that is being stored, if any. Its errors come out of ``done``."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def done(self) -> None:
        """Returns when nothing is being stored. Cancelled, it takes what is under way with it."""
        task, self._task = self._task, None
        if task is not None:
            await task

    async def put(self, work: Coroutine[Any, Any, None]) -> None:
        """Begins ``work`` once what was begun before is done; an error of that ends ``work`` unbegun."""
        try:
            await self.done()
        except BaseException:
            work.close()
            raise
        self._task = asyncio.create_task(work)

    def cancel(self) -> None:
        """Ends what is under way: whoever reads on from the commit repeats it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
