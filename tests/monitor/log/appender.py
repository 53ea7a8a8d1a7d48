"""A process for the crash tests: appends without end, and says on its output what has been acknowledged, a line each.

Run as ``python -m tests.monitor.log.appender KIND ADDRESS SEED``. Each of its tasks appends sets of records. Each record says how
many its set has; the set moves the task's cursor and budget to its number. SEED is the number of the run.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys

import orjson

from monitor.log.base import PAGES, WATCH, Append, Log
from tests.monitor.log.places import PARTITIONS, Place

TASKS = 3


async def task(log: Log, name: str, seed: str) -> None:
    dice = random.Random(f"{seed} {name}")
    number = int(await log.cursor(name) or -1)
    while True:
        number += 1
        size = dice.randint(1, 5)
        records = []
        for item in range(size):
            topic = dice.choice((PAGES, WATCH))
            value = orjson.dumps([int(seed), name, number, item, size, "x" * dice.choice((10, 1000, 50_000))])
            records.append(Append(topic, dice.randrange(PARTITIONS[topic]), name, value, number))
        await log.append(records, cursors={name: str(number)}, budgets={name: str(number)})
        os.write(sys.stdout.fileno(), f"{name} {number}\n".encode())


async def main(kind: str, address: str, seed: str) -> None:
    log = await Place(kind, address).open()
    await asyncio.gather(*(task(log, str(name), seed) for name in range(TASKS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
