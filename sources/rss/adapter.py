"""Reads feeds: conditional requests, redirects asked for hop by hop, and only what is new or changed goes on."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from typing import Final
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.http.after import retry_after
from sources.paging import split
from sources.rss.guard import Unsafe, nameless
from sources.rss.parser import Feed, parse
from sources.rss.seen import Mark, digest, fresh
from sources.wire import Answer, Budget, Http, Outcome

log = logging.getLogger(__name__)

METHOD: Final = "feed"
"""What the budget knows requests of feeds by; the key is the host."""
_PERMANENT: Final = frozenset((301, 308))
_PASSING: Final = frozenset((302, 303, 307))
_ACCEPT: Final = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
# A page that is no feed now will not be one in a minute.
_BROKEN_WAIT: Final = 900.0
_BROKEN_BYTES: Final = 2_000
# Parsing is work for a processor: more threads than two would only take it from the stages.
_PARSERS: Final = 2
# 2000-01-01, and a day ahead of now: what a feed dates outside of them was dated by nobody.
_FIRST: Final = 946_684_800_000
_AHEAD: Final = 86_400_000

MOSCOW: Final = ZoneInfo("Europe/Moscow")


@dataclass(slots=True, frozen=True)
class RssSettings:
    """``wait``: seconds between two readings of a feed; ``limit``: bytes of a feed at most, unpacked; ``zone`` of naive dates."""

    wait: float = 600.0
    limit: int = 4_000_000
    redirects: int = 5
    page_posts: int = 100
    zone: tzinfo = MOSCOW


class RssAdapter:
    """Reads feeds; a source's ``address`` is the feed's URL. The cursor has validators, the address it moved to, and what was seen.

    An entry that vanishes from a feed is not deleted: feeds show only their latest. A feed that moved for good (301, 308) is asked at
    its new address, and at the old one again when that fails. What is no feed at all is in ``Fetched.broken``, covers no time, and
    leaves the cursor as it was. Until a feed has been read whole once, its entries without a date are history, on a page of that
    origin: their time would be that of the fetch, and whatever happened to them would be told as if it were today's.
    """

    network = "rss"

    def __init__(self, settings: RssSettings, http: Http, budget: Budget, author_key: bytes) -> None:
        self._settings = settings
        self._http = http
        self._budget = budget
        self._key = author_key
        self._pool = ThreadPoolExecutor(_PARSERS, thread_name_prefix="feed")

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        mark = Mark.read(cursor)
        try:
            answer, moved = await self._follow(source, mark, now)
        except (SourceRefused, SourceUnavailable):
            if not mark.moved:
                raise
            log.warning("источник %s: новый адрес не отвечает, снова читается прежний", source.id)
            mark = Mark(covered=mark.covered, body=mark.body, seen=mark.seen)
            answer, moved = await self._follow(source, mark, now)
        if moved != mark.moved:
            log.warning("источник %s: лента переехала насовсем, её новый узел %s", source.id, urlsplit(moved).hostname)
            mark = msgspec.structs.replace(mark, moved=moved)
        body = digest(answer.body)
        if answer.status == 304 or body == mark.body:
            # Many servers know no validators; what they repeat need not be parsed again.
            mark.covered = now
            return self._fetched(source, mark, cursor, now, [])
        try:
            feed = await self._parse(answer, source)
        except Unsafe as error:
            head = nameless(answer.body[:_BROKEN_BYTES].decode("utf-8", "replace"))
            page = self._page(source, now, mark.covered, cursor, [])
            return Fetched([page], wait=max(self._settings.wait, _BROKEN_WAIT), broken=[(head, str(error))])
        posts, seen = fresh(feed.posts, mark.seen, now)
        after = Mark(moved=mark.moved, covered=mark.covered, seen=seen)
        if feed.whole:
            # Validators of a cut answer would say of the whole one that it did not change.
            after.etag = _sendable(answer.headers.get("etag", ""))
            after.modified = _sendable(answer.headers.get("last-modified", ""))
            after.body, after.covered = body, now
        else:
            # What the missing part has is still known: forgotten, its edited entries would come again as if they were new.
            after.seen = {**mark.seen, **seen}
        fetched = self._fetched(source, after, cursor, now, posts, before=mark.covered)
        fetched.broken = feed.broken
        return fetched

    async def title(self, source: Source, now: int) -> str:
        """What a feed calls itself. Raises SourceRefused for what is no feed, and as ``fetch``."""
        answer, _ = await self._follow(source, Mark(), now)
        try:
            return (await self._parse(answer, source)).title
        except Unsafe as error:
            raise SourceRefused(f"{_host(source.address)}: {error}") from None

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _parse(self, answer: Answer, source: Source) -> Feed:
        call = partial(parse, answer.body, answer.headers, answer.url, source, self._key, self._settings.zone)
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def _follow(self, source: Source, mark: Mark, now: int) -> tuple[Answer, str]:
        """The answer after all redirects, and the address to be asked next time (empty: the source's own)."""
        url = mark.moved or source.address
        moved = mark.moved
        permanent = True
        for _ in range(self._settings.redirects + 1):
            answer = await self._ask(url, mark, now)
            if answer.status not in _PERMANENT | _PASSING:
                return answer, moved
            target = answer.headers.get("location", "")
            try:
                if not target:
                    raise ValueError
                url = urljoin(url, target)
            except ValueError:
                raise SourceUnavailable(f"{_host(url)}: перенаправление в никуда", 600.0) from None
            # A permanent redirect behind a passing one says nothing about where the feed itself is.
            permanent = permanent and answer.status in _PERMANENT
            if permanent:
                moved = url
        raise SourceUnavailable(f"{_host(source.address)}: больше {self._settings.redirects} перенаправлений подряд", 600.0)

    async def _ask(self, url: str, mark: Mark, now: int) -> Answer:
        headers = {"Accept": _ACCEPT}
        if mark.etag:
            headers["If-None-Match"] = mark.etag
        if mark.modified:
            headers["If-Modified-Since"] = mark.modified
        host = _host(url)
        booking = await self._budget.book(METHOD, key=host)
        outcome: Outcome = "failed"
        wait = 0.0
        try:
            answer = await self._http.get(url, headers=headers, limit=self._settings.limit)
            wait = retry_after(answer.headers, now)
            outcome = "rate" if answer.status == 429 else "failed" if answer.status >= 500 else "ok"
        finally:
            await self._budget.tell(booking, METHOD, outcome, wait)
        _check(answer, host, wait)
        return answer

    def _fetched(self, source: Source, mark: Mark, cursor: str, now: int, posts: list[Post], before: int = 0) -> Fetched:
        old = [] if before else [post for post in posts if not _FIRST <= post.published_at <= now + _AHEAD]
        pages = self._split(replace(self._page(source, now, 0, cursor, old), origin="backfill"), cursor, 0) if old else []
        known = {post.id for post in old}
        page = self._page(source, now, mark.covered, mark.write(), [post for post in posts if post.id not in known])
        return Fetched([*pages, *self._split(page, cursor, before)], wait=self._settings.wait)

    def _split(self, page: Page, cursor: str, covered: int) -> list[Page]:
        return split(page, cursor, covered, posts_limit=self._settings.page_posts)

    def _page(self, source: Source, now: int, covered: int, cursor: str, posts: list[Post]) -> Page:
        return Page(source.id, source.region, self.network, now, covered, cursor, posts=posts)


def _check(answer: Answer, host: str, wait: float) -> None:
    status = answer.status
    if status in (401, 403, 407, 451):
        raise SourceRefused(f"{host}: доступ к ленте закрыт (ответ {status})")
    if status == 410:
        raise SourceRefused(f"{host}: лента закрыта навсегда (ответ 410)", "gone")
    if status == 404:
        raise SourceRefused(f"{host}: по этому адресу ленты нет (ответ 404)", "gone")
    if status == 429:
        raise SourceUnavailable(f"{host}: просит обращаться реже (ответ 429)", wait or 300.0)
    if status != 200 and status != 304 and status not in _PERMANENT | _PASSING:
        raise SourceUnavailable(f"{host}: не отдаёт ленту (ответ {status})", wait or 60.0)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _sendable(value: str) -> str:
    """A validator as it may be sent back: it is opaque, but a header takes no control characters, and a cursor no novel."""
    return value if len(value) <= 500 and value.isprintable() else ""
