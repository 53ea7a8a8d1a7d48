"""Reads the history of a chat or channel that a bot is a member of: ``GET /messages``, newest first.

The address of a source is ``<name of the bot's token>/<number of the chat>``. A turn is one request: the newest page, or one further
down while there is a gap between it and what was read before (at the first turn, down to ``history_hours``). Edits and removals are
noticed among the newest ``remember`` messages; those of older ones come as events (sources.max.bot, sources.max.inlet).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import orjson
from xxhash import xxh32_intdigest

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.max.api import NETWORK, MaxApi
from sources.max.bot import MaxSettings
from sources.max.messages import Parsed, Reader
from sources.paging import split

METHOD: Final = "messages"
_HOUR: Final = 3_600_000
_AHEAD: Final = 24 * _HOUR
"""What is dated further ahead would hide every gap until then; clocks that differ by less are no news."""
_ODD: Final = 10


class Mark(msgspec.Struct, array_like=True):
    """What the cursor says, all times ms. ``newest``: of the newest message read.

    ``gap``: what is older than this, down to ``floor``, is still to be read (0: nothing); its newest page was read at ``gap_at``.
    ``edge``: posts right before ``gap`` that were read already, ``under`` those at ``floor``. ``known``: the newest posts with time
    and digest. ``odd``: digests of broken items that were reported.
    """

    newest: int = 0
    covered: int = 0
    gap: int = 0
    floor: int = 0
    gap_at: int = 0
    edge: list[str] = []
    under: list[str] = []
    known: dict[str, tuple[int, int]] = {}
    odd: list[int] = []


class ChatReader:
    """Behind MaxAdapter."""

    def __init__(self, settings: MaxSettings, api: MaxApi, author_key: bytes) -> None:
        self._settings = settings
        self._api = api
        self._key = author_key

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        bot, _, chat = source.address.partition("/")
        mark = _read(cursor)
        before = mark.covered
        params = {"chat_id": chat, "count": str(self._settings.page)}
        if mark.gap:
            # Whether the bound itself belongs to the answer is not documented; either way nothing before it is left out.
            params["from"] = str(mark.gap)
        said = await self._api.get(METHOD, bot, params, now)
        items = said.get("messages")
        if not isinstance(items, list):
            raise SourceUnavailable(f"{source.id}: в ответе MAX нет сообщений", 30.0, "broken")
        parsed = Reader(self._key, self._settings.officials, source.kind == "official").messages(items)
        if parsed.broken and not parsed.posts:
            raise SourceUnavailable(f"{source.id}: ни одно сообщение MAX не удалось прочитать", 600.0, "broken")
        parsed.posts.sort(key=lambda post: (post.published_at, post.id))
        posts = self._gap_page(mark, parsed, len(items)) if mark.gap else self._newest_page(mark, parsed, now)
        broken = [(raw, reason) for raw, reason in parsed.broken if _first(mark, raw)]
        written = orjson.dumps(msgspec.to_builtins(mark)).decode()
        page = Page(source.id, source.region, NETWORK, now, covered_until=mark.covered, cursor=written, posts=posts)
        more = bool(mark.gap)
        return Fetched(split(page, cursor, before), more=more, wait=0.0 if more else self._settings.wait, broken=broken)

    def _newest_page(self, mark: Mark, parsed: Parsed, now: int) -> list[Post]:
        posts = parsed.posts
        known, mark.known = mark.known, dict(mark.known)
        lowest = min((at for at, _ in known.values()), default=0)
        found: list[Post] = []
        for post in posts:
            new = (post.published_at, _digest(post))
            seen = known.get(post.id)
            older = post.published_at < lowest or (post.published_at == lowest and len(known) >= self._settings.remember)
            if seen is None and older:
                # It was read when it was new.
                continue
            mark.known[post.id] = new
            if seen is None:
                found.append(post)
            elif seen[1] != new[1]:
                post.edited_at = max(now, post.published_at)
                found.append(post)
        if posts and not parsed.broken:
            found += self._removed(mark, known, posts, now)
        self._reach(mark, posts, now)
        mark.known = dict(sorted(mark.known.items(), key=lambda item: (item[1][0], item[0]))[-self._settings.remember :])
        return found

    def _removed(self, mark: Mark, known: dict[str, tuple[int, int]], posts: list[Post], now: int) -> list[Post]:
        """What is missing between two messages that are there."""
        there = {post.id for post in posts}
        start, end = posts[0].published_at, posts[-1].published_at
        gone = [(name, at) for name, (at, _) in known.items() if start < at < end and name not in there]
        for name, _ in gone:
            del mark.known[name]
        return [Post(id=name, published_at=at, kind=posts[0].kind, edited_at=now, deleted=True) for name, at in gone]

    def _reach(self, mark: Mark, posts: list[Post], now: int) -> None:
        """Whether the newest page reaches down to what was read before."""
        before = mark.newest if mark.newest <= now + _AHEAD else now
        floor = before or now - int(self._settings.history_hours * _HOUR)
        oldest = posts[0].published_at if posts else 0
        mark.newest = max([before, *(post.published_at for post in posts if post.published_at <= now + _AHEAD)])
        if oldest <= floor:
            mark.covered = now
            return
        mark.gap, mark.floor, mark.gap_at = oldest + 1, floor, now
        mark.edge = [post.id for post in posts if post.published_at == oldest]
        mark.under = [name for name, (at, _) in mark.known.items() if at == floor]

    def _gap_page(self, mark: Mark, parsed: Parsed, count: int) -> list[Post]:
        read = {*mark.edge, *mark.under}
        found = [post for post in parsed.posts if mark.floor <= post.published_at < mark.gap and post.id not in read]
        oldest = min((post.published_at for post in parsed.posts), default=0)
        if oldest <= mark.floor or (not found and count < self._settings.page):
            mark.covered = mark.gap_at
            mark.gap = mark.floor = 0
            mark.edge = mark.under = []
        elif oldest + 1 < mark.gap:
            mark.gap = oldest + 1
            mark.edge = [post.id for post in parsed.posts if post.published_at == oldest]
        else:
            # A whole page within one millisecond: what else is in it can't be asked for.
            mark.gap -= 1
        return found


def address_of(address: str) -> tuple[str, int]:
    """Name of the token, and number of the chat (0: all that the bot is told). Raises SourceRefused."""
    bot, slash, chat = address.partition("/")
    digits = chat.removeprefix("-")
    if not bot or (slash and not (digits.isascii() and digits.isdigit() and len(digits) <= 18)):
        raise SourceRefused("в адресе источника MAX нужны имя токена и номер чата: имя/-123", state="gone")
    return bot, int(chat or "0")


def _digest(post: Post) -> int:
    parts = [post.text, post.reply_to, post.repost_of, *(f"{item.kind} {item.id}" for item in post.attachments)]
    return xxh32_intdigest("\x1f".join(parts).encode("utf-8", "replace")) & 0xFFFFFF


def _first(mark: Mark, raw: Any) -> bool:
    """Whether a broken item was not reported yet: it would become a dead letter at each reading."""
    digest = xxh32_intdigest(orjson.dumps(raw, default=str, option=orjson.OPT_SORT_KEYS))
    if digest in mark.odd:
        return False
    mark.odd = [*mark.odd, digest][-_ODD:]
    return True


def _read(cursor: str) -> Mark:
    try:
        return msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
    except msgspec.DecodeError:
        return Mark()
