"""How fast a core makes posts of what networks answer: pages of stand-ins, as adapters parse them, masking included."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from monitor.model.post import Post
from monitor.model.source import Source
from sources.http.addresses import networks
from sources.http.client import HttpClient, HttpSettings
from sources.max.messages import Reader as MaxReader
from sources.odnoklassniki import parser as ok
from sources.odnoklassniki.signing import Credentials
from sources.rss.parser import parse as parse_feed
from sources.standins.faults import running
from sources.standins.held import Shelf
from sources.standins.max.api import HeldChats as MaxChats
from sources.standins.max.api import MaxServer
from sources.standins.odnoklassniki.api import Access, OdnoklassnikiApi
from sources.standins.rss.feeds import Feeds, Shape
from sources.standins.telegram.chats import HeldChats as TelegramChats
from sources.standins.telegram.preview import PreviewServer
from sources.telegram.preview import parse as parse_preview
from sources.vk.parse import Reading, parse_wall
from sources.vk.sample import wall_item, wall_page

PLACE: Final = "57000000000001"
CHANNEL: Final = "gorod"
POSTS: Final = 100
ROUNDS: Final = 15
SECONDS: Final = 0.15
_NOW: Final = 1_768_300_000_000
_KEY: Final = b"benchmark"
_ZONE: Final = ZoneInfo("Europe/Moscow")

Parse = Callable[[], int]
"""Parses one page; gives how many posts it had."""


def measure() -> dict[str, Any]:
    """Posts a second of a core's own time: the fastest of several rounds."""
    parsers = asyncio.run(_pages())
    return {"posts_per_second": {name: round(_speed(parse)) for name, parse in parsers.items()}}


def _speed(parse: Parse) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        posts, began = 0, time.process_time()
        while (spent := time.process_time() - began) < SECONDS / ROUNDS * 3 or not posts:
            posts += parse()
        best = max(best, posts / spent)
    return best


async def _pages() -> dict[str, Parse]:
    """Each network's page as it comes over HTTP, and its parser."""
    shelf = Shelf()
    for place in (PLACE, CHANNEL):
        shelf.open(place)
        for number in range(1, POSTS + 1):
            text = wall_item(number)["text"]
            shelf.put(place, Post(str(number), text, _NOW - (POSTS - number) * 60_000, author=str(1000 + number % 50)))
    access = Access()
    telegram = PreviewServer(TelegramChats(shelf, [CHANNEL], lambda: _NOW), lambda: _NOW)
    chats = MaxServer(MaxChats(shelf, {int(PLACE): "chat"}, lambda: _NOW), "token", lambda: _NOW)
    feeds = Feeds(shelf, lambda: _NOW)
    feeds.shapes[PLACE] = Shape(items=POSTS)
    http = HttpClient(HttpSettings(networks("127.0.0.1")))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        form = Credentials(access.application_key, access.token, _secret(access)).signed(
            "mediatopic.getTopics", {"gid": PLACE, "count": "50"}
        )
        api = OdnoklassnikiApi(shelf, lambda: _NOW, [access])
        topics = (await http.post(f"{await enter(running(api.app))}/fb.do", form=form)).body
        preview = (await http.get(f"{await enter(telegram.running())}/s/{CHANNEL}")).body
        address = await enter(chats.running())
        asked = {"chat_id": PLACE, "count": str(POSTS)}
        messages = (await http.get(f"{address}/messages", params=asked, headers={"Authorization": "token"})).body
        feed = await http.get(f"{await enter(running(feeds.app))}/{PLACE}")
        await http.close()
    wall = wall_page()
    group = ok.Reading(Source(f"ok:{PLACE}", "ok", "community", "bench", PLACE), PLACE, _KEY, _ZONE)
    source = Source("rss:bench", "rss", "feed", "bench", feed.url)
    return {
        "vk": lambda: len(parse_wall(wall, Reading(_KEY)).posts),
        "telegram": lambda: len(parse_preview(preview, CHANNEL, _KEY).messages),
        "odnoklassniki": lambda: len(ok.topics(orjson.loads(topics), group).items),
        "max": lambda: len(MaxReader(_KEY).messages(orjson.loads(messages)["messages"]).posts),
        "rss": lambda: len(parse_feed(feed.body, feed.headers, feed.url, source, _KEY, _ZONE).posts),
    }


def _secret(access: Access) -> str:
    made = Credentials.read(access.value(), "application")
    assert made is not None
    return made.secret
