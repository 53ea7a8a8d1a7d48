"""The cluster's log as the runner of one partition sees it, so that it is the same runner as in the embedded runtime.

The records of its own partition come from the feed, and its commit goes out through Faust, under the membership by which the
partition is ours: a worker that was thought dead is refused there. All else is the log's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from monitor.cluster.feed import Feed
from monitor.log.base import Append, Log, Record


class AssignedLog:
    """Fulfils monitor.log.base.Log for the reader of ``topic``/``partition`` in ``group``. Closing it closes nothing."""

    def __init__(
        self, log: Log, group: str, topic: str, partition: int, feed: Feed, commit: Callable[[int, int], Awaitable[None]]
    ) -> None:
        self.layout = log.layout
        self._log = log
        self._own = (topic, partition)
        self._group = group
        self._feed = feed
        self._commit = commit

    async def append(
        self,
        records: Sequence[Append],
        *,
        cursors: Mapping[str, str] | None = None,
        budgets: Mapping[str, str] | None = None,
    ) -> list[int]:
        return await self._log.append(records, cursors=cursors, budgets=budgets)

    async def read(self, topic: str, partition: int, offset: int, limit: int = 500) -> list[Record]:
        if (topic, partition) == self._own:
            return await self._feed.read(offset, limit)
        return await self._log.read(topic, partition, offset, limit)

    async def wait(self, topic: str, partition: int, offset: int, timeout: float) -> bool:
        if (topic, partition) == self._own:
            return await self._feed.wait(offset, timeout)
        return await self._log.wait(topic, partition, offset, timeout)

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        return await self._log.bounds(topic, partition)

    async def commit(self, group: str, topic: str, partition: int, offset: int) -> None:
        """A commit of our own that comes too late, since the partition has gone, is dropped: the heir repeats."""
        if (group, topic, partition) == (self._group, *self._own):
            await self._commit(partition, offset)
        else:
            await self._log.commit(group, topic, partition, offset)

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        return await self._log.committed(group, topic, partition)

    async def cursor(self, source: str) -> str:
        return await self._log.cursor(source)

    async def cursors(self) -> dict[str, str]:
        return await self._log.cursors()

    async def budget(self, name: str) -> str:
        return await self._log.budget(name)

    async def trim(self, now: int) -> int:
        return await self._log.trim(now)

    async def close(self) -> None:
        """The log is the process's, and is closed with it."""
