"""What the tests of this folder share: times, sources, and reading to the end."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.post import Post
from monitor.model.source import Source, SourceKind
from sources.base import Adapter, Fetched

KEY = b"key"
# Monday, 12 January 2026, 12:00 UTC.
NOON = 1_768_219_200_000
MINUTE = 60_000
HOUR = 60 * MINUTE


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
