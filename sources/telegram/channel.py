"""Reads channels by their public previews: newest posts at each turn, older ones where a gap or an age asks for it.

A turn is one request, of one of three kinds. *Newest*: the page without a condition; what is above the greatest number read so far is
new. *Gap*: if that page does not reach down to what was read before (or, at the first turn, down to ``history_hours``), the pages
before it follow, newest first, until it does. *Again*: posts off the newest page are read again for edits and deletions, by age: the
n-th such walk (one each ``reread_minutes``) goes back ``reread_reach_hours`` times the greatest power of two that divides n, at most
``reread_hours`` and ``remember`` posts. So a post is seen again at intervals of about its age times ``reread_minutes`` by
``reread_reach_hours``. A post deleted while it was the newest is noticed when a newer one stands above it. The cursor
holds it all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import orjson

from monitor.model.errors import SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.masking import author_hash
from sources.paging import split
from sources.telegram.names import NETWORK, message_id
from sources.telegram.pages import Pages, channel_of
from sources.telegram.preview import Preview
from sources.telegram.window import Comparison, Window
from sources.wire import Budget, Http

_HOUR: Final = 3_600_000
_NEVER: Final = 1 << 62
# A page that says nothing though the one before it links to it is asked again so often: an overloaded host says "no posts", too.
_TRIES: Final = 3


@dataclass(slots=True, frozen=True)
class PreviewSettings:
    """``base``: where previews are. ``wait``: seconds between two turns that have nothing more to do."""

    base: str = "https://t.me"
    history_hours: float = 24.0
    reread_minutes: float = 10.0
    reread_reach_hours: float = 1.0
    reread_hours: float = 48.0
    remember: int = 120
    wait: float = 60.0
    blind_wait: float = 600.0


class Mark(msgspec.Struct, array_like=True):
    """What the cursor says. Numbers are of messages, times ms.

    ``gap``: messages after ``gap_floor`` and before this are still to be read (0: none), the newest page was read at ``gap_at``.
    ``again``: the walk under way goes on before this message (0: none), down to the time ``again_to``; ``walks`` have begun,
    the last at ``walked_at``. ``known`` is sources.telegram.window's.
    """

    newest: int = 0
    covered: int = 0
    gap: int = 0
    gap_floor: int = 0
    gap_at: int = 0
    again: int = 0
    again_to: int = 0
    walks: int = 0
    walked_at: int = 0
    tries: int = 0
    known: list[int] = []


class ChannelAdapter:
    """The address of a source is the channel's public name, with or without ``@`` or ``https://t.me/``."""

    network = NETWORK

    def __init__(self, settings: PreviewSettings, http: Http, budget: Budget, author_key: bytes) -> None:
        self._settings = settings
        self._pages = Pages(settings.base, settings.wait, settings.blind_wait, http, budget, author_key)
        self._key = author_key

    async def close(self) -> None:
        """Nothing is held."""

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        channel = channel_of(source)
        mark = _read(cursor)
        end = mark.gap or mark.again
        page = await self._pages.page(source, end, now)
        if not page.messages and mark.newest and not end:
            raise SourceUnavailable(
                f"{self._pages.host}: вместо постов @{channel} пришла пустая страница", self._settings.wait, "limited"
            )
        if not page.messages and end and mark.tries + 1 < _TRIES:
            return self._again_later(source, mark, now)
        window = Window(mark.known, self._settings.remember)
        mark.tries = 0
        above = mark.gap_floor if mark.gap else mark.newest
        found = window.compare(page, now, above=above, end=end)
        if mark.gap:
            self._step_gap(mark, page)
        elif mark.again:
            self._step_again(mark, page, window)
        else:
            self._newest(mark, page, window, now)
        mark.known = window.pack()
        return self._fetched(source, channel, cursor, mark, found, now)

    async def describe(self, address: str, now: int) -> tuple[str, int]:
        """Title and subscribers of a channel; empty and 0 where there is no preview, of which ``fetch`` tells more."""
        return await self._pages.describe(address, now)

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        """See sources.base.Past. The cursor is the number before which it goes on, and how often nothing came."""
        end, _, tries = cursor.partition(",")
        page = await self._pages.page(source, int(end or 0), now)
        numbers = _numbers(page)
        empty = 0 if numbers else int(tries or 0) + 1
        more = bool(numbers and page.before and _oldest(page) >= since) or 0 < empty < _TRIES
        following = f"{min(numbers, default=int(end or 0))},{empty}"
        posts = [message.post for message in page.messages[::-1] if message.post is not None and message.post.published_at >= since]
        broken: list[tuple[Any, str]] = [(raw, reason) for _, raw, reason in page.broken]
        return Fetched(split(_page(source, now, 0, following, posts), cursor), more, self._settings.wait if empty else 0.0, broken)

    def _newest(self, mark: Mark, page: Preview, window: Window, now: int) -> None:
        numbers = _numbers(page)
        before, mark.newest = mark.newest, max(mark.newest, *numbers, 0)
        reached = not page.before or not numbers or (min(numbers) <= before if before else _oldest(page) <= self._since(now))
        if not reached:
            mark.gap, mark.gap_floor, mark.gap_at = min(numbers), before, now
            return
        mark.covered = now
        if not before:
            mark.walked_at = now
        elif page.before and now - mark.walked_at >= self._settings.reread_minutes * 60_000:
            mark.walked_at = now
            mark.walks += 1
            hours = min(self._settings.reread_reach_hours * (mark.walks & -mark.walks), self._settings.reread_hours)
            mark.again_to = now - int(hours * _HOUR)
            if numbers and min(numbers) > window.lowest() and _oldest(page) > mark.again_to:
                mark.again = min(numbers)

    def _step_gap(self, mark: Mark, page: Preview) -> None:
        numbers = _numbers(page)
        past = _oldest(page) <= self._since(mark.gap_at) if not mark.gap_floor else min(numbers, default=0) <= mark.gap_floor
        if numbers and page.before and not past and min(numbers) < mark.gap:
            mark.gap = min(numbers)
            return
        mark.covered = mark.walked_at = mark.gap_at
        mark.gap = mark.gap_floor = 0

    def _step_again(self, mark: Mark, page: Preview, window: Window) -> None:
        numbers = _numbers(page)
        lower = min(numbers, default=0)
        more = page.before and 0 < lower < mark.again and lower > window.lowest() and _oldest(page) > mark.again_to
        mark.again = lower if more else 0

    def _since(self, now: int) -> int:
        return now - int(self._settings.history_hours * _HOUR)

    def _fetched(self, source: Source, channel: str, cursor: str, mark: Mark, found: Comparison, now: int) -> Fetched:
        author = author_hash(self._key, NETWORK, channel)
        gone = [
            Post(
                id=message_id(channel, number),
                published_at=published_at,
                edited_at=now,
                author=author,
                official=source.kind == "official",
                url=f"https://t.me/{channel}/{number}",
                deleted=True,
            )
            for number, published_at in found.gone
        ]
        covered = _read(cursor).covered
        page = _page(source, now, mark.covered, _written(mark), found.posts + gone)
        more = bool(mark.gap or mark.again)
        broken: list[tuple[Any, str]] = list(found.broken)
        return Fetched(split(page, cursor, covered), more=more, wait=0.0 if more else self._settings.wait, broken=broken)

    def _again_later(self, source: Source, mark: Mark, now: int) -> Fetched:
        mark.tries += 1
        return Fetched([_page(source, now, mark.covered, _written(mark), [])], wait=self._settings.wait)


def _numbers(page: Preview) -> list[int]:
    return [message.number for message in page.messages]


def _oldest(page: Preview) -> int:
    """When the oldest post of the page was published; a page of service messages alone says nothing and counts as of today."""
    return min((message.post.published_at for message in page.messages if message.post is not None), default=_NEVER)


def _page(source: Source, now: int, covered: int, cursor: str, posts: list[Post]) -> Page:
    return Page(source.id, source.region, NETWORK, now, covered_until=covered, cursor=cursor, posts=posts)


def _read(cursor: str) -> Mark:
    """An unreadable cursor is an empty one: what was read comes again, and is known."""
    try:
        return msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
    except msgspec.DecodeError:
        return Mark()


def _written(mark: Mark) -> str:
    return orjson.dumps(msgspec.to_builtins(mark)).decode()
