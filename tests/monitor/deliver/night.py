"""A process that delivers and may be killed at a named place: ``python -m tests.monitor.deliver.night FOLDER DESTINATIONS POINT N``.

It runs until killed. With a POINT it kills itself the Nth time it gets there; an empty one stands for none.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry

from monitor.clock import SystemClock
from monitor.config import Config
from monitor.config.delivery import Deliver
from monitor.config.networks import Networks
from monitor.config.sections import Nabat
from monitor.deliver.lane import Pace
from monitor.log.base import ALERTS, Append
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.profile.load import load_profile
from monitor.runtime.board import Board
from monitor.runtime.deliver_runner import DeliverRunner
from monitor.runtime.delivery import delivery_of
from monitor.runtime.store import Store
from tests.monitor.deliver.alerts import alert, event

ALERTS_MADE = 5


def config_of(folder: Path, destinations: Path) -> Config:
    return replace(
        Config(),
        nabat=Nabat(data=folder),
        networks=Networks(allow_private="127.0.0.0/8"),
        deliver=Deliver(destinations_file=destinations),
    )


async def main(folder: Path, destinations: Path, point: str, count: int) -> None:
    left = count

    def fault(name: str) -> None:
        nonlocal left
        left -= name == point
        if name == point and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    config = config_of(folder, destinations)
    metrics, profile, clock = Metrics(CollectorRegistry()), load_profile("samara"), SystemClock()
    log = await SqliteLog.open(folder / "log.sqlite", {ALERTS: 1})
    store = Store(config, metrics)
    await store.open()
    delivery = delivery_of(config, [profile])
    runner = DeliverRunner(
        0,
        log,
        store.writer(),
        store.reader(),
        {profile.id: profile},
        delivery.destinations,
        delivery.channels,
        {},
        Board(),
        metrics,
        clock,
        pace=Pace(first=100, longest=200),
        chance=random.Random(1),
        fault=fault,
    )
    running = asyncio.create_task(runner.run())
    await asyncio.wait({running, asyncio.ensure_future(runner.ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    _, end = await log.bounds(ALERTS, 0)
    if end == 0:
        rows = [alert(number, at=clock.now()) for number in range(ALERTS_MADE)]
        await log.append([Append(ALERTS, 0, row.id, event(row), clock.now()) for row in rows])
    stopped = asyncio.get_running_loop()
    stopped.add_signal_handler(signal.SIGTERM, runner.stop)
    await running
    await delivery.close()
    await log.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
