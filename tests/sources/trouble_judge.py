"""What a run of tests.sources.trouble has shown: where the rows that Nabat has stored differ from what the networks hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.model.rows import PostRow, RevisionRow, Row


@dataclass
class Outcome:
    """``differs``: what is not as it should be, in words. The figures say that something has been tried at all."""

    differs: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    requests: int = 0
    posts: int = 0
    batches: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    looked: dict[str, int] = field(default_factory=dict)


def differences(rows: Sequence[Row], there: Mapping[str, str], shown: Sequence[str]) -> list[str]:
    """In words. ``there``: texts by id; ``shown``: the feed's, whose ids are of its own making."""
    found: list[str] = []
    latest: dict[str, PostRow] = {}
    for row in rows:
        if isinstance(row, PostRow) and (row.id not in latest or latest[row.id].version < row.version):
            latest[row.id] = row
    kept = {name: row.text for name, row in latest.items() if not row.deleted and not name.startswith("rss:")}
    found += [f"missing: {name}" for name in sorted(there.keys() - kept.keys())]
    found += [f"too much: {name}" for name in sorted(kept.keys() - there.keys())]
    found += [f"not the latest: {name}" for name in sorted(there.keys() & kept.keys()) if there[name] != kept[name]]
    feed = sorted(row.text for name, row in latest.items() if name.startswith("rss:"))
    found += [f"feed, too much: {text}" for text in feed if text not in shown]
    found += [f"feed, missing: {text}" for text in shown if text not in feed]
    before: dict[str, tuple[int, bool]] = {}
    for revision in sorted((row for row in rows if isinstance(row, RevisionRow)), key=lambda row: row.version):
        if before.get(revision.id) == (revision.content_hash, revision.deleted):
            found.append(f"twice: {revision.id}")
        before[revision.id] = (revision.content_hash, revision.deleted)
    return found
