"""What bots of messengers have in common: a secret that comes with every webhook, and a queue of updates that polls read on.

An update that a webhook brings and one that a poll brings are the same; a network says what it makes of them.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.lines import salvage
from sources.paging import split
from sources.wire import Pushed, Taken


@dataclass(slots=True, frozen=True)
class Hook:
    """A bot's source, and the secret that was set with its webhook (``A-Za-z0-9_-``, at most 256)."""

    source: Source
    secret: str = field(repr=False)


@dataclass(slots=True)
class Told:
    """What updates say: posts in their order, updates that could not be taken. ``event`` names a single one; empty: nothing does."""

    posts: list[Post]
    broken: list[tuple[Any, str]]
    event: str = ""


class BotInlet(ABC):
    """Takes the updates of all bots of one network at one path; the secret, in ``header``, tells which bot it is for."""

    network: str
    path: str
    header: ClassVar[str]

    def __init__(self, hooks: Sequence[Hook], author_key: bytes, officials: Collection[int] = frozenset()) -> None:
        """``officials``: numbers that answer for offices. ValueError for an empty secret: anybody could write in the bot's name."""
        if not all(hook.secret for hook in hooks):
            raise ValueError("the secret of a webhook is empty")
        self._hooks = hooks
        self._key = author_key
        self._officials = officials

    @abstractmethod
    def read(self, update: Any, *, official: bool) -> Told:
        """What one update says; ``official``: chats speak for themselves officially."""

    async def take(self, request: Pushed, now: int) -> Taken:
        given = request.headers.get(self.header, "").encode("utf-8", "replace")
        # All are compared, so that the time does not tell which of them was nearly right.
        matching = [hook for hook in self._hooks if hmac.compare_digest(hook.secret.encode(), given)]
        if not matching:
            return Taken(403, "неверный секрет")
        source = matching[0].source
        update = salvage(request.body, "utf-8")
        if isinstance(update, str):
            return Taken(400, "не событие")
        told = self.read(update, official=source.kind == "official")
        if not told.posts and not told.broken:
            return Taken()
        page = Page(source.id, source.region, self.network, now, posts=told.posts)
        event = f"{source.id}:{told.event}" if told.event else ""
        return Taken(fetched=[(source, Fetched(split(page), broken=told.broken))], event=event)


def polled(source: Source, cursor: str, now: int, told: Told, following: str, *, full: bool) -> Fetched:
    """What a poll brought. ``following`` is where the queue goes on, ``full`` that the answer held as much as it may.

    Only an answer that is not full says that all up to ``now`` has been told.
    """
    before = read_on(cursor)[1]
    covered = before if full else now
    page = Page(
        source.id, source.region, source.network, now, covered_until=covered, cursor=f"{following},{covered}", posts=told.posts
    )
    more = full and page.cursor != cursor
    return Fetched(split(page, cursor, before), more=more, wait=0.0 if more else 1.0, broken=told.broken)


def read_on(cursor: str) -> tuple[str, int]:
    """Where the queue goes on (a number; empty: not known), and the time up to which all was read, ms."""
    following, _, covered = cursor.partition(",")
    digits = following.removeprefix("-")
    if (digits and not (digits.isascii() and digits.isdigit())) or not (covered.isascii() and covered.isdigit()):
        return "", 0
    return following, int(covered)
