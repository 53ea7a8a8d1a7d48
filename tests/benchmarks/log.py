"""How much the SQLite log carries: appends of 50 kB pages one after the other and by 20 at once, and reading them again.

Run: ``python -m tests.benchmarks.log [DIRECTORY]``: the disk of DIRECTORY (default: that of temporary files) is what is measured.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from monitor.log.base import PAGES, Append
from monitor.log.sqlite import SqliteLog

PAGE = 50_000
COUNT = 1_000
WRITERS = 20


async def main(directory: Path) -> None:
    log = await SqliteLog.open(directory / "log", {PAGES: 8})
    page = random.Random(1).randbytes(PAGE)

    async def appender(writer: int, count: int) -> None:
        for number in range(count):
            await log.append([Append(PAGES, writer % 8, str(writer), page, number)], cursors={str(writer): str(number)})

    async def crowd() -> None:
        await asyncio.gather(*(appender(writer, COUNT // WRITERS) for writer in range(WRITERS)))

    async def reader() -> None:
        for partition in range(8):
            offset, end = await log.bounds(PAGES, partition)
            while offset < end:
                offset += len(await log.read(PAGES, partition, offset))

    await measure("append, one at a time", COUNT, lambda: appender(0, COUNT))
    await measure(f"append, {WRITERS} at once", COUNT, crowd)
    await measure("read", 2 * COUNT, reader)
    await log.close()


async def measure(what: str, records: int, work: Callable[[], Awaitable[None]]) -> None:
    start = time.perf_counter()
    await work()
    seconds = time.perf_counter() - start
    rates = f"{records / seconds:8.0f} pages/s {records * PAGE / seconds / 1e6:8.1f} MB/s"
    print(f"{what:24} {rates} {seconds / records * 1000:8.2f} ms a page")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        asyncio.run(main(Path(folder)))
