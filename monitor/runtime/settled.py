"""Up to when all is read: the time that ticks may tell watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from monitor.log.base import PAGES, Log


async def settled(log: Log, done: Callable[[int], Awaitable[int]], now: int) -> int:
    """``now`` (ms), but not beyond the first page that triage has still to do: what is on its way is not late.

    ``done`` gives the offset below which triage is done with a partition.
    """
    for partition in range(log.layout.partitions[PAGES]):
        offset = await done(partition)
        _, following = await log.bounds(PAGES, partition)
        if offset < following:
            pending = await log.read(PAGES, partition, offset, 1)
            now = min([now, *(record.at for record in pending)])
    return now
