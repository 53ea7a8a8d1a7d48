"""The budgets of all networks of one process, and which of their tokens are this process's own.

Where several crawlers share the tokens, each token has one owner at a time. An owner writes its name as the token's claim, rests one
lease, and only then uses it. Whoever uses a token has looked within the last half of a lease that the claim is still its own. So one
that was thought dead, and wakes up, finds the claim of its heir before it sends anything, and what it had sent has arrived: the other
half of the lease is for that. Counts are read after the rest, so that the last of the dead are among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from monitor.model.errors import RetryableError
from sources.budgets.account import record_name
from sources.budgets.limits import Limits
from sources.budgets.pool import NetworkBudget
from sources.budgets.time import Time
from sources.budgets.token import Standing, Token
from sources.wire import Outcome

WINDOW: Final = 1.0
"""Seconds that tokens and hosts rest at least where no other process can have them: what our predecessor sent counts for so long."""


class Records(Protocol):
    """What is kept beside the log by name; empty where there is nothing."""

    async def read(self, name: str) -> str: ...

    async def write(self, values: Mapping[str, str]) -> None: ...


class Budgets:
    """``networks``: limits by network. ``lease``: seconds; 0 where no other process can have the tokens. ``owner``: unique."""

    def __init__(
        self,
        tokens: Sequence[Token],
        networks: Mapping[str, Limits],
        time: Time,
        *,
        lease: float = 0.0,
        owner: str = "",
    ) -> None:
        self.limits = networks
        self._tokens = {token.id: token for token in tokens}
        self._time = time
        self._lease = lease
        self._owner = owner
        self._records: Records | None = None
        self._confirmed: dict[str, float] = {}
        self._networks = {
            name: NetworkBudget(name, [one for one in tokens if one.network == name], limits, time, self._save, self._confirm)
            for name, limits in networks.items()
        }

    def __getitem__(self, network: str) -> NetworkBudget:
        return self._networks[network]

    def __contains__(self, network: str) -> bool:
        return network in self._networks

    @property
    def tokens(self) -> list[Token]:
        return list(self._tokens.values())

    def open(self, records: Records) -> None:
        """Where counts are kept. Before this no token is used."""
        self._records = records

    async def own(self, tokens: Iterable[str]) -> None:
        """From now on these (by id) are ours and no others. Returns when they can be used: with the others' rest, after a lease.

        Raises RetryableError where the records can't be read or written.
        """
        wanted = set(tokens)
        for network in self._networks.values():
            network.hosts.rest(self._time.steady() + max(self._lease, WINDOW, network.limits.host.seconds))
        for name in sorted(set(self._confirmed) - wanted):
            self._drop(name)
        fresh = sorted(wanted - set(self._confirmed))
        assert self._records is not None
        if self._lease and fresh:
            await self._records.write({_claim(name): self._owner for name in fresh})
            await self._time.sleep(self._lease)
        for name in fresh:
            token = self._tokens[name]
            window = max(WINDOW, self.limits[token.network].rate(token.kind).seconds)
            opens = self._time.steady() + (0.0 if self._lease else window)
            self._networks[token.network].take_over(token, await self._records.read(record_name(name)), opens)
            self._confirmed[name] = float("-inf") if self._lease else float("inf")

    def standings(self) -> list[Standing]:
        """All tokens, for people."""
        return [standing for network in self._networks.values() for standing in network.standings()]

    def ended(self) -> Counter[Outcome]:
        """Requests by how they ended, since the start."""
        return sum((network.ended for network in self._networks.values()), Counter())

    async def _save(self, name: str, value: str) -> None:
        assert self._records is not None
        await self._records.write({name: value})

    async def _confirm(self, name: str) -> bool:
        """Whether the token is ours, as of half a lease ago at most."""
        began = self._time.steady()
        if began <= self._confirmed.get(name, float("-inf")) + self._lease / 2:
            return True
        assert self._records is not None
        claimed = await self._records.read(_claim(name))
        if self._time.steady() > began + self._lease / 2:
            raise RetryableError(f"токен {name}: чей он, стало известно слишком поздно")
        if claimed != self._owner or name not in self._confirmed:
            self._drop(name)
            return False
        self._confirmed[name] = began
        return True

    def _drop(self, name: str) -> None:
        self._confirmed.pop(name, None)
        self._networks[self._tokens[name].network].give_up(self._tokens[name])


def _claim(token: str) -> str:
    return f"claim:{token}"
