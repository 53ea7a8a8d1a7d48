"""The contracts of sinks and of the reader that recovery and the console use.

A writer takes rows (monitor.model.rows) of any tables. ``write`` returns when they are stored; SinkBackpressure means that they
may or may not be, and that the caller must bring the same rows again: a row is known by its key and version, so nothing doubles.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

from monitor.model.rows import Row


class Known(NamedTuple):
    """What triage has to know of a post seen before: its content's hash, edit time, and what became of it."""

    content_hash: int
    edited_at: int
    deleted: bool
    sent: bool
    revision: int


class Writer(Protocol):
    """Stores rows; used by one task at a time."""

    async def write(self, rows: Sequence[Row]) -> None:
        """Stores all rows, those of a table in order, tables side by side. Raises SinkBackpressure."""

    async def close(self) -> None: ...


class TriageReader(Protocol):
    """What triage asks of the store: always "as it stood below this position of my partition"."""

    async def known(self, ids: Collection[str], below: int) -> dict[str, Known]:
        """What post_revisions holds of these ids from positions below ``below`` (packed; earlier epochs count in full)."""

    async def recent_posts(self, below: int, limit: int) -> list[tuple[str, Known, int]]:
        """The last ``limit`` posts by their latest revision below ``below``, oldest first, each with that revision's fetched_at."""

    async def recent_texts(self, below: int, limit: int) -> list[tuple[int, str, int]]:
        """The last ``limit`` entries into the memory of exact duplicates (text_hash, post id, fetched_at), oldest first."""

    async def recent_repeats(self, below: int, limit: int) -> list[tuple[str, str, str, str]]:
        """The last ``limit`` revisions that repeat another post's text, oldest first: that post, and author, thread and source of the
        one that repeats it.
        """

    async def recent_outcomes(self, below: int, limit: int) -> list[tuple[str, bool]]:
        """Of each source the last ``limit`` outcomes below ``below``, oldest first: a revision taken (False) or a dead letter (True).

        Dead letters with the reason ``parked`` are left out: being parked is no new outcome.
        """

    async def erased(self, below: int) -> list[str]:
        """Whose posts are not taken any more (authors' hashes, ids of posts), as erasures has it below ``below``."""


class SnapshotStore(Protocol):
    """A region's state in chunks with hashes, the manifest last; three are kept."""

    async def save(self, region: str, position: int, state: bytes) -> None: ...

    async def latest(self, region: str) -> tuple[int, bytes] | None:
        """The newest snapshot whose chunks are all there and whose hashes hold: position (packed) and state."""

    async def has(self, region: str) -> bool:
        """Whether watch has ever written anything of the region."""


class Reader(Protocol):
    """Reads the views of current rows; every figure that people see comes from here."""

    async def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Runs one read-only query with server-side parameters ({name:Type})."""
