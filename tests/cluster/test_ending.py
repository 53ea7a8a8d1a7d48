"""A process of the cluster that is asked to stop is gone in time, whatever hangs in it."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE

import pytest

from monitor.cli.role import STOP_SECONDS
from monitor.cluster import process, worker

SUPERVISOR = 10.0
"""Seconds after which supervisors kill, Docker's default: who is killed leaves its partitions to a time-out."""

HANGS = """\
import asyncio, time
from monitor.cli import role
role.STOP_SECONDS = 0.2

class Hanging:
    async def run_until(self, stop):
        await stop.wait() if {waits} else None
        if not {waits}:
            raise RuntimeError("a part has failed")

    async def stop(self):
        # Neither the event loop nor Python itself comes to an end by itself.
        await asyncio.to_thread(time.sleep, 3600)

async def start():
    print("up", flush=True)

asyncio.run(role.run_role(Hanging(), start))
"""


@pytest.mark.parametrize(("waits", "code"), [(True, 0), (False, 1)], ids=["asked to", "after a failure"])
async def test_what_hangs_ends_all_the_same(waits: bool, code: int) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", HANGS.format(waits=waits), stdout=PIPE, stderr=PIPE)
    assert child.stdout is not None
    try:
        assert await child.stdout.readline() == b"up\n"
        if waits:
            child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await child.wait() == code
    finally:
        if child.returncode is None:
            child.kill()


def test_an_end_that_waits_for_everything_is_in_time_too() -> None:
    waits = worker.FINISH_SECONDS + worker.LEAVE_SECONDS + process.GIVE_UP_SECONDS
    assert waits < STOP_SECONDS < SUPERVISOR
