"""The budget of one network: picks the token for each request, and learns from how requests end."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, NamedTuple

from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
from sources.budgets.account import FOREVER, Account, Charge, Save
from sources.budgets.backoff import (
    CAPTCHA_REST,
    FLOOD_LONGEST,
    FLOOD_REST,
    QUOTA_REST,
    RATE_LONGEST,
    RATE_REST,
    Backoff,
)
from sources.budgets.hosts import Hosts
from sources.budgets.limits import ANY, Limits
from sources.budgets.rate import Places
from sources.budgets.time import Time
from sources.budgets.token import Reason, Standing, Token
from sources.wire import Booking, Outcome

log = logging.getLogger(__name__)

REASONS: Final[Mapping[Reason, str]] = {
    "": "ожидание",
    "resting": "токен только что принят от другого сборщика",
    "rate": "сеть просит обращаться реже",
    "flood": "сеть просит не повторять запрос",
    "quota": "суточная квота исчерпана",
    "dead": "сеть отвергает токен",
    "captcha": "сеть требует капчу",
    "failed": "сеть просит подождать",
}
"""For people."""
LONGEST_WAIT: Final = 2 * 86_400.0
"""Seconds, told to whoever could wait for ever."""


class Allowance(NamedTuple):
    """What the tokens of this process that are not parked may do with a method: in 24 hours (infinity: no quota), in a second.

    ``left``: requests of the quota for the coming hour, those that come free in it included.
    """

    a_day: float
    a_second: float
    left: float


UNLIMITED: Final = Allowance(float("inf"), float("inf"), float("inf"))


class _Away(NamedTuple):
    """A request under way: its ticket among the places of its token and of its host, where it has them."""

    booking: Booking
    account: Account | None
    ticket: int
    host: Places | None
    place: int


class NetworkBudget:
    """Fulfils sources.wire.Budget. ``confirm`` says whether a token is still ours; ``save`` writes down."""

    def __init__(
        self,
        network: str,
        tokens: Sequence[Token],
        limits: Limits,
        time: Time,
        save: Save,
        confirm: Callable[[str], Awaitable[bool]],
    ) -> None:
        self.network = network
        self.limits = limits
        self.ended: Counter[Outcome] = Counter()
        self._tokens = tokens
        self._time = time
        self._save = save
        self._confirm = confirm
        self._accounts: dict[str, Account] = {}
        self._away: dict[int, _Away] = {}
        self._backoff = Backoff()
        self.hosts = Hosts(limits.host, time, self._backoff, self._until)
        self._freed = asyncio.Event()
        self._turn = 0

    async def book(self, method: str, kinds: Sequence[str] = (), *, calls: int = 1, key: str = "", token: str = "") -> Booking:
        host = await self.hosts.place(key) if key else None
        if host is not None and not kinds:
            booking = Booking(key, "host")
            self._away[id(booking)] = _Away(booking, None, 0, *host)
            return booking
        try:
            account, ticket = await self._token(method, kinds, calls, token)
        except BaseException:
            if host is not None:
                host[0].unused(host[1])
            raise
        booking = Booking(account.token.name, account.token.kind, account.token.value)
        self._away[id(booking)] = _Away(booking, account, ticket, *(host or (None, 0)))
        return booking

    async def tell(self, booking: Booking, method: str, outcome: Outcome, wait: float = 0.0) -> None:
        away = self._away.pop(id(booking), None)
        if away is None:
            return
        self.ended[outcome] += 1
        if away.host is not None:
            away.host.answered(away.place, self._time.steady())
        if away.account is not None:
            away.account.places.answered(away.ticket, self._time.steady())
            await self._learn(away.account, method, outcome, wait)
        elif away.host is not None:
            self.hosts.learn(away.host, booking.name, outcome, wait)
        self._freed.set()

    def take_over(self, token: Token, written: str, opens: float) -> None:
        """From now on the token is ours; it may be used from ``opens`` (steady) on."""
        self._accounts[token.name] = Account(token, self.limits, written, self._time.now(), opens)
        self._freed.set()

    def give_up(self, token: Token) -> None:
        self._accounts.pop(token.name, None)

    def allowance(self, method: str) -> Allowance:
        """Infinite where the network wants no tokens for it: each host has a rate of its own then."""
        if method in self.limits.shared:
            return Allowance(float("inf"), self.limits.host.a_second, float("inf"))
        if not self._tokens or not method:
            return UNLIMITED
        now = self._time.now()
        a_day = a_second = left = 0.0
        for account in self._accounts.values():
            if self.limits.may(account.token.kind, method):
                day, hour = account.allowance(method, now)
                a_day, left = a_day + day, left + hour
                a_second += self.limits.rate(account.token.kind).a_second if day else 0.0
        return Allowance(a_day, a_second, left)

    def standings(self) -> list[Standing]:
        now, steady = self._time.now(), self._time.steady()
        return [
            self._accounts[token.name].standing(now, steady)
            if token.name in self._accounts
            else Standing(token.network, token.kind, token.name, "elsewhere")
            for token in self._tokens
        ]

    async def _token(self, method: str, kinds: Sequence[str], calls: int, name: str) -> tuple[Account, int]:
        """A token that has been charged, and its ticket, as soon as rates allow."""
        able = [
            one
            for one in self._tokens
            if (not kinds or one.kind in kinds) and self.limits.may(one.kind, method) and name in ("", one.name)
        ]
        if not able:
            wanted = ", ".join([*kinds, *([name] if name else [])])
            raise SourceRefused(f"{self.network}: нет токена ({wanted or 'любого вида'}), которому разрешён {method}")
        while True:
            account, wait = self._pick(able, method, calls)
            if wait > 0:
                await self._until(wait)
            elif (charge := await self._charge(account, method, calls)) is not None:
                return account, charge.ticket

    def _pick(self, able: Sequence[Token], method: str, calls: int) -> tuple[Account, float]:
        """The token to use and the seconds to wait for it. Raises SourceUnavailable where none is only held up by its rate."""
        now, steady = self._time.now(), self._time.steady()
        ours = [self._accounts[token.name] for token in able if token.name in self._accounts]
        soonest: tuple[float, Account] | None = None
        rests: list[tuple[float, Reason]] = []
        # In turns, so that quotas are spent evenly.
        self._turn += 1
        for step in range(len(ours)):
            account = ours[(self._turn + step) % len(ours)]
            wait, reason = account.wait(method, calls, now, steady)
            if reason:
                rests.append((wait, reason))
            elif wait <= 0:
                return account, wait
            elif soonest is None or wait < soonest[0]:
                soonest = wait, account
        if soonest is not None:
            return soonest[1], soonest[0]
        if not rests:
            raise SourceUnavailable(f"{self.network}: токены сейчас у другого сборщика", 10.0, "limited")
        wait, reason = min(rests)
        raise SourceUnavailable(
            f"{self.network}: для {method} сейчас нет свободного токена: {REASONS[reason]}", min(wait, LONGEST_WAIT), "limited"
        )

    async def _charge(self, account: Account, method: str, calls: int) -> Charge | None:
        """None: another one was quicker, or the token is no longer ours."""
        name = account.token.name
        charge = await account.charge(method, calls, self._time.now(), self._time.steady(), self._save)
        ours = False
        try:
            ours = await self._confirm(account.token.id)
        finally:
            if not ours or self._accounts.get(name) is not account:
                account.unused(charge)
        if not ours:
            self._accounts.pop(name, None)
        return charge if self._accounts.get(name) is account else None

    async def _learn(self, account: Account, method: str, outcome: Outcome, wait: float) -> None:
        name, now = account.token.name, self._time.now()
        rest: float
        if outcome == "ok":
            for failed in ("rate", "flood"):
                self._backoff.forget(name, method, failed)
            return
        if outcome == "failed":
            account.places.pause(self._time.steady() + wait)
            return
        if outcome == "rate":
            account.places.pause(self._time.steady() + self._backoff.longer(name, method, "rate", wait, RATE_REST, RATE_LONGEST))
            return
        where: str = method
        until = FOREVER
        if outcome == "flood":
            rest = self._backoff.longer(name, method, "flood", wait, FLOOD_REST, FLOOD_LONGEST)
            until = now + int(rest * 1000)
        elif outcome == "quota":
            until = now + int(max(wait, QUOTA_REST) * 1000)
        else:
            where = ANY
            if outcome == "captcha":
                until = now + int(max(wait, CAPTCHA_REST) * 1000)
        log.warning("%s: токен %s отставлен (%s): %s", self.network, name, "все методы" if where == ANY else where, outcome)
        try:
            await account.park(where, outcome, until, now, self._save)
        except RetryableError as error:
            log.warning("%s: что токен %s отставлен, записать не удалось: %s", self.network, name, error)

    async def _until(self, seconds: float) -> None:
        """Waits so long, or until a request has ended."""
        self._freed.clear()
        sleep = asyncio.ensure_future(self._time.sleep(seconds))
        freed = asyncio.ensure_future(self._freed.wait())
        try:
            await asyncio.wait({sleep, freed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            freed.cancel()
