"""Stand-ins of all networks in a process of their own, with a life in them; its argument is what Networks takes, as JSON.

The limits are the documented ones, enforced and counted here, by this process's clock. Said in lines of JSON: first where everything
is; then, for each line of orders that comes in, how it stands. The end of the input ends it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any, Final

from monitor.model.post import Post
from sources.standins.faults import FAULTS, Faults, running
from sources.standins.held import Shelf
from sources.standins.max.api import HeldChats as MaxChats
from sources.standins.max.api import MaxServer
from sources.standins.odnoklassniki.api import Access, OdnoklassnikiApi
from sources.standins.rss.feeds import Feeds, Shape
from sources.standins.telegram.bot_api import BotServer, FakeChat
from sources.standins.telegram.bot_api import described as described_update
from sources.standins.telegram.chats import HeldChats as TelegramChats
from sources.standins.telegram.chats import message_of
from sources.standins.telegram.preview import PreviewServer
from sources.standins.vk.server import FakeToken, FakeVk
from sources.standins.vk.world import Wall, Walls

ACCESS: Final = Access(token="tkn1-0123456789")
BOT: Final = "870000001:bot"
MAX_BOT: Final = "max-bot-secret"
PLACES: Final = {
    "vk": "-1{:04}",
    "ok": "5700000000{:04}",
    "tg": "gorod_{:04}",
    "bot": "-1001{:06}",
    "max": "-7{:06}",
    "rss": "feed{:04}",
}
SHARES: Final = {"vk": 8, "ok": 2, "tg": 5, "bot": 1, "max": 3, "rss": 1}
"""Of what happens, by network."""
TEXTS: Final = (
    "Третий день нет отопления на улице Мира, дом {n}. Примите меры!",
    "Не убирают снег во дворе дома {n} по улице Лесной",
    "Доброе утро всем, сегодня {n} лет нашему двору",
    "Когда починят фонари у школы {n}?",
    "Спасибо дворникам участка {n}!",
    "Продам велосипед, объявление {n}",
)


def vk_token(number: int) -> str:
    return f"vk1.service.{number:02}"


def now() -> int:
    return time.time_ns() // 1_000_000


class Life:
    """What people write, correct and delete. ``places``: how many of each network."""

    def __init__(self, seed: int, places: dict[str, int]) -> None:
        self._draw = random.Random(seed)
        self.shelf = Shelf()
        self.places = {network: [PLACES[network].format(number) for number in range(count)] for network, count in places.items()}
        self.bots = BotServer([BOT], now, 30)
        self.happened = 0
        self._alive: dict[str, list[str]] = {place: [] for found in self.places.values() for place in found}
        self._said: dict[str, dict[str, str]] = {place: {} for place in self._alive}
        self._last = self._written = 0
        for place in self._alive:
            self.shelf.open(place, f"Город {place}")

    def act(self, *, changes: bool) -> None:
        """One thing happens somewhere; without ``changes`` only new posts and comments."""
        self.happened += 1
        network = self._draw.choices(list(SHARES), list(SHARES.values()))[0]
        if not self.places[network]:
            return
        place = self._draw.choice(self.places[network])
        alive, act = self._alive[place], self._draw.random()
        if changes and act < 0.15 and alive:
            self.shelf.edit(place, number := self._draw.choice(alive[-20:]), self._text(), now())
            self._tell_bot(network, place, number, edited=True)
        elif changes and act < 0.2 and len(alive) > 2 and network not in ("bot", "rss"):
            # Not the first one of all: nothing older would show that it is missing. And the Bot API tells of no deletions.
            self.shelf.delete(place, alive.pop(self._draw.randrange(1, len(alive))), now())
        elif act < 0.6 and alive and network in ("vk", "ok"):
            self._comment(place)
        else:
            self.write(network, place)

    def write(self, network: str, place: str) -> None:
        self._alive[place].append(number := self._put(place))
        self._tell_bot(network, place, number)

    def show_deletions(self) -> None:
        """What is deleted while it is the newest of a channel is seen when something newer stands above it."""
        for network in ("tg", "max"):
            for place in self.places[network]:
                self.write(network, place)

    def _comment(self, place: str) -> None:
        post = self._draw.choice(self._alive[place][-5:])
        said = self._said[place]
        under = [number for number, of in said.items() if of == post]
        said[self._put(place, post, self._draw.choice(under) if under and self._draw.random() < 0.5 else "")] = post

    def _put(self, place: str, thread: str = "", answers: str = "") -> str:
        self._last += 1
        # No two in one ms: MAX does not tell whether one that is missing was before or after the page's last.
        self._written = max(self._written + 1, now())
        number = str(self._last)
        post = Post(number, self._text(), self._written, "comment" if thread else "post", author="5001", thread=thread)
        post.reply_to = answers
        self.shelf.put(place, post)
        return number

    def _tell_bot(self, network: str, place: str, number: str, *, edited: bool = False) -> None:
        if network == "bot":
            # Posts have a ms each, so the last of some may be dated a little ahead.
            (post,) = (one for one in self.shelf.posts(place, max(now(), self._written)) if one.id == number)
            chat = FakeChat(int(place), "supergroup")
            kind = "edited_message" if edited else "message"
            self.bots.update(BOT, {kind: described_update(chat, message_of(post))})

    def _text(self) -> str:
        return self._draw.choice(TEXTS).format(n=self._draw.randrange(1, 1_000_000))

    def there(self) -> dict[str, str]:
        """All that the networks show now, by the ids that Nabat gives; of feeds by address and number."""
        found = {}
        for network, places in self.places.items():
            for place in places:
                posts = [post for post in self.shelf.posts(place, now()) if not post.deleted]
                opened = {post.id for post in posts if not post.thread}
                for post in posts:
                    if not post.thread or post.thread in opened:
                        found[name_of(network, place, post)] = post.text
        return found


def name_of(network: str, place: str, post: Post) -> str:
    match network:
        case "vk":
            return f"vk:{place}_{post.thread}:c{post.id}" if post.thread else f"vk:{place}_{post.id}"
        case "ok":
            return f"ok:{post.thread}:c{post.id}" if post.thread else f"ok:{post.id}"
        case "max":
            return f"max:{place}_mid.{post.id}"
        case "rss":
            return f"rss:{place}/{post.id}"
    return f"tg:{place}_{post.id}"


class Networks:
    """Serves a life."""

    def __init__(self, seed: int, places: dict[str, int], tokens: int, faults: float) -> None:
        self.life = Life(seed, places)
        shelf, found = self.life.shelf, self.life.places
        self.faults = Faults(seed=seed, rate=faults, kinds=FAULTS)
        walls = Walls(shelf, now, [Wall(int(owner)) for owner in found["vk"]])
        self.vk = FakeVk(walls, {vk_token(number): FakeToken("service") for number in range(tokens)}, faults=self.faults)
        self.telegram = PreviewServer(TelegramChats(shelf, found["tg"], now), now, 1)
        self.chats = MaxServer(MaxChats(shelf, {int(chat): "chat" for chat in found["max"]}, now), MAX_BOT, now, 2)
        self.ok = OdnoklassnikiApi(shelf, now, [ACCESS], self.faults, rate=1)
        self.ok.numbers = True
        self.feeds = Feeds(shelf, now, self.faults)
        # What has left a feed while nobody read can't be had any more.
        self.feeds.shapes = dict.fromkeys(found["rss"], Shape(items=1000))
        self.telegram.faults = self.chats.faults = self.life.bots.faults = self.faults
        for server in (self.vk, self.telegram, self.chats, self.life.bots):
            server.keep_asked = False
        self._pace = 0.0
        self._changes = False

    async def serve(self) -> None:
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            _say(
                {
                    "vk": await enter(self.vk.running()),
                    "tg": await enter(self.telegram.running()),
                    "bot": await enter(self.life.bots.running()),
                    "ok": f"{await enter(running(self.ok.app))}/fb.do",
                    "max": await enter(self.chats.running()),
                    "rss": await enter(running(self.feeds.app)),
                    "places": self.life.places,
                }
            )
            living = asyncio.create_task(self._live())
            while line := await asyncio.to_thread(sys.stdin.readline):
                if living.done():
                    # A town that has died would equal everything.
                    living.result()
                self._obey(json.loads(line))
                _say(self._state())
            living.cancel()

    def _obey(self, order: dict[str, Any]) -> None:
        """``pace``: things that happen a second. Where nothing happens any more, nothing fails either."""
        self._changes = bool(order.get("changes", self._changes))
        pace = float(order.get("pace", self._pace))
        if self._pace and not pace:
            self.faults.rate = 0.0
            self.life.show_deletions()
        self._pace = pace

    async def _live(self) -> None:
        began, done = time.monotonic(), 0.0
        while True:
            await asyncio.sleep(0.05)
            passed, began = time.monotonic() - began, time.monotonic()
            done += passed * self._pace
            while done >= 1:
                done -= 1
                self.life.act(changes=self._changes)

    def _state(self) -> dict[str, Any]:
        vk, ok, feeds = self.vk.counts, self.ok.counts, self.feeds.counts
        servers = {"tg": self.telegram, "bot": self.life.bots, "max": self.chats}
        asked = {name: server.statuses.total() for name, server in servers.items()}
        asked |= {"vk": sum(map(vk.total, self.vk.tokens)), "ok": ok.total(ACCESS.token), "rss": feeds.total("")}
        exceeded = Counter({name: server.exceeded for name, server in servers.items()})
        exceeded["vk"] = self.vk.exceeded.total()
        exceeded["ok"] = int(ok.most(ACCESS.token, 1.0) > 1)
        exceeded["rss"] = int(feeds.most("", 1.0) > 1)
        return {
            "there": self.life.there(),
            "asked": asked,
            "exceeded": +exceeded,
            "faults": self.faults.seen,
            "happened": self.life.happened,
        }


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(Networks(**json.loads(sys.argv[1])).serve())
