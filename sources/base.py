"""The contract of every source adapter.

Rules: ``fetch`` is one request, one page (or a few, when the answer is larger than a page may be). The page carries the cursor
that continues after it, the posts in the order in which the source gave them, event times as the source states them, later
versions of posts under their old ids with ``edited_at`` or ``deleted``, and no personal data: authors are keyed hashes and phones,
e-mails, card and document numbers are masked before the page leaves the adapter. An answer without posts is an empty page. Nothing
is kept in the adapter that the cursor does not say: another process continues from the cursor alone. Trouble is one of two
errors: SourceUnavailable (try again after ``retry_after``) and SourceRefused (the state says why). Other exceptions are bugs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from monitor.model.errors import SourceRefused
from monitor.model.post import Page
from monitor.model.source import Source


@dataclass(slots=True)
class Fetched:
    """What one request brought: pages in order (at least one), and how long to wait before the next one is worth it, seconds.

    ``more`` says that the source has older or further posts ready at once. ``broken`` are raw items that the parser could not
    take, each with a reason: they go to the dead letters, the rest of the answer is kept.
    """

    pages: list[Page]
    more: bool = False
    wait: float = 60.0
    broken: list[tuple[Any, str]] = field(default_factory=list)


class Adapter(Protocol):
    """Reads sources of one network. Safe for many sources at once, one call at a time for each."""

    network: str

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        """Reads on from ``cursor`` (empty: from the start). ``now`` is the crawler's clock, ms. Raises the two errors above."""

    async def close(self) -> None:
        """Gives back connections and files."""


@runtime_checkable
class Past(Protocol):
    """What an adapter fulfils besides, if its network shows what was written before the source was first read."""

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        """Reads back by one request, from ``cursor`` (empty: from now) towards ``since`` (ms), newest first; ``more``: not there yet.

        The cursor of the last page is of this way only, and its pages cover no time. Raises as ``fetch`` does.
        """


@runtime_checkable
class Many(Protocol):
    """What an adapter fulfils besides, if its network answers for several sources at once. ``many``: for so many at most."""

    @property
    def many(self) -> int: ...

    def joins(self, source: Source, cursor: str, now: int) -> bool:
        """Whether the next request for a source is one that can be sent together with those for others."""

    async def fetch_many(self, sources: Sequence[Source], cursors: Sequence[str], now: int) -> Mapping[str, Fetched | SourceRefused]:
        """Reads several sources by one request: answers by id, as ``fetch`` would give or raise them, of those that it could read so.

        The others are to be fetched alone. Raises as ``fetch`` does where there is no such way now: SourceRefused for long.
        """
