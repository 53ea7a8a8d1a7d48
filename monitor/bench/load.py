"""What is put on a running system: a backlog written beforehand, or a live load whose pages are due when they are due.

The load is open: a page's ``fetched_at`` is the time that it was planned for, whether or not anybody had the time to read it then. A
system that stands still makes all pages due meanwhile late, and can't hide its delay by asking for fewer.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from monitor.clock import Clock
from monitor.log.base import PAGES, WATCH, Append, Log, partition_of
from monitor.model.codec import encode
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.model.watch import History, encode_record, parts
from sources.base import Fetched

QUIET = 5.0
"""Seconds after which a source without new posts is read again: its empty page closes buckets."""
AT_ONCE = 10
"""Pages of one answer to a crawler that comes late."""
APPEND = 20
"""Pages of one append of the backlog."""


def stamp(page: Page, at: int) -> Page:
    """The page as fetched at ``at`` (ms), its posts written in the second before."""
    page.fetched_at = page.covered_until = at
    count = len(page.posts)
    for number, post in enumerate(page.posts):
        post.published_at = at - 1000 * (count - number) // count
    return page


async def backlog(log: Log, pages: Iterable[Page], start: int, posts_per_second: float) -> int:
    """Appends pages as if they had been fetched from ``start`` (ms) on at this rate; returns how many posts they have."""
    partitions = log.layout.partitions[PAGES]
    posts = 0
    waiting: list[Append] = []
    for page in pages:
        at = start + int(1000 * posts / posts_per_second)
        posts += len(page.posts)
        value = encode(stamp(page, at))
        waiting.append(Append(PAGES, partition_of(page.source, partitions), page.source, value, at))
        if len(waiting) == APPEND:
            await log.append(waiting)
            waiting = []
    await log.append(waiting)
    return posts


async def teach(log: Log, history: History) -> None:
    """Appends a region's past to a log whose watch has not started."""
    partition = partition_of(history.region, log.layout.partitions[WATCH])
    end = history.start + history.step * max(map(len, history.counts.values()), default=0)
    await log.append([Append(WATCH, partition, one.region, encode_record(one), end) for one in parts(history)])


class LiveLoad:
    """Fulfils sources.base.Adapter: of each source the pages that are due. They are planned from ``start`` (ms), evenly.

    For ``tail`` seconds after the last one the sources are still read, so that the last buckets can close.
    """

    network = "sim"

    def __init__(self, pages: Sequence[Page], start: int, posts_per_second: float, tail: float = 0.0) -> None:
        self.posts = 0
        self._due: dict[str, deque[Page]] = defaultdict(deque)
        for page in pages:
            stamp(page, start + int(1000 * self.posts / posts_per_second))
            self.posts += len(page.posts)
            self._due[page.source].append(page)
        self.end = start + int(1000 * (self.posts / posts_per_second + tail))
        self._left = len(pages)
        self._all = asyncio.Event()

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        due = self._due[source.id]
        pages: list[Page] = []
        while due and due[0].fetched_at <= now and len(pages) < AT_ONCE:
            pages.append(due.popleft())
            pages[-1].cursor = str(pages[-1].fetched_at)
        self._left -= len(pages)
        if self._left == 0:
            self._all.set()
        if not pages:
            pages = [Page(source.id, source.region, source.network, now, now, str(now))]
        # A clock of whole milliseconds may still be before the time when the wait is over.
        wait = min(QUIET, (due[0].fetched_at - now + 1) / 1000) if due else QUIET
        return Fetched(pages, more=wait <= 0, wait=max(0.0, wait))

    async def close(self) -> None:
        """There is nothing to give back."""

    async def given(self, clock: Clock) -> None:
        """Returns when all pages were fetched and the time of the load is over."""
        await self._all.wait()
        await clock.sleep(max(0, self.end - clock.now()) / 1000)
