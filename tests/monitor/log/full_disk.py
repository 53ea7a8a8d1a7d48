"""A process for the disk tests: its files may not grow, for a while. Run as ``python -m tests.monitor.log.full_disk PATH``."""

from __future__ import annotations

import asyncio
import resource
import sys

from monitor.log.base import PAGES, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import RetryableError


def page(size: int) -> Append:
    return Append(PAGES, 0, "key", bytes(size), 0)


async def main(path: str) -> None:
    log = await SqliteLog.open(path)
    await log.append([page(10)], cursors={"s": "before"})
    _, unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, unlimited))
    large, small = await asyncio.gather(
        log.append([page(1_000_000)], cursors={"s": "large"}), log.append([page(20)], cursors={"t": "small"}), return_exceptions=True
    )
    assert isinstance(large, RetryableError), large
    assert large.retry_after > 0
    assert small == [1], small
    assert await log.bounds(PAGES, 0) == (0, 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
    assert await log.append([page(1_000_000)], cursors={"s": "after"}) == [2]
    await log.close()
    log = await SqliteLog.open(path)
    assert [len(record.value) for record in await log.read(PAGES, 0, 0)] == [10, 20, 1_000_000]
    assert await log.cursors() == {"s": "after", "t": "small"}
    await log.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
