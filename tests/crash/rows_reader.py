"""What ClickHouse would answer to triage, worked out from a list of rows, by the words of sinks.base.TriageReader alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.model.position import Position
from monitor.model.rows import DeadLetterRow, ErasureRow, PostRow, RevisionRow, Row
from sinks.base import Known


class RowsReader:
    """Reads ``rows``, which may grow. One epoch."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def known(self, ids: Iterable[str], below: int) -> dict[str, Known]:
        wanted = set(ids)
        return {row.id: _known(row) for row in self._revisions(below) if row.id in wanted} if wanted else {}

    def recent_posts(self, below: int, limit: int) -> list[tuple[str, Known, int]]:
        latest = {row.id: row for row in self._revisions(below)}
        ordered = sorted(latest.values(), key=lambda row: row.version)
        return [(row.id, _known(row), row.fetched_at) for row in ordered[-limit:]]

    def recent_texts(self, below: int, limit: int) -> list[tuple[int, str, int]]:
        return [(row.text_hash, row.id, row.fetched_at) for row in self._revisions(below) if row.first][-limit:]

    def recent_repeats(self, below: int, limit: int) -> list[tuple[str, str, str, str]]:
        posts = {row.id: row for row in self._rows if isinstance(row, PostRow)}
        repeats = [row for row in self._revisions(below) if row.duplicate_of][-limit:]
        return [(row.duplicate_of, posts[row.id].author, posts[row.id].thread, row.source) for row in repeats]

    def recent_outcomes(self, below: int, limit: int) -> list[tuple[str, bool]]:
        outcomes = [(row.version, row.source, False) for row in self._revisions(below)]
        letters = {row.id: row for row in self._rows if isinstance(row, DeadLetterRow) and row.status == "dead"}
        outcomes += [
            (row.version, row.source, True) for row in letters.values() if row.reason != "parked" and _is_below(row.version, below)
        ]
        outcomes.sort()
        by_source: dict[str, list[tuple[int, str, bool]]] = {}
        for outcome in outcomes:
            by_source.setdefault(outcome[1], []).append(outcome)
        kept = sorted(outcome for found in by_source.values() for outcome in found[-limit:])
        return [(source, dead) for _, source, dead in kept]

    def erased(self, below: int) -> list[str]:
        return sorted({row.subject for row in self._rows if isinstance(row, ErasureRow) and _is_below(row.version, below)})

    def _revisions(self, below: int) -> Iterator[RevisionRow]:
        """Each version once, oldest first."""
        found = {(row.id, row.version): row for row in self._rows if isinstance(row, RevisionRow) and _is_below(row.version, below)}
        return iter(sorted(found.values(), key=lambda row: row.version))


def _known(row: RevisionRow) -> Known:
    return Known(row.content_hash, row.edited_at, row.deleted, row.sent, row.revision)


def _is_below(version: int, below: int) -> bool:
    return version < below and Position.unpack(version).partition == Position.unpack(below).partition
