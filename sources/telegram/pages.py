"""Asks for pages of public previews, and says what stands in a page's place: a redirect, an error, half of it, another markup."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.source import Source
from sources.http.after import retry_after
from sources.telegram.about import about
from sources.telegram.names import channel_name
from sources.telegram.preview import Preview, has_card, parse
from sources.wire import Answer, Budget, Http

METHOD: Final = "preview"
# Twenty posts of 4,096 characters, their markup and addresses of pictures: half of it at most.
_LARGEST: Final = 3_000_000
# Where a page says that it ends; behind it stands how long it took to make.
_TAIL: Final = 1_000


class Pages:
    """``base``: where previews are. ``wait``: seconds until an overloaded host is asked again, ``blind_wait``: one with odd pages."""

    def __init__(self, base: str, wait: float, blind_wait: float, http: Http, budget: Budget, author_key: bytes) -> None:
        self._base = base
        self._wait = wait
        self._blind_wait = blind_wait
        self._http = http
        self._budget = budget
        self._key = author_key
        self.host = urlsplit(base).netloc

    async def page(self, source: Source, end: int, now: int) -> Preview:
        """The twenty posts before the one with the number ``end`` (0: the newest). Raises SourceRefused, SourceUnavailable."""
        channel = channel_of(source)
        answer = await self._ask(f"/s/{channel}", {"before": str(end)} if end else {}, now)
        if 300 <= answer.status < 400:
            await self._refuse(channel, answer, now)
        if answer.status in (400, 404, 410):
            raise SourceRefused(f"@{channel}: такого канала нет", state="gone")
        if b"</html>" not in answer.body[-_TAIL:]:
            # Half of a page inside a gap would close it.
            raise SourceUnavailable(f"{self.host}: страница @{channel} пришла не целиком", self._wait)
        page = parse(answer.body, channel, self._key, official=source.kind == "official")
        if page.blind:
            message = f"@{channel}: на странице не найдено ни одного поста: похоже, её разметка изменилась"
            raise SourceUnavailable(message, self._blind_wait, "broken")
        return page

    async def describe(self, address: str, now: int) -> tuple[str, int]:
        """Title and subscribers of a channel; empty and 0 where there is no preview, of which ``page`` tells more."""
        answer = await self._ask(f"/s/{channel_name(address)}", {}, now)
        return about(answer.body) if answer.status == 200 else ("", 0)

    async def _ask(self, path: str, params: dict[str, str], now: int) -> Answer:
        booking = await self._budget.book(METHOD, key=self.host)
        try:
            answer = await self._http.get(self._base + path, params=params, limit=_LARGEST)
        except (SourceUnavailable, SourceRefused):
            await self._budget.tell(booking, METHOD, "failed")
            raise
        if answer.status == 429:
            wait = retry_after(answer.headers, now) or self._wait
            await self._budget.tell(booking, METHOD, "rate", wait)
            raise SourceUnavailable(f"{self.host}: слишком частые запросы", wait, "limited")
        if answer.status >= 500 or answer.status in (401, 403, 408):
            wait = retry_after(answer.headers, now)
            await self._budget.tell(booking, METHOD, "failed", wait)
            raise SourceUnavailable(f"{self.host}: ошибка {answer.status}", wait or self._wait)
        await self._budget.tell(booking, METHOD, "ok")
        return answer

    async def _refuse(self, channel: str, answer: Answer, now: int) -> None:
        """Where there is no preview, whether hidden or because there is no such channel, its name leads to its card."""
        if urlsplit(answer.headers.get("location", "")).path.strip("/").lower() != channel:
            raise SourceUnavailable(f"{self.host}: предпросмотр @{channel} ведёт на другой адрес", self._wait)
        card = await self._ask(f"/{channel}", {}, now)
        if card.status == 200 and has_card(card.body):
            raise SourceRefused(f"@{channel}: предпросмотр выключен (владельцем, из-за возраста 18+ или запрета копирования)")
        raise SourceRefused(f"@{channel}: такого канала нет", state="gone")


def channel_of(source: Source) -> str:
    """The public name that the source's address has. Raises SourceRefused."""
    channel = channel_name(source.address)
    if not channel:
        raise SourceRefused(f"{source.id}: в адресе нет имени канала Telegram", state="gone")
    return channel
