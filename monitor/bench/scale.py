"""``nabat bench scale``: the same backlog of four regions, by one, two and four workers of each kind over as many partitions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from monitor.bench import regions, told
from monitor.bench.end_to_end import BEFORE_RATE
from monitor.bench.load import backlog
from monitor.bench.pages import PAGE
from monitor.bench.system import System, machine, say, spent
from monitor.clock import SystemClock
from monitor.log.base import partition_of
from monitor.model.post import Page

REGIONS = 4
"""As many as the most partitions, so that watch can be cut as far as triage."""


def names(base: str) -> list[str]:
    """Ids of which each lies in a partition of its own."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < REGIONS:
        number += 1
        name = f"{base}-{number}"
        found.setdefault(partition_of(name, REGIONS), name)
    return [found[one] for one in sorted(found)]


def pages_of(base: str, folder: Path, posts: int) -> tuple[list[Path], list[Page]]:
    """The regions' folders, and their pages in turn."""
    made = [regions.make(base, name, folder / name, seed) for seed, name in enumerate(names(base), 1)]
    streams = [list(one.pages(posts // REGIONS)) for one in made]
    return [one.folder for one in made], [page for turn in zip(*streams, strict=True) for page in turn]


async def measure(make: Callable[[int], System], pages: Sequence[Page], sizes: Sequence[int]) -> dict[str, Any]:
    """A run for each size: a new system (``make``) with so many partitions and workers of each kind."""
    result: dict[str, Any] = {**machine(), "regions": REGIONS, "page": PAGE, "sizes": []}
    for size in sizes:
        say(f"разделов и рабочих процессов каждого вида: {size}")
        result["sizes"].append({"workers": size, **await _run(make(size), pages)})
    return result


async def _run(system: System, pages: Sequence[Page]) -> dict[str, Any]:
    try:
        await system.open()
        posts = sum(len(page.posts) for page in pages)
        begun = await told.mark(system.log)
        await backlog(system.log, pages, SystemClock().now() - int(1000 * posts / BEFORE_RATE), BEFORE_RATE)
        await system.start()
        before = system.processor()
        await system.rest()
        used = spent(before, system.processor())
        found = await told.told(system.log, begun)
        done = sum(one.count for one in found.posts)
        return {
            "sent": posts,
            "stored": await system.stored(),
            "posts_per_second": told.rate(found),
            "appeals_share": round(found.appeals / max(done, 1), 3),
            "processor_microseconds_per_post": {name: round(1e6 * seconds / max(done, 1)) for name, seconds in used.items()},
        }
    finally:
        await asyncio.shield(system.stop())
