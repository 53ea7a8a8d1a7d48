"""The simulated sources, read in steps that depend on the cursor alone: however a crawler is disturbed, the same pages come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.model.errors import SourceRefused
from monitor.model.source import Source
from sources.base import Fetched
from sources.paging import split
from sources.simulated.adapter import SimulatedAdapter
from sources.simulated.world import World
from tests.crash.region import END, MINUTE, START

STEP = 15 * MINUTE
POSTS = 3
"""Posts of one page: most answers are several pages, which are appended together or not at all."""


class Paced:
    """Fulfils sources.base.Adapter. Each request brings STEP ms; at END the source is closed."""

    network = "sim"

    def __init__(self, world: World) -> None:
        self._world = world
        self._adapter = SimulatedAdapter(world, START)

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        begin = int(cursor or START)
        if begin >= END:
            raise SourceRefused("all was told", state="gone")
        fetched = await self._adapter.fetch(source, cursor, begin + STEP)
        posts = [post for page in fetched.pages for post in page.posts]
        pages = split(replace(fetched.pages[-1], posts=posts), cursor, begin, posts_limit=POSTS)
        broken = [({"raw": begin}, "an advertisement")] if begin % (2 * STEP) == 0 else []
        return Fetched(pages, more=True, wait=0.0, broken=broken)

    async def close(self) -> None:
        await self._adapter.close()

    def finished(self, cursors: Mapping[str, str]) -> bool:
        return all(cursors.get(source.id) == str(END) for source in self._world.sources)

    async def answers(self, source: Source) -> list[Fetched]:
        """All that a source answers, from its beginning to its end."""
        found: list[Fetched] = []
        while not found or found[-1].pages[-1].cursor != str(END):
            found.append(await self.fetch(source, found[-1].pages[-1].cursor if found else "", END))
        return found
