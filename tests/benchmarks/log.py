"""How much the logs carry: pages of 100 posts of 600 bytes, appended one after the other and by 20 at once, and read again.

Run: ``python -m tests.benchmarks.log [DIRECTORY] [--kafka HOST:PORT]``. The disk of DIRECTORY (default: that of temporary files) is
what SQLite is measured on; without an address a Kafka of one node is started there too, which keeps its only copy synced.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from monitor.log.base import PAGES, Append, Log
from monitor.log.kafka.log import KafkaLog
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.sqlite import SqliteLog
from tests.kafka.broker import Broker

POSTS, POST = 100, 600
PAGE = POSTS * POST
COUNT = 2_000
WRITERS = 20
PARTITIONS = 8


async def measure(log: Log) -> None:
    page = random.Random(1).randbytes(PAGE)

    async def appender(writer: int, count: int) -> None:
        for number in range(count):
            await log.append([Append(PAGES, writer % PARTITIONS, str(writer), page, number)], cursors={str(writer): str(number)})

    async def crowd() -> None:
        await asyncio.gather(*(appender(writer, COUNT // WRITERS) for writer in range(WRITERS)))

    async def reader() -> None:
        for partition in range(PARTITIONS):
            offset, end = await log.bounds(PAGES, partition)
            while offset < end:
                offset += len(await log.read(PAGES, partition, offset))

    async def answers() -> None:
        _, end = await log.bounds(PAGES, 0)
        for _ in range(COUNT):
            await log.read(PAGES, 0, end)

    await show("append, one at a time", COUNT // 4, appender(0, COUNT // 4))
    await show(f"append, {WRITERS} at once", COUNT, crowd())
    await show("read", COUNT + COUNT // 4, reader())
    await show("ask at the end", COUNT, answers(), size=0)
    await log.close()


async def show(what: str, records: int, work: Awaitable[None], size: int = PAGE) -> None:
    start, processor = time.perf_counter(), time.process_time()
    await work
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    rates = f"{records / seconds:8.0f} /s"
    if size:
        rates += f" {records * POSTS / seconds:8.0f} posts/s {records * size / seconds / 1e6:6.1f} MB/s"
    print(f"  {what:22} {rates:42} {seconds / records * 1000:6.2f} ms each, {processor / records * 1000:.2f} ms of them at work here")


async def sqlite(directory: Path) -> None:
    print("SQLite")
    await measure(await SqliteLog.open(directory / "log", {PAGES: PARTITIONS}))


async def kafka(address: str) -> None:
    print("Kafka")
    there = KafkaSettings(address, f"bench-{time.time_ns()}", replication_factor=1, min_insync_replicas=1)
    await measure(await KafkaLog.open(there, {PAGES: PARTITIONS}))


def main(directory: Path, address: str) -> None:
    asyncio.run(sqlite(directory))
    broker = Broker(directory / "kafka", java=("-Xmx768m",))
    try:
        if not address:
            broker.start()
        asyncio.run(kafka(address or broker.address))
    finally:
        broker.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", nargs="?")
    parser.add_argument("--kafka", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
        main(Path(folder), arguments.kafka)
