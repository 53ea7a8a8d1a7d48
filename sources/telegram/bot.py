"""Reads what a bot sees: its own channels and groups, and what people write to it.

One source is one bot, its address ``bot:<name of the token>``: the queue of updates belongs to the token. Reading it for one chat
would confirm, and so throw away, what other chats wrote, and two readers of one token end each other's polls. Posts of all of the
bot's chats are in its pages; where chats belong to different towns, give each town a bot of its own.

The cursor is the number of the first update that was not read. Telegram forgets what is below it only when it is named in the next
request, after the page is in the log: a crash brings the same updates again. They are kept for 24 hours, and there is no history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.source import Source
from sources.base import Fetched
from sources.bots import Told, polled, read_on
from sources.http.after import LONGEST
from sources.lines import salvage
from sources.telegram.names import NETWORK
from sources.telegram.updates import KINDS, parse
from sources.wire import Answer, Booking, Budget, Http

PREFIX: Final = "bot:"
TOKEN_KIND: Final = "bot"
METHOD: Final = "getUpdates"
# The answer to a long poll comes this much later than asked for, at most.
_PATIENCE: Final = 15.0
_LATER: Final = 30.0


@dataclass(slots=True, frozen=True)
class BotSettings:
    """``poll_seconds``: how long Telegram may wait for something new before it answers; the request is open so long.

    ``officials``: numbers of users and chats that answer for an office.
    """

    base: str = "https://api.telegram.org"
    poll_seconds: int = 25
    batch: int = 100
    officials: frozenset[int] = frozenset()


class BotAdapter:
    """Books ``getUpdates`` for the token of the kind ``bot`` that the source's address names."""

    network = NETWORK

    def __init__(self, settings: BotSettings, http: Http, budget: Budget, author_key: bytes) -> None:
        self._settings = settings
        self._http = http
        self._budget = budget
        self._key = author_key
        self._host = urlsplit(settings.base).netloc

    async def close(self) -> None:
        """Nothing is held."""

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        name = source.address.removeprefix(PREFIX)
        if not name:
            raise SourceRefused(f"{source.id}: в адресе нет имени токена бота", state="gone")
        offset = int(read_on(cursor)[0] or 0)
        updates = await self._updates(name, offset)
        parsed = parse(updates, self._key, officials=self._settings.officials, official=source.kind == "official")
        following = parsed.last + 1
        if not updates:
            # All below was confirmed by this very request. Numbers may begin anew, lower, after a week without updates.
            following = 0
        elif parsed.last < 0:
            following = offset
        told = Told(parsed.posts, parsed.broken)
        return polled(source, cursor, now, told, str(following), full=len(updates) >= self._settings.batch)

    async def _updates(self, name: str, offset: int) -> list[Any]:
        params = {
            "limit": str(self._settings.batch),
            "timeout": str(self._settings.poll_seconds),
            "allowed_updates": orjson.dumps(KINDS).decode(),
        }
        if offset:
            params["offset"] = str(offset)
        booking = await self._budget.book(METHOD, (TOKEN_KIND,), token=name)
        try:
            answer = await self._http.get(
                f"{self._settings.base}/bot{booking.value}/{METHOD}", params=params, timeout=self._settings.poll_seconds + _PATIENCE
            )
        except (SourceUnavailable, SourceRefused):
            await self._budget.tell(booking, METHOD, "failed")
            raise
        said = salvage(answer.body, "utf-8")
        if isinstance(said, dict) and said.get("ok") is True and isinstance(result := said.get("result"), list):
            await self._budget.tell(booking, METHOD, "ok")
            return result
        raise await self._trouble(booking, answer, said if isinstance(said, dict) else {})

    async def _trouble(self, booking: Booking, answer: Answer, said: dict[str, Any]) -> SourceRefused | SourceUnavailable:
        """What an answer without updates means, told to the budget too."""
        # An error of the API says its code itself; one of a server before it has only a status.
        code = said.get("error_code") if isinstance(said.get("error_code"), int) else answer.status
        description = said.get("description") if isinstance(said.get("description"), str) else ""
        if code == 429:
            parameters = said.get("parameters")
            asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
            wait = min(max(float(asked), 1.0), LONGEST) if isinstance(asked, int | float) else _LATER
            await self._budget.tell(booking, METHOD, "rate", wait)
            return SourceUnavailable(f"{self._host}: бот {booking.name} ограничен за слишком частые запросы", wait, "limited")
        # 404 is the answer to what has not even the form of a token.
        if code in (401, 404):
            await self._budget.tell(booking, METHOD, "dead")
            return SourceRefused(f"бот {booking.name}: токен не действует")
        await self._budget.tell(booking, METHOD, "failed")
        if code == 409 and "webhook" in str(description).lower():
            return SourceRefused(f"бот {booking.name}: у бота включён webhook, опрос невозможен; оставьте одно из двух")
        if code == 409:
            return SourceUnavailable(f"бот {booking.name}: его уже опрашивает другая программа", _LATER)
        if code == 403:
            return SourceRefused(f"бот {booking.name}: доступ запрещён")
        return SourceUnavailable(
            f"{self._host}: бот {booking.name}: ответ {code} без обновлений", _LATER, "broken" if code == 200 else "unavailable"
        )
