"""A process is killed in the middle of its appends: what was acknowledged is there, and no cursor without its records.

In SQLite nothing is there by half; in Kafka what the crash cut short is appended again by the next run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from monitor.log.base import Log
from monitor.model.errors import LogError
from tests.monitor.log.appender import TASKS
from tests.monitor.log.places import PARTITIONS, Place


def start(place: Place, seed: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.monitor.log.appender", place.kind, place.address, str(seed)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])


def run_and_kill(place: Place, seed: int, acknowledged: dict[str, int]) -> None:
    """Kills the process after some acknowledgements, wherever it is by then; notes the last one of each task."""
    with start(place, seed) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(random.Random(seed).randint(1, 150))]
        os.kill(process.pid, signal.SIGKILL)
        lines += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    for line in lines:
        name, number = line.split()
        acknowledged[name.decode()] = int(number)


async def verify(place: Place, log: Log, acknowledged: dict[str, int]) -> None:
    found: dict[str, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    sizes: dict[tuple[str, int, int], int] = {}
    for topic, partitions in PARTITIONS.items():
        for partition in range(partitions):
            offset, end = await log.bounds(topic, partition)
            assert offset == 0
            latest: dict[str, tuple[int, int, int]] = {}
            while offset < end:
                for record in await log.read(topic, partition, offset):
                    run, name, number, item, size, _ = orjson.loads(record.value)
                    assert record.offset == offset
                    assert latest.get(name, (-1, -1, -1)) < (run, number, item)
                    latest[name] = (run, number, item)
                    found[name][number, run].append(item)
                    sizes[name, number, run] = size
                    offset += 1
    for name, sets in found.items():
        whole = {number for (number, run), items in sets.items() if sorted(items) == list(range(sizes[name, number, run]))}
        cursor, budget = int(await log.cursor(name) or -1), int(await log.budget(name) or -1)
        assert max(cursor, budget) in whole or cursor == budget == -1, "a cursor without its records"
        assert set(range(cursor + 1)) <= whole, "a set is missing"
        assert acknowledged.get(name, -1) <= min(cursor, budget), "an acknowledged set is gone"
        if place.kind == "sqlite":
            assert len(sets) == len(whole), "a set is there by half, or twice"
            assert cursor == budget == len(whole) - 1, "cursor and records differ"
    assert set(acknowledged) <= set(found)


@pytest.mark.parametrize(("kind", "crashes"), [("sqlite", 10), ("kafka", 4)])
async def test_killed_while_appending(kind: str, crashes: int, new_place: Callable[[str], Place]) -> None:
    place = new_place(kind)
    acknowledged: dict[str, int] = {}
    for seed in range(crashes):
        run_and_kill(place, seed, acknowledged)
        log = await place.open()
        await verify(place, log, acknowledged)
        await log.close()
    assert len(acknowledged) == TASKS


async def test_another_process_is_refused_until_the_first_is_gone(new_place: Callable[[str], Place]) -> None:
    place = new_place("sqlite")
    with start(place, 0) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LogError, match=rf"владеет другой процесс \({process.pid}\);"):
            await place.open()
        os.kill(process.pid, signal.SIGKILL)
    await (await place.open()).close()
