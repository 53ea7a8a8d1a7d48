"""A small town in VK for the tests of this folder: a shelf of posts, the fake over it, and the adapter that reads it over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import orjson

from monitor.model.post import Attachment, Page, Post
from monitor.model.source import Source, SourceKind
from sources.base import Fetched
from sources.http.client import HttpClient, HttpSettings
from sources.standins.held import Shelf
from sources.standins.vk.server import FakeToken, FakeVk
from sources.standins.vk.world import Wall, Walls
from sources.vk.adapter import VkAdapter
from sources.vk.settings import VkSettings
from tests.fakes.vk import schema
from tests.fakes.vk.budget import PlainBudget
from tests.sources.serving import LOOPBACK, PATIENCE

NOON = 1_768_204_800_000
"""12 January 2026, 12:00 in Samara."""
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
OWNER = -101
KEY = b"key"
MANY = 10**6
"""Requests that may be made in a second, where a test is not about limits."""


class Town:
    """``now`` is the time of everybody. Posts are written by ``post`` and ``comment``, and read by ``read``."""

    def __init__(self, url: str, http: HttpClient, server: FakeVk, world: Walls, shelf: Shelf, settings: VkSettings) -> None:
        self.now = NOON
        self.server = server
        self.world = world
        self.shelf = shelf
        self.http = http
        self.settings = replace(settings, api=url)
        self.budget = PlainBudget([("first", "service", "s1"), ("second", "user", "u1")])
        self.cursors: dict[str, str] = {}
        self._last = 0

    def adapter(self, **changes: Any) -> VkAdapter:
        return VkAdapter(replace(self.settings, **changes), self.http, self.budget, KEY)

    def source(self, address: str = str(OWNER), kind: SourceKind = "community") -> Source:
        return Source(f"vk:{address}", "vk", kind, "test", address)

    def open(self, owner: int = OWNER, domain: str = "", title: str = "Город") -> Wall:
        self.shelf.open(str(owner), title)
        return self.world.add(Wall(owner, domain))

    def post(self, text: str, at: int = 0, owner: int = OWNER, author: str = "5001", **fields: Any) -> int:
        self._last += 1
        post = Post(str(self._last), text, at or self.now - MINUTE, author=author, **fields)
        self.shelf.put(str(owner), post)
        return self._last

    def comment(self, post: int, text: str, at: int = 0, answers: int = 0, **fields: Any) -> int:
        more: dict[str, Any] = {"thread": str(post), "reply_to": str(answers) if answers else "", "kind": "comment"}
        return self.post(text, at, **{"author": "6001", **more, **fields})

    def edit(self, number: int, text: str, owner: int = OWNER) -> None:
        self.shelf.edit(str(owner), str(number), text, self.now)

    def delete(self, number: int, owner: int = OWNER) -> None:
        self.shelf.delete(str(owner), str(number), self.now)

    async def fetch(self, source: Source | None = None, **changes: Any) -> Fetched:
        """One call of a new adapter, from where the last one left the source."""
        source = source or self.source()
        fetched = await self.adapter(**changes).fetch(source, self.cursors.get(source.id, ""), self.now)
        self.cursors[source.id] = fetched.pages[-1].cursor
        return fetched

    async def pages(self, source: Source | None = None, **changes: Any) -> list[Page]:
        """Reads until nothing is left to read at this moment."""
        pages = []
        for _ in range(500):
            fetched = await self.fetch(source, **changes)
            pages += fetched.pages
            if not fetched.more:
                return pages
        raise AssertionError("the source is never read to its end")

    async def read(self, source: Source | None = None, **changes: Any) -> list[Post]:
        return [post for page in await self.pages(source, **changes) for post in page.posts]

    def methods(self) -> list[str]:
        """What was asked since the last time."""
        asked = [asked.method for asked in self.server.asked]
        self.server.asked.clear()
        return asked


@asynccontextmanager
async def town(settings: VkSettings | None = None, **server: Any) -> AsyncIterator[Town]:
    shelf = Shelf()
    made: list[Town] = []
    world = Walls(shelf, lambda: made[0].now)
    tokens = {"s1": FakeToken("service"), "u1": FakeToken("user")}
    fake = FakeVk(world, tokens, rates={"user": MANY, "service": MANY, "community": MANY}, **server)
    fake.keep_answers = True
    client = HttpClient(HttpSettings(allow=LOOPBACK, timeout=PATIENCE))
    try:
        async with fake.running() as url:
            made.append(Town(url, client, fake, world, shelf, settings or VkSettings()))
            made[0].open()
            yield made[0]
            if not any(wall.extra for wall in world.walls()):
                # What a test has broken on purpose aside, all that any of them is told is what VK would say.
                for method, answer in {orjson.dumps(said): said for said in fake.answers}.values():
                    schema.hold(method, answer)
    finally:
        await client.close()


def photo(number: int, owner: int = OWNER) -> Attachment:
    return Attachment("photo", f"{owner}_{number}")
