"""The simulated region behind the contract of every adapter: network ``sim``, the cursor is the time up to which all was read."""

from __future__ import annotations

from typing import Final

from monitor.model.errors import SourceRefused
from monitor.model.post import Page
from monitor.model.source import Source
from sources.base import Fetched
from sources.masking import mask_post
from sources.paging import split
from sources.simulated.truth import Happening
from sources.simulated.world import World

_PAGE_POSTS: Final = 100
# One request brings at most this many posts and this much time; the rest is asked for at once.
_MOST_POSTS: Final = 1_000
_LONGEST_MS: Final = 6 * 3_600_000


class SimulatedAdapter:
    """Reads the sources of a world. An empty cursor begins at ``since`` (ms)."""

    network = "sim"

    def __init__(self, world: World, since: int, *, wait: float = 30.0) -> None:
        self._world = world
        self._since = since
        self._wait = wait

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        start = int(cursor) if cursor else self._since
        end = max(start, min(now, start + _LONGEST_MS))
        found: list[Happening] = []
        try:
            for happening in self._world.read(source.id, start, end):
                # All posts of one millisecond stay together: the cursor could not tell them apart.
                if len(found) >= _MOST_POSTS and happening.at > found[-1].at:
                    end = found[-1].at
                    break
                found.append(happening)
        except KeyError:
            raise SourceRefused(f"{source.id}: the simulated region has no such source", state="gone") from None
        page = Page(
            source=source.id,
            region=source.region,
            network=self.network,
            fetched_at=now,
            covered_until=end,
            cursor=str(end),
            posts=[mask_post(item.post) for item in found],
        )
        more = end < now
        return Fetched(split(page, cursor, start, posts_limit=_PAGE_POSTS), more=more, wait=0.0 if more else self._wait)

    async def close(self) -> None:
        """Nothing is held."""
