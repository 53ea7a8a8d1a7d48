"""One method of the API called: booked, signed, answered or explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from monitor.model.errors import SourceUnavailable
from sources.http.after import retry_after
from sources.odnoklassniki.errors import ACTIONS, UNKNOWN, ObjectError
from sources.odnoklassniki.signing import KINDS, Credentials
from sources.wire import Answer, Booking, Budget, Http, Outcome

_NAME: Final = "Одноклассники"
# Broken JSON comes now and then, by the notes of those who wrote clients; a second one in a row is trouble of another kind.
_ATTEMPTS: Final = 2


class _BrokenJson(Exception):
    pass


class Api:
    """Calls methods at ``address``. Requests are forms: nothing secret stands in an address, which proxies write down."""

    def __init__(self, address: str, http: Http, budget: Budget) -> None:
        self._address = address
        self._http = http
        self._budget = budget

    async def call(self, method: str, parameters: Mapping[str, str], now: int) -> Any:
        """The decoded answer; each attempt is booked. Raises ObjectError, SourceUnavailable, and what the budget raises."""
        for _ in range(_ATTEMPTS):
            try:
                return await self._once(method, parameters, now)
            except _BrokenJson:
                continue
        raise SourceUnavailable(f"{_NAME}: повреждённый ответ на {method}", 60.0)

    async def _once(self, method: str, parameters: Mapping[str, str], now: int) -> Any:
        booking = await self._budget.book(method, KINDS)
        outcome: Outcome = "failed"
        wait = 0.0
        try:
            credentials = Credentials.read(booking.value, booking.kind)
            if credentials is None:
                outcome = "dead"
                raise SourceUnavailable(f"{_NAME}: токен «{booking.name}» должен быть вида КЛЮЧ_ПРИЛОЖЕНИЯ:ТОКЕН:СЕКРЕТНЫЙ_КЛЮЧ")
            answer = await self._http.post(self._address, form=credentials.signed(method, parameters))
            wait = retry_after(answer.headers, now)
            outcome, wait, data, trouble = _judged(answer, booking, wait)
        finally:
            await self._budget.tell(booking, method, outcome, wait)
        if trouble is not None:
            raise trouble
        return data


def _judged(answer: Answer, booking: Booking, wait: float) -> tuple[Outcome, float, Any, Exception | None]:
    """How it ended for the token, what it has to rest, the data, and what is wrong."""
    try:
        data = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        data = _BrokenJson
    if isinstance(data, dict) and isinstance(data.get("error_code"), int):
        code = data["error_code"]
        action = ACTIONS.get(code, UNKNOWN)
        wait = max(wait, action.wait)
        if action.effect != "later":
            return action.outcome, wait, None, ObjectError(action, code)
        who = f", токен «{booking.name}»" if action.outcome in ("dead", "captcha") else ""
        return action.outcome, wait, None, SourceUnavailable(f"{_NAME}: {action.text} (код {code}{who})", max(wait, 1.0))
    if answer.status == 429:
        return "rate", wait, None, SourceUnavailable(f"{_NAME}: слишком частые обращения (ответ 429)", wait or 60.0)
    if answer.status != 200:
        return "failed", wait, None, SourceUnavailable(f"{_NAME}: ответ {answer.status}", wait or 60.0)
    if data is _BrokenJson:
        return "failed", wait, None, _BrokenJson()
    return "ok", wait, data, None
