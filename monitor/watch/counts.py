"""Counts over time: which series an appeal belongs to, and the buckets that hold them until they are final.

A series is named ``territory|dimension|value``: the dimensions are ``group`` and ``theme`` for complaints, ``all`` for their sum,
and ``kind`` for appeals of each kind (the region only). A complaint counts in its territory and in every one around it.
Duplicates do not count.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.profile.model import Profile


def counted(row: AppealRow) -> bool:
    """Whether an appeal is counted in series: active, and no copy of another."""
    return row.status == "active" and row.cluster == row.id


def series_of(profile: Profile, kind: str, territory: str, group: str, theme: str) -> list[str]:
    """The series that such an appeal counts in, narrowest territory first."""
    names = [f"{profile.id}|kind|{kind}"]
    if kind == "complaint":
        for around in profile.path(territory):
            names.append(f"{around}|all|")
            if group:
                names.append(f"{around}|group|{group}")
            if theme:
                names.append(f"{around}|theme|{theme}")
    return names


class Cell(Struct, gc=False):
    """One series in one bucket: posts and how many of each author, and what was made of it when it closed."""

    posts: int = 0
    authors: dict[str, int] = {}
    expected: int = 0
    surprise: int = 0
    complete: bool = False
    closed: bool = False


class Counts:
    """Buckets of ``step`` ms: cells by series, in order of first appearance."""

    def __init__(self, step: int) -> None:
        self.step = step
        self._buckets: dict[int, dict[str, Cell]] = {}

    def bucket(self, at: int) -> int:
        """The start of the bucket that holds a moment, ms."""
        return at - at % self.step

    def add(self, bucket: int, names: Iterable[str], author: str) -> dict[str, Cell]:
        """Counts one post into the series of these names; gives the cells of the bucket."""
        cells = self._buckets.get(bucket)
        if cells is None:
            cells = self._buckets[bucket] = {}
        for name in names:
            cell = cells.get(name)
            if cell is None:
                cells[name] = Cell(1, {author: 1})
                continue
            cell.posts += 1
            authors = cell.authors
            authors[author] = authors.get(author, 0) + 1
        return cells

    def remove(self, bucket: int, series: str, author: str) -> Cell | None:
        """Takes one post out again; None where the bucket is too old to be kept."""
        cell = self._buckets.get(bucket, {}).get(series)
        if cell is None:
            return None
        cell.posts -= 1
        left = cell.authors.get(author, 0) - 1
        if left > 0:
            cell.authors[author] = left
        else:
            cell.authors.pop(author, None)
        return cell

    def cells(self, bucket: int) -> dict[str, Cell]:
        return self._buckets.get(bucket, {})

    def forget(self, before: int) -> None:
        """Drops buckets that start before a moment; what comes later for them corrects appeals and incidents, not series."""
        for bucket in [start for start in self._buckets if start < before]:
            del self._buckets[bucket]

    def dump(self) -> Plain:
        return [
            [bucket, [[name, c.posts, c.authors, c.expected, c.surprise, c.complete, c.closed] for name, c in cells.items()]]
            for bucket, cells in self._buckets.items()
        ]

    def load(self, state: Plain) -> None:
        self._buckets = {bucket: {name: Cell(*rest) for name, *rest in cells} for bucket, cells in state}
