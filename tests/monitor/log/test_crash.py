"""A process is killed in the middle of its appends: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import orjson
import pytest

from monitor.log.base import Log
from monitor.model.errors import LogError
from tests.monitor.log.appender import TASKS
from tests.monitor.log.places import PARTITIONS, Place

CRASHES = 10


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


async def verify(log: Log, acknowledged: dict[str, int]) -> None:
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    sizes: dict[tuple[str, int], int] = {}
    for topic, partitions in PARTITIONS.items():
        for partition in range(partitions):
            offset, end = await log.bounds(topic, partition)
            assert offset == 0
            latest: dict[str, tuple[int, int]] = {}
            while offset < end:
                for record in await log.read(topic, partition, offset):
                    name, number, item, size, _ = orjson.loads(record.value)
                    assert record.offset == offset
                    assert latest.get(name, (-1, -1)) < (number, item)
                    latest[name] = (number, item)
                    found[name][number].append(item)
                    sizes[name, number] = size
                    offset += 1
    for name, sets in found.items():
        assert sorted(sets) == list(range(len(sets))), "a set is missing"
        for number, items in sets.items():
            assert sorted(items) == list(range(sizes[name, number])), "a set is there by half"
        assert await log.cursor(name) == await log.budget(name) == str(len(sets) - 1), "cursor and records differ"
        assert acknowledged.get(name, -1) < len(sets), "an acknowledged set is gone"
    assert set(acknowledged) <= set(found)


async def test_killed_while_appending(place: Place) -> None:
    acknowledged: dict[str, int] = {}
    for seed in range(CRASHES):
        run_and_kill(place, seed, acknowledged)
        log = await place.open()
        await verify(log, acknowledged)
        await log.close()
    assert len(acknowledged) == TASKS


async def test_another_process_is_refused_until_the_first_is_gone(place: Place) -> None:
    if place.kind != "sqlite":
        pytest.skip("a cluster's log is shared by processes")
    with start(place, 0) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LogError, match=f"in use by process {process.pid};"):
            await place.open()
        os.kill(process.pid, signal.SIGKILL)
    await (await place.open()).close()
