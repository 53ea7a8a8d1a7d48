"""The simulated region as its networks hold it: communities and official accounts spread over them by the seed.

What the world says happened becomes what a network shows: posts with numbers that rise with time, comments where the network has
them (messages that answer others in a chat of MAX), edits and deletions, official answers by the account itself. Previews and feeds
show posts alone, so comments of such communities are never seen, as with the real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as changed
from typing import Final

from msgspec.structs import replace

from monitor.model.post import Post
from monitor.model.source import Source
from sources.simulated.draw import Draw, seed_of
from sources.simulated.sites import Site
from sources.simulated.truth import Happening
from sources.simulated.world import World

COMMUNITIES: Final = ("vk",) * 12 + ("ok",) * 3 + ("max",) * 2 + ("tg",) * 3
OFFICIALS: Final = ("vk",) * 7 + ("tg",) * 2 + ("rss",)
"""How many of twenty, and of ten, are where."""
BOT: Final = "demo"
"""The name of the bot's token in addresses of MAX."""
_EPOCH: Final = 1_577_836_800_000
"""Ms, from which numbers of posts count: the first of January 2020."""
_SITES: Final = 1_000
KEPT_MS: Final = 48 * 3_600_000
"""What is older than this has left the stand-ins: they are for a look, not for years."""
_POSTS_ONLY: Final = frozenset(("tg", "rss"))


def spread(world: World) -> dict[str, Source]:
    """The world's sources as they are found in the networks, by the address under which Region holds them."""
    found = {}
    for site in world.sites:
        draw = Draw(seed_of(world.seed, "network", site.source.id))
        network = draw.pick(OFFICIALS if site.official else COMMUNITIES)
        held, address = _addresses(network, site)
        found[held] = changed(site.source, id=f"{network}:{address}", network=network, address=address)
    return found


class Region:
    """Fulfils sources.standins.held.Held for a world from ``since`` (ms) on; time only goes forward.

    The addresses of feeds are left to whoever serves them. Not thread-safe: worlds keep caches.
    """

    def __init__(self, world: World, since: int) -> None:
        self.sources = spread(world)
        self._places = {
            address: _Place(world, site, source, since)
            for site, (address, source) in zip(world.sites, self.sources.items(), strict=True)
        }

    def title(self, address: str) -> str | None:
        place = self._places.get(address)
        return place.source.name if place else None

    def posts(self, address: str, now: int) -> Sequence[Post]:
        return self._places[address].posts(now)

    def officials(self, network: str) -> list[int]:
        """The numbers of the accounts that answer for offices in a network."""
        return [place.official for place in self._places.values() if place.source.network == network]


class _Place:
    """One site as its network holds it: posts by number, in the order in which they were published."""

    def __init__(self, world: World, site: Site, source: Source, since: int) -> None:
        self.source = source
        self.official = int(_number(site.person(-1)))
        self._world = world
        self._site = site
        self._until = since
        self._posts: dict[str, Post] = {}
        self._numbers: dict[str, str] = {}
        self._latest = 0

    def posts(self, now: int) -> Sequence[Post]:
        if now > self._until:
            for happening in self._world.read(self._site.source.id, self._until, now):
                self._take(happening)
            self._until = now
            self._forget(now - KEPT_MS)
        return list(self._posts.values())

    def _take(self, happening: Happening) -> None:
        post, change = happening.post, happening.truth.change
        if change != "new":
            # What was written before this place was opened is not known here, nor what became of it.
            if (number := self._numbers.get(post.id)) is not None:
                before = self._posts[number]
                self._posts[number] = replace(before, text=post.text, edited_at=happening.at, deleted=post.deleted)
            return
        made = self._made(post)
        if made is not None:
            self._numbers[post.id] = made.id
            self._posts[made.id] = made

    def _made(self, post: Post) -> Post | None:
        network = self.source.network
        thread = self._numbers.get(post.thread, "")
        reply = self._numbers.get(post.reply_to, "")
        if post.official and post.thread and not thread:
            # The answer to something that is not here would be a post out of the blue.
            return None
        if post.thread and network in _POSTS_ONLY:
            return None
        author = _number(post.author)
        if post.official and network == "ok":
            author = self.source.address if post.thread else ""
        if network == "max":
            # A chat has no threads: people answer messages.
            thread, reply = "", reply or thread
        kept = "" if reply == thread else reply
        self._latest = max(self._latest + _SITES, (post.published_at - _EPOCH) * _SITES + self._site.index)
        number = str(self._latest - self._latest % _SITES + self._site.index)
        return replace(post, id=number, author=author, thread=thread, reply_to=kept, repost_of="", url="")

    def _forget(self, before: int) -> None:
        gone = []
        for number, post in self._posts.items():
            if post.published_at >= before:
                break
            gone.append(number)
        for number in gone:
            del self._posts[number]
        if gone:
            self._numbers = {name: number for name, number in self._numbers.items() if number in self._posts}


def _addresses(network: str, site: Site) -> tuple[str, str]:
    """What Region and what the adapter call the place."""
    number = site.index + 1
    if network == "vk":
        return f"-{100_000_000 + number}", f"-{100_000_000 + number}"
    if network == "ok":
        return str(57_000_000_000_000 + number), str(57_000_000_000_000 + number)
    if network == "max":
        return f"-{70_000_000 + number}", f"{BOT}/-{70_000_000 + number}"
    name = f"gorod_{site.source.address}"
    return name, name


def _number(author: str) -> str:
    """Networks know people by numbers."""
    return str(1 + int(author, 16) % 10**9) if author else ""
