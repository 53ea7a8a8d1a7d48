"""``nabat bench end-to-end``: posts a second and delays of a whole Nabat, draining a backlog and under live loads.

The real runtimes over a real log and store. The same system drains a backlog that was written before it started, and then bears
one load after the other, so its memories and tables are never empty under a load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from monitor.bench import told
from monitor.bench.load import QUIET, LiveLoad, backlog, teach
from monitor.bench.pages import PAGE
from monitor.bench.regions import BenchRegion
from monitor.bench.system import System, bring, machine, say, spent
from monitor.bench.told import Told, percentiles
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.model.post import Page

BEFORE_RATE = 200.0
"""Posts a second of the time in which the backlog was fetched."""
LEAD = 500
"""Ms from the plan of a load to its first page."""
BURST = 600
"""Posts of one trouble in one town in the middle of each load: a spike, whose alert is timed."""
BURST_IN = 12_000
"""A load of fewer posts has no burst: it would be no load of everyday posts any more."""


@dataclass(slots=True, frozen=True)
class Plan:
    """``posts`` of the backlog; ``loads`` in posts/s, in pages of ``page`` posts.

    Each load lasts ``seconds``, after ``warm_up`` seconds that do not count.
    """

    posts: int
    loads: Sequence[int]
    seconds: float
    warm_up: float
    page: int


async def measure(system: System, region: BenchRegion, config: Config, plan: Plan) -> dict[str, Any]:
    """Runs a plan. NabatError where a part of the system fails."""
    result: dict[str, Any] = {
        **machine(),
        "system": system.what,
        "batch_pages": config.triage.batch,
        "bucket_seconds": config.watch.bucket_seconds,
        "snapshot_seconds": config.watch.snapshot_seconds,
        "seconds": plan.seconds,
        "loads": [],
    }
    try:
        await system.open()
        say(f"готовлю {plan.posts} сообщений")
        start = SystemClock().now() - int(1000 * plan.posts / BEFORE_RATE)
        await teach(system.log, region.history(start, BEFORE_RATE))
        begun = await told.mark(system.log)
        sent = await backlog(system.log, await asyncio.to_thread(_pages, region, plan.posts, PAGE), start, BEFORE_RATE)
        await system.start()
        before = system.processor()
        say("разбираю накопленное")
        await system.rest()
        found = await told.told(system.log, begun)
        used = spent(before, system.processor())
        result["backlog"] = {"page": PAGE, "posts_per_second": told.rate(found), **_counted(found, sent, used)}
        for load in plan.loads:
            pages = await asyncio.to_thread(_pages, region, int(load * (plan.warm_up + plan.seconds)), plan.page)
            tail = 0.0
            if len(pages) * plan.page >= BURST_IN:
                burst = await asyncio.to_thread(region.burst, len(result["loads"]), BURST, plan.page)
                pages = [*pages[: len(pages) // 2], *burst, *pages[len(pages) // 2 :]]
                tail = config.watch.bucket_seconds + 2 * QUIET
            say(f"живая нагрузка {load} сообщений/с")
            line = await _live(system, pages, load, plan, tail)
            sent += line["sent"]
            result["loads"].append(line)
        result["sent"], result["stored"] = sent, await system.stored()
    finally:
        await system.stop()
    return result


async def _live(system: System, pages: list[Page], load: int, plan: Plan, tail: float) -> dict[str, Any]:
    begun, before = await told.mark(system.log), system.processor()
    start = SystemClock().now() + LEAD
    live = LiveLoad(pages, start, load, tail)
    await bring(system, live)
    found = await told.told(system.log, begun)
    used = spent(before, system.processor())
    warm = start + int(1000 * plan.warm_up)
    posts, incidents, urgent = ([one for one in some if one.since >= warm] for some in (found.posts, found.incidents, found.urgent))
    return {
        "asked": load,
        "page": plan.page,
        "posts_per_second": round(1000 * live.posts / max(1, found.last - start)),
        **_counted(found, live.posts, used),
        "to_post": percentiles(posts),
        "to_incident": percentiles(incidents),
        "to_alert": percentiles(urgent),
        "alerts": len(urgent),
        "close_to_spike": percentiles(found.spikes),
        "spikes": len(found.spikes),
    }


def _counted(found: Told, sent: int, used: dict[str, float]) -> dict[str, Any]:
    done = sum(one.count for one in found.posts)
    return {
        "sent": sent,
        "done": done,
        "appeals_share": round(found.appeals / max(done, 1), 3),
        "processor_seconds": used,
        "processor_microseconds_per_post": {name: round(1e6 * seconds / max(done, 1)) for name, seconds in used.items()},
    }


def _pages(region: BenchRegion, posts: int, size: int) -> list[Page]:
    return list(region.pages(posts, size))
