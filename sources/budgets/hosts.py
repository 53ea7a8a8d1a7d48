"""The rates of hosts that want no token: previews, feeds, endpoints. Each host has places of its own, made when it is first asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from monitor.model.errors import SourceUnavailable
from sources.budgets.account import LONGEST_PAUSE
from sources.budgets.backoff import QUOTA_REST, RATE_LONGEST, Backoff
from sources.budgets.limits import Rate
from sources.budgets.rate import Places
from sources.budgets.time import Time
from sources.wire import Outcome

MOST: Final = 1000
"""Hosts remembered before those that rest are forgotten."""


class Hosts:
    """Of one network. ``until(seconds)`` waits so long, or until a request has ended."""

    def __init__(self, rate: Rate, time: Time, backoff: Backoff, until: Callable[[float], Awaitable[None]]) -> None:
        self._rate = rate
        self._time = time
        self._backoff = backoff
        self._until = until
        self._places: dict[str, Places] = {}
        self._opens = float("-inf")

    async def place(self, host: str) -> tuple[Places, int]:
        """A place among those of the host, as soon as one is free. SourceUnavailable while it wants a longer pause."""
        while True:
            now = self._time.steady()
            places = self._places.get(host)
            if places is None:
                if len(self._places) >= MOST:
                    self._places = {name: one for name, one in self._places.items() if not one.idle(now)}
                places = self._places[host] = Places(self._rate)
                places.pause(self._opens)
            if (ticket := places.take(now)) is not None:
                return places, ticket
            if (pause := places.paused(now)) > LONGEST_PAUSE:
                raise SourceUnavailable(f"{host}: просит не обращаться, ждём", pause, "limited")
            await self._until(places.wait(now))

    def rest(self, until: float) -> None:
        """No host is asked before (steady): whoever asked them until now may have done so this very moment."""
        self._opens = until
        for places in self._places.values():
            places.pause(until)

    def learn(self, places: Places, host: str, outcome: Outcome, wait: float) -> None:
        """How a request to the host ended."""
        if outcome == "ok":
            self._backoff.forget(host, "", "host")
        elif outcome != "failed":
            wait = self._backoff.longer(host, "", "host", wait, RATE_LONGEST, QUOTA_REST)
        places.pause(self._time.steady() + wait)

    def __len__(self) -> int:
        return len(self._places)
