"""One request to VK: booked before, told of after, its errors understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from monitor.model.errors import SourceUnavailable
from sources.http.after import retry_after
from sources.vk.decode import ApiError, Unreadable
from sources.vk.errors import error_of, meaning_of
from sources.vk.settings import VkSettings
from sources.wire import Budget, Http, Outcome

T = TypeVar("T")

READERS: Final = ("service", "user")
"""Kinds of tokens that may read walls; tokens of communities may not (error 27)."""
_UNREADABLE_WAIT: Final = 30.0
_BUSY_WAIT: Final = 10.0


class Refusal(Exception):
    """VK answered with an error, and the budget has been told. ``error`` is what it means for the source."""

    def __init__(self, code: int, token: str) -> None:
        super().__init__(f"VK error {code}")
        self.code = code
        self.error = error_of(code, token)
        self.of_source = meaning_of(code).effect != "again"


class Unread(SourceUnavailable):
    """An answer came that can't be read: cut, or no JSON."""


class Api:
    """Calls VK's methods."""

    def __init__(self, settings: VkSettings, http: Http, budget: Budget) -> None:
        self._settings = settings
        self._http = http
        self._budget = budget

    async def ask(
        self,
        method: str,
        params: Mapping[str, str],
        parse: Callable[[bytes], T],
        now: int,
        *,
        kinds: Sequence[str] = READERS,
        booked: str = "",
        calls: int = 1,
        fault: Callable[[T], int] = lambda result: 0,
    ) -> T:
        """Calls ``method`` once and reads its answer by ``parse``. ``booked``: the method that it is charged as.
        ``fault`` finds in an answer the error that concerns the token all the same (0: none).

        Raises Refusal for errors of VK, Unread or another SourceUnavailable where there was no whole answer, and what the budget
        raises.
        """
        priced = booked or method
        booking = await self._budget.book(priced, kinds, calls=calls)
        outcome: Outcome = "failed"
        wait = 0.0
        try:
            # In a header and not in a parameter: VK repeats parameters in its errors.
            answer = await self._http.post(
                f"{self._settings.api}/{method}",
                form={**params, "v": self._settings.version, "lang": "ru"},
                headers={"Authorization": f"Bearer {booking.value}"},
            )
            # VK documents no such header, but whatever stands before it may send one.
            wait = retry_after(answer.headers, now) if answer.status != 200 else 0.0
            if answer.status == 429:
                outcome = "rate"
                raise SourceUnavailable("VK отвечает HTTP 429: слишком много запросов", wait or _BUSY_WAIT, "limited")
            if not 200 <= answer.status < 300:
                raise SourceUnavailable(f"VK отвечает HTTP {answer.status}", wait or _BUSY_WAIT)
            result = parse(answer.body)
            code = fault(result)
            outcome = meaning_of(code).outcome if code else "ok"
            return result
        except ApiError as error:
            meaning = meaning_of(error.code)
            outcome, wait = meaning.outcome, meaning.wait if meaning.outcome != "failed" else 0.0
            raise Refusal(error.code, booking.name) from None
        except Unreadable as error:
            raise Unread(f"VK: ответ не читается ({error})", _UNREADABLE_WAIT, "broken") from None
        finally:
            await self._budget.tell(booking, priced, outcome, wait)
