"""The benchmark's world: pages of a simulated region as a crawler would bring them, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from monitor.model.codec import encode
from monitor.model.post import Page
from monitor.profile.model import Profile
from sources.simulated.world import Options, World

START = 1_769_950_800_000
"""2026-02-01 13:00 UTC: any moment will do, and the same one makes the same pages."""
APPEALS = 0.1
"""The share of appeals: what city communities have on a busy day."""
PAGE = 100
"""Posts of a page: what one request to a network brings at most."""


def world_of(profile: Profile, posts_per_second: float, seed: int = 1) -> World:
    """A region without bursts, so that the share of appeals stays what it is."""
    return World(profile, seed, Options(posts_per_second=posts_per_second, communities=100, mean_words=27, bursts_per_day=0.0))


def fresh(world: World, posts: int) -> Iterator[bytes]:
    """Pages with so many posts, every one of them new (later versions and deletions are left out), a tenth of them appeals."""
    waiting: dict[str, Page] = {}
    count = appeals = chosen = 0
    hour = 3_600_000
    start = START
    while count < posts:
        chatter = {one.id for one in world.truth(start, start + hour) if one.kind in ("chatter", "reply")}
        for page in world.pages(start, start + hour):
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
            # A crawler that comes every minute brings small pages; those of a source are put together until one is full.
            held = waiting.pop(page.source, None)
            page = replace(page, posts=[*(held.posts if held else ()), *new])
            if len(page.posts) < PAGE:
                waiting[page.source] = page
                continue
            count += len(page.posts)
            yield encode(page)
            if count >= posts:
                return
        start += hour


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
