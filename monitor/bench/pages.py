"""The benchmark's world: pages of a simulated region as a crawler would bring them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from monitor.model.codec import encode
from monitor.model.post import Page, Post
from monitor.profile.model import Profile
from sources.simulated.world import Options, World

START = 1_769_950_800_000
"""2026-02-01 13:00 UTC: any moment will do, and the same one makes the same pages."""
APPEALS = 0.1
"""The share of appeals: what city communities have on a busy day."""
PAGE = 100
"""Posts of a page: what one request to a network brings at most."""
COMMUNITIES = 100
STEP = 300_000
"""Ms of the world that are made at once."""


def world_of(profile: Profile, posts_per_second: float, seed: int = 1) -> World:
    """A region without bursts, so that the share of appeals stays what it is."""
    return World(
        profile, seed, Options(posts_per_second=posts_per_second, communities=COMMUNITIES, mean_words=27, bursts_per_day=0.0)
    )


class Stream:
    """Posts of a world without end, every one of them new (later versions and deletions are left out), a tenth of them appeals."""

    def __init__(self, world: World) -> None:
        self._brought = self._walk(world)
        self._held: dict[str, list[Post]] = {}

    def pages(self, posts: int, size: int = PAGE) -> Iterator[Page]:
        """The next pages, of ``size`` posts each, until they have ``posts`` or a few more."""
        count = 0
        while count < posts:
            page = next(self._brought)
            # A crawler that comes every minute brings small pages; those of a source are put together until one is full.
            held = [*self._held.pop(page.source, ()), *page.posts]
            while len(held) >= size and count < posts:
                yield replace(page, posts=held[:size])
                held = held[size:]
                count += size
            self._held[page.source] = held

    @staticmethod
    def _walk(world: World) -> Iterator[Page]:
        appeals = chosen = 0
        start = START
        while True:
            chatter = {one.id for one in world.truth(start, start + STEP) if one.kind in ("chatter", "reply")}
            for page in world.pages(start, start + STEP):
                new = []
                for post in page.posts:
                    if post.edited_at or post.deleted:
                        continue
                    if post.id not in chatter:
                        if appeals > APPEALS * chosen:
                            continue
                        appeals += 1
                    chosen += 1
                    new.append(post)
                yield replace(page, posts=new)
            start += STEP


def fresh(world: World, posts: int) -> Iterator[bytes]:
    """The first pages of a world's stream, as they lie in the log."""
    return map(encode, Stream(world).pages(posts))


def recrawled(pages: list[bytes], times: int = 3, every: int = 20) -> Iterator[bytes]:
    """Each page, and ``times`` later once more with more likes: what re-reading young posts brings."""
    decoder = msgspec.json.Decoder(Page)
    for start in range(0, len(pages), every):
        batch = pages[start : start + every]
        yield from batch
        for again in range(1, times + 1):
            for data in batch:
                page = decoder.decode(data)
                for post in page.posts:
                    post.likes += again
                yield encode(page)
