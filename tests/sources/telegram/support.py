"""A budget that allows everything and writes down what it was told, and sources of the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.model.post import Post
from monitor.model.source import Source, SourceKind
from sources.base import Adapter, Fetched
from sources.wire import Booking, Outcome

KEY = b"key"
# Monday, 12 January 2026, 12:00 UTC.
NOON = 1_768_219_200_000
MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass
class Purse:
    """``tokens``: values by name; ``key`` chooses one, where the network has tokens."""

    tokens: dict[str, str] = field(default_factory=dict)
    booked: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    told: list[tuple[str, Outcome, float]] = field(default_factory=list)

    async def book(self, method: str, kinds: Sequence[str] = (), *, calls: int = 1, key: str = "") -> Booking:
        self.booked.append((method, tuple(kinds), key))
        name = key if key in self.tokens else next(iter(self.tokens), "")
        return Booking(name, kinds[0] if kinds else "", self.tokens.get(name, ""))

    async def tell(self, booking: Booking, method: str, outcome: Outcome, wait: float = 0.0) -> None:
        self.told.append((method, outcome, wait))


def source(address: str, kind: SourceKind = "community", network: str = "tg") -> Source:
    return Source(f"{network}:{address}", network, kind, "test", address)


async def read(adapter: Adapter, where: Source, cursor: str, now: int) -> tuple[list[Fetched], str]:
    """Turns until nothing more is ready; the answers and the last cursor."""
    answers = []
    while True:
        answers.append(await adapter.fetch(where, cursor, now))
        cursor = answers[-1].pages[-1].cursor
        if not answers[-1].more:
            return answers, cursor
        assert len(answers) < 100


def posts_of(answers: Sequence[Fetched]) -> list[Post]:
    return [post for answer in answers for page in answer.pages for post in page.posts]
