"""How loud an alert is, and from which number of people on its growth is worth telling."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from monitor.model.rows import AlertRow

LEVELS: Final = ("notice", "urgent", "flash")
STEPS: Final = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000)
"""Authors at which an alert that grows silently is shown and told to systems anew: each further one would flood them."""


def louder(before: AlertRow, row: AlertRow) -> bool:
    """Whether its level is a higher one."""
    return LEVELS.index(row.level) > LEVELS.index(before.level)


def stepped(before: AlertRow, row: AlertRow) -> bool:
    """Whether so many more people write that it is worth telling."""
    return bisect_right(STEPS, row.authors) > bisect_right(STEPS, before.authors)
