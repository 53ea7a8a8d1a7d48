"""Requests to the Bot API of MAX, and what its errors mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.after import retry_after
from sources.lines import salvage
from sources.wire import Answer, Booking, Budget, Http

NETWORK: Final = "max"
TOKEN_KIND: Final = "bot"
_LATER: Final = 30.0
# Codes of errors are words with dots (chat.denied); anything else in their place is not shown.
_CODE = re.compile(r"[a-z][a-z._]{0,40}")


class MaxApi:
    """``base`` is the address of the API; it has changed before, and its certificates are issued by the national authority."""

    def __init__(self, base: str, http: Http, budget: Budget) -> None:
        self._base = base
        self._http = http
        self._budget = budget
        self._host = urlsplit(base).netloc

    async def get(self, method: str, bot: str, params: Mapping[str, str], now: int, timeout: float | None = None) -> dict[str, Any]:
        """The answer to ``GET /<method>``, asked with the token named ``bot``. Raises SourceUnavailable and SourceRefused."""
        return (await self.ask(method, bot, params, now, timeout=timeout))[1]

    async def ask(
        self, method: str, bot: str, params: Mapping[str, str], now: int, *, below: str = "", timeout: float | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Also the name of the token; ``bot`` empty: of any. ``below``: what stands behind the method in the path."""
        booking = await self._budget.book(method, (TOKEN_KIND,), token=bot)
        headers = {"Authorization": booking.value}
        try:
            answer = await self._http.get(f"{self._base}/{method}{below}", params=params, headers=headers, timeout=timeout)
        except (SourceUnavailable, SourceRefused):
            await self._budget.tell(booking, method, "failed")
            raise
        said = salvage(answer.body, "utf-8")
        if answer.status == 200 and isinstance(said, dict):
            await self._budget.tell(booking, method, "ok")
            return booking.name, said
        raise await self._trouble(booking, method, answer, said if isinstance(said, dict) else {}, now)

    async def _trouble(
        self, booking: Booking, method: str, answer: Answer, said: Mapping[str, Any], now: int
    ) -> SourceRefused | SourceUnavailable:
        status, code = answer.status, said.get("code")
        detail = f"{status} {code}" if isinstance(code, str) and _CODE.fullmatch(code) else str(status)
        if status == 429:
            wait = retry_after(answer.headers, now)
            await self._budget.tell(booking, method, "rate", wait)
            return SourceUnavailable(
                f"{self._host}: бот {booking.name} ограничен за слишком частые запросы", wait or _LATER, "limited"
            )
        if status == 401:
            await self._budget.tell(booking, method, "dead")
            return SourceRefused(f"бот {booking.name}: токен MAX не действует")
        await self._budget.tell(booking, method, "failed", retry_after(answer.headers, now) if status >= 500 else 0.0)
        if status == 404:
            return SourceRefused(f"бот {booking.name}: такого чата в MAX нет ({detail})", state="gone")
        if status in (400, 403):
            return SourceRefused(f"бот {booking.name}: MAX не показывает ему этот чат ({detail})")
        if status == 200:
            return SourceUnavailable(f"{self._host}: ответ не в формате JSON", _LATER, "broken")
        return SourceUnavailable(f"{self._host}: ошибка {detail}", retry_after(answer.headers, now) or _LATER)
