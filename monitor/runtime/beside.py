"""What the embedded runtime does beside its stages: watchdog, housekeeping, planned works, the dead man's switch, ticks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from monitor.model.errors import RetryableError
from monitor.profile.load import profile_folder
from monitor.runtime.delivery import Delivery
from monitor.runtime.folder import log_path
from monitor.runtime.heartbeat import Heartbeat
from monitor.runtime.house import House
from monitor.runtime.planned import Planned
from monitor.runtime.shared import Shared
from monitor.runtime.stages import Stages
from monitor.runtime.watchdog import Watchdog

log = logging.getLogger(__name__)


def beside(shared: Shared, stages: Stages, delivery: Delivery | None) -> list[asyncio.Task[None]]:
    """Begins all but ticks; the tasks end when the runtime does. The stages have started."""
    config, events, metrics, clock, run = shared.config, shared.log, shared.metrics, shared.clock, asyncio.create_task
    stopping = shared.stopping
    watchdog = Watchdog(events, shared.board, metrics, config.watchdog.stalled_seconds, time.monotonic, stages.partitions)
    house = House(events, log_path(config), shared.reader, metrics, clock)
    works = stages.watch.stage.regions[shared.profile.id].works
    planned = Planned(events, profile_folder(config.nabat.region), shared.profile, clock, works)
    tasks = [
        run(watchdog.run(stopping), name="watchdog"),
        run(house.run(stopping), name="housekeeping"),
        run(planned.run(stopping), name="planned works"),
    ]
    section = config.deliver
    if delivery is not None and delivery.http is not None and section.heartbeat_url:
        beats = Heartbeat(delivery.http, section.heartbeat_url, section.heartbeat_seconds, watchdog.moves, metrics, clock)
        tasks.append(run(beats.run(stopping), name="heartbeat"))
    return tasks


async def regularly(shared: Shared, work: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Does ``work`` every so many seconds of the runtime's clock, at once first, until the runtime ends."""
    while not shared.stopping.is_set():
        try:
            await work()
        except RetryableError as error:
            log.warning("в этот раз пропущено: %s", error)
        sleep = asyncio.ensure_future(shared.clock.sleep(seconds))
        stop = asyncio.ensure_future(shared.stopping.wait())
        await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
        sleep.cancel()
        stop.cancel()
