"""What is counted when answers are held against the truth: precision, recall and F1 of each class, and their mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Share(NamedTuple):
    """Counts of one class or field: ``right`` of ``said`` answers were true, of ``true`` that there were."""

    right: int
    said: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where nothing was said, or nothing was there."""
        both = self.said + self.true
        return 2 * self.right / both if both else 0.0


def by_class(classes: Sequence[str], truth: Sequence[str], said: Sequence[str]) -> dict[str, Share]:
    """A share for each class, in the order of ``classes``."""
    return {
        name: Share(
            sum(one == other == name for one, other in zip(truth, said, strict=True)),
            sum(one == name for one in said),
            sum(one == name for one in truth),
        )
        for name in classes
    }


def filled(truth: Sequence[str], said: Sequence[str]) -> Share:
    """The share of a field that may be empty: an empty one is neither said nor true."""
    return Share(
        sum(one == other != "" for one, other in zip(truth, said, strict=True)),
        sum(one != "" for one in said),
        sum(one != "" for one in truth),
    )


def macro_f1(shares: dict[str, Share]) -> float:
    return sum(share.f1 for share in shares.values()) / len(shares)


def table(shares: dict[str, Share]) -> Iterator[str]:
    for name, share in shares.items():
        yield f"  {name:<12} precision {share.precision:.3f}  recall {share.recall:.3f}  F1 {share.f1:.3f}  of {share.true}"


def confusion(classes: Sequence[str], truth: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    """A row for each true class, a column for each that was said."""
    width = max(map(len, classes)) + 2
    yield "  " + "".join(f"{name:>{width}}" for name in ("", *classes))
    pairs = list(zip(truth, said, strict=True))
    for name in classes:
        yield "  " + f"{name:>{width}}" + "".join(f"{pairs.count((name, other)):>{width}}" for other in classes)
