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
from urllib.parse import urlsplit

import msgspec
import orjson

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.http.after import retry_after
from sources.masking import author_hash
from sources.paging import split
from sources.telegram.about import about
from sources.telegram.names import NETWORK, channel_name, message_id
from sources.telegram.preview import Preview, has_card, parse
from sources.telegram.window import Comparison, Window
from sources.wire import Answer, Budget, Http

METHOD: Final = "preview"
_HOUR: Final = 3_600_000
_NEVER: Final = 1 << 62
# Twenty posts of 4,096 characters, their markup and addresses of pictures: half of it at most.
_LARGEST: Final = 3_000_000
# Where a page says that it ends; behind it stands how long it took to make.
_TAIL: Final = 1_000
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
        self._http = http
        self._budget = budget
        self._key = author_key
        self._host = urlsplit(settings.base).netloc

    async def close(self) -> None:
        """Nothing is held."""

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        channel = channel_name(source.address)
        if not channel:
            raise SourceRefused(f"{source.id}: в адресе нет имени канала Telegram", state="gone")
        mark = _read(cursor)
        end = mark.gap or mark.again
        answer = await self._ask(f"/s/{channel}", {"before": str(end)} if end else {}, now)
        if 300 <= answer.status < 400:
            await self._refuse(channel, answer, now)
        if answer.status in (400, 404, 410):
            raise SourceRefused(f"@{channel}: такого канала нет", state="gone")
        if b"</html>" not in answer.body[-_TAIL:]:
            # Half of a page inside a gap would close it.
            raise SourceUnavailable(f"{self._host}: страница @{channel} пришла не целиком", self._settings.wait)
        page = parse(answer.body, channel, self._key, official=source.kind == "official")
        if page.blind:
            message = f"@{channel}: на странице не найдено ни одного поста: похоже, её разметка изменилась"
            raise SourceUnavailable(message, self._settings.blind_wait, "broken")
        if not page.messages and mark.newest and not end:
            raise SourceUnavailable(f"{self._host}: вместо постов @{channel} пришла пустая страница", self._settings.wait, "limited")
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
        answer = await self._ask(f"/s/{channel_name(address)}", {}, now)
        return about(answer.body) if answer.status == 200 else ("", 0)

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

    async def _ask(self, path: str, params: dict[str, str], now: int) -> Answer:
        booking = await self._budget.book(METHOD, key=self._host)
        try:
            answer = await self._http.get(self._settings.base + path, params=params, limit=_LARGEST)
        except (SourceUnavailable, SourceRefused):
            await self._budget.tell(booking, METHOD, "failed")
            raise
        if answer.status == 429:
            wait = retry_after(answer.headers, now) or self._settings.wait
            await self._budget.tell(booking, METHOD, "rate", wait)
            raise SourceUnavailable(f"{self._host}: слишком частые запросы", wait, "limited")
        if answer.status >= 500 or answer.status in (401, 403, 408):
            wait = retry_after(answer.headers, now)
            await self._budget.tell(booking, METHOD, "failed", wait)
            raise SourceUnavailable(f"{self._host}: ошибка {answer.status}", wait or self._settings.wait)
        await self._budget.tell(booking, METHOD, "ok")
        return answer

    async def _refuse(self, channel: str, answer: Answer, now: int) -> None:
        """Where there is no preview, whether hidden or because there is no such channel, its name leads to its card."""
        if urlsplit(answer.headers.get("location", "")).path.strip("/").lower() != channel:
            raise SourceUnavailable(f"{self._host}: предпросмотр @{channel} ведёт на другой адрес", self._settings.wait)
        card = await self._ask(f"/{channel}", {}, now)
        if card.status == 200 and has_card(card.body):
            raise SourceRefused(f"@{channel}: предпросмотр выключен (владельцем, из-за возраста 18+ или запрета копирования)")
        raise SourceRefused(f"@{channel}: такого канала нет", state="gone")


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
