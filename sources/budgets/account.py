"""One token at work: its places, its quotas, why it rests, and what of this is written down.

Its record is written whole, under the token's own name. Where the value was replaced the counts stay, since another token of the same
account may share its quota; why the old one rested says nothing of the new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import msgspec

from sources.budgets.limits import ANY, Limits
from sources.budgets.quota import QUARTER, USABLE, Quota
from sources.budgets.rate import Places
from sources.budgets.token import Reason, Standing, Token, TokenState

Save = Callable[[str, str], Awaitable[None]]
"""Stores a value under a name; durable when it returns."""

FOREVER: Final = 1 << 60
"""ms: until the token is replaced."""
LONGEST_PAUSE: Final = 5.0
"""Seconds for which a request waits while its token makes a pause; a longer one is a rest."""


class Rest(msgspec.Struct, array_like=True):
    """Why a token, or one method of it, is not used, and until when (ms)."""

    reason: Reason
    until: int


class Record(msgspec.Struct):
    """What is written down of a token."""

    mark: str = ""
    used: dict[str, dict[int, int]] = {}
    rests: dict[str, Rest] = {}


_decoder = msgspec.json.Decoder(Record)
_encoder = msgspec.json.Encoder()


class Charge(NamedTuple):
    """A request that was booked: its ticket among the token's places, and what to give back if it is never sent."""

    ticket: int
    method: str
    calls: int
    quarter: int


class Account:
    """Made anew when a token is taken over, from what the last owner wrote. ``opens`` (seconds, steady): it rests until then."""

    def __init__(self, token: Token, limits: Limits, written: str, now: int, opens: float) -> None:
        self.token = token
        self.opens = opens
        self.places = Places(limits.rate(token.kind))
        self._limits = limits
        self._lock = asyncio.Lock()
        own = {method: limit for method, limit in limits.quotas.items() if limits.may(token.kind, method)}
        try:
            record = _decoder.decode(written) if written else Record()
        except msgspec.DecodeError:
            # Nobody knows what was used: so all of it was.
            record = Record(used={method: {now // QUARTER: limit} for method, limit in own.items()})
        self._rests = record.rests if record.mark == token.mark else {}
        self._quotas = {method: Quota(limit, record.used.get(method)) for method, limit in own.items()}
        # A clock that is behind what was written goes on from there: no time is taken for past that may not have passed.
        latest = max((quarter for used in record.used.values() for quarter in used), default=0)
        self._behind = max(0, latest * QUARTER - now)

    def wait(self, method: str, calls: int, now: int, steady: float) -> tuple[float, Reason]:
        """Seconds until the token may be used for this, and for what reason it may not at once (empty: its rate)."""
        now += self._behind
        if self.opens > steady + LONGEST_PAUSE:
            return self.opens - steady, "resting"
        for name in (ANY, method):
            if (rest := self._rests.get(name)) is not None:
                if rest.until > now:
                    return (rest.until - now) / 1000, rest.reason
                del self._rests[name]
        if (quota := self._quotas.get(method)) is not None and (seconds := quota.wait(calls, now)) > 0:
            return seconds, "quota"
        if (pause := self.places.paused(steady)) > LONGEST_PAUSE:
            return pause, "rate"
        return max(0.0, self.opens - steady, self.places.wait(steady)), ""

    def allowance(self, method: str, now: int) -> tuple[float, float]:
        """Calls of the method in 24 hours, and in the coming one; none while it is parked, infinity without a quota."""
        now += self._behind
        if any((rest := self._rests.get(name)) is not None and rest.until > now for name in (ANY, method)):
            return 0.0, 0.0
        if (quota := self._quotas.get(method)) is None:
            return float("inf"), float("inf")
        return quota.limit * USABLE, quota.left(now) + quota.freed(now, 3_600_000)

    async def charge(self, method: str, calls: int, now: int, steady: float, save: Save) -> Charge:
        """Books a request that ``wait`` allows; when it returns the charge is written down. If that fails nothing was charged."""
        now += self._behind
        ticket = self.places.take(steady)
        assert ticket is not None
        quota = self._quotas.get(method)
        if quota is None:
            return Charge(ticket, method, 0, 0)
        quarter = quota.charge(calls, now)
        try:
            while not quota.covered(quarter):
                async with self._lock:
                    if not quota.covered(quarter):
                        await self._write(now, save)
        except BaseException:
            quota.give_back(calls, quarter)
            self.places.unused(ticket)
            raise
        return Charge(ticket, method, calls, quarter)

    def unused(self, charge: Charge) -> None:
        """The request was never sent."""
        self.places.unused(charge.ticket)
        if (quota := self._quotas.get(charge.method)) is not None:
            quota.give_back(charge.calls, charge.quarter)

    async def park(self, method: str, reason: Reason, until: int, now: int, save: Save) -> None:
        """The token (``method`` ANY), or one method of it, is not used until then; written down, so that an heir knows."""
        now, until = now + self._behind, until + self._behind
        before = self._rests.get(method)
        self._rests[method] = Rest(reason, max(until, before.until if before else 0))
        async with self._lock:
            await self._write(now, save)

    def standing(self, now: int, steady: float) -> Standing:
        token, real = self.token, now
        now += self._behind
        used = {method: quota.used(now) for method, quota in self._quotas.items()}
        quotas = {method: quota.limit for method, quota in self._quotas.items()}
        for method, rest in sorted(self._rests.items()):
            if rest.until > now:
                until = 0 if rest.until >= FOREVER else real + rest.until - now
                name = "" if method == ANY else method
                return Standing(token.network, token.kind, token.name, "parked", rest.reason, name, until, used, quotas)
        state: TokenState = "resting" if self.opens > steady else "ready"
        return Standing(token.network, token.kind, token.name, state, used=used, quota=quotas)

    async def _write(self, now: int, save: Save) -> None:
        drafts = {method: quota.draft(now) for method, quota in self._quotas.items()}
        rests = {method: rest for method, rest in self._rests.items() if rest.until > now}
        await save(record_name(self.token.id), _encoder.encode(Record(self.token.mark, drafts, rests)).decode())
        for method, draft in drafts.items():
            self._quotas[method].wrote(draft)


def record_name(token: str) -> str:
    """The name under which a token's record is kept beside the log."""
    return f"token:{token}"
