"""The town that tests.sources.trouble reads: what is written, corrected and deleted in it, and what its networks show in the end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Final

from monitor.bench.virtual import VirtualClock
from monitor.model.post import Post
from sources.standins.held import Shelf
from sources.standins.vk.server import FakeToken

WALLS: Final = ("-11", "-12", "-13")
GROUP: Final = "57000000000001"
CHANNEL: Final = "gorod"
CHAT: Final = "-700001"
FEED: Final = "lenta"
PLACES: Final = (*WALLS, GROUP, CHANNEL, CHAT, FEED)
THREADED: Final = (*WALLS, GROUP)
TOKENS: Final = 3
VK_TOKENS: Final = [f"vk1.a.secret-{number}" for number in range(TOKENS)]


class Town:
    """Everything in it is drawn from ``draw``: the same town each time."""

    def __init__(self, shelf: Shelf, draw: random.Random, clock: VirtualClock) -> None:
        self._shelf = shelf
        self._draw = draw
        self._clock = clock
        self._last = self._written = 0
        self._alive: dict[str, list[str]] = {place: [] for place in PLACES}
        self._comments: dict[str, dict[str, str]] = {place: {} for place in PLACES}
        for place in PLACES:
            shelf.open(place)

    async def live(self, ends: int, tokens: Mapping[str, FakeToken]) -> None:
        """People write, correct and delete; tokens are asked for captchas, and one dies."""
        dying = self._draw.randrange(TOKENS * 2)
        while self._clock.now() < ends:
            await self._clock.sleep(self._draw.choice((1.0, 20.0, 60.0, 200.0)))
            for _ in range(self._draw.choice((0, 1, 2, 5))):
                self._act(self._draw.choice(PLACES))
            if self._draw.random() < 0.01:
                tokens[VK_TOKENS[0]].trouble = self._draw.choice((14, 0))
            if dying < TOKENS and self._draw.random() < 0.02:
                tokens[VK_TOKENS[max(1, dying)]].trouble = 5
        tokens[VK_TOKENS[0]].trouble = 0
        for place in PLACES:
            # What is deleted while it is the newest of a channel is seen when something newer stands above it.
            self._write(place)

    def _act(self, place: str) -> None:
        alive, comments = self._alive[place], self._comments[place]
        act = self._draw.random()
        if act < 0.35 or not alive:
            self._write(place)
        elif act < 0.75 and place in THREADED:
            post = self._draw.choice(alive[-20:])
            under = [comment for comment, of in comments.items() if of == post]
            answers = self._draw.choice(under) if under and self._draw.random() < 0.5 else ""
            comments[self._write(place, "comment", post, answers)] = post
        elif act < 0.9:
            number = self._draw.choice([*alive, *comments])
            self._shelf.edit(place, number, f"Правка {self._draw.random()}", self._clock.now())
        elif act < 0.95 and comments:
            number = self._draw.choice(list(comments))
            # Comments that answer a deleted one stay, as in the networks.
            del comments[number]
            self._shelf.delete(place, number, self._clock.now())
        elif place != FEED and len(alive) > 2:
            # Not the first one of all: nothing older would show that it is missing.
            number = alive.pop(self._draw.randrange(1, len(alive)))
            self._comments[place] = {comment: of for comment, of in comments.items() if of != number}
            self._shelf.delete(place, number, self._clock.now())

    def _write(self, place: str, kind: Any = "post", thread: str = "", answers: str = "") -> str:
        self._last += 1
        number = str(self._last)
        text = f"Запись {number} {self._draw.random()}"
        # No two in one ms: MAX does not tell whether the one that is missing was before or after the page's last.
        self._written = max(self._written + 1, self._clock.now())
        self._shelf.put(place, Post(number, text, self._written, kind, author="5001", thread=thread, reply_to=answers))
        if not thread:
            self._alive[place].append(number)
        return number

    def there(self) -> dict[str, str]:
        """By the ids that Nabat gives them: all that a network shows now."""
        found = {}
        for place in PLACES:
            posts = [post for post in self._shelf.posts(place, self._clock.now()) if not post.deleted]
            opened = {post.id for post in posts if not post.thread}
            for post in posts:
                if post.thread and post.thread not in opened:
                    continue
                if place in WALLS:
                    found[f"vk:{place}_{post.thread}:c{post.id}" if post.thread else f"vk:{place}_{post.id}"] = post.text
                elif place == GROUP:
                    found[f"ok:{post.thread}:c{post.id}" if post.thread else f"ok:{post.id}"] = post.text
                elif place == CHANNEL:
                    found[f"tg:{place}_{post.id}"] = post.text
                elif place == CHAT:
                    found[f"max:{place}_mid.{post.id}"] = post.text
        return found

    def feed(self) -> list[str]:
        """Texts that the feed shows now, sorted."""
        return sorted(post.text for post in self._shelf.posts(FEED, self._clock.now()))
