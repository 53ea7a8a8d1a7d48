"""Rows that nobody waits for are held back a moment: an insert costs much the same for one row and for a thousand.

Whoever holds rows has not stored them: nothing that they follow from is committed before they are written.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from monitor.model.rows import Row

HOLD = 1.0
"""Seconds between two inserts of what can wait. People read histories and curves, which do not change while they look."""


class Held:
    """Rows of ``kinds`` that are not written yet. After a pause the first ones go at once: only who has much to write waits."""

    def __init__(self, kinds: tuple[type, ...], seconds: float = HOLD, clock: Callable[[], float] = time.monotonic) -> None:
        self._kinds = frozenset(kinds)
        self._seconds = seconds
        self._clock = clock
        self._rows: list[Row] = []
        self._wrote = -seconds

    def __bool__(self) -> bool:
        return bool(self._rows)

    def due(self) -> float:
        """Seconds until what is held is to be written; 0: now."""
        return max(0.0, self._wrote + self._seconds - self._clock())

    def pick(self, rows: Sequence[Row], *, at_once: bool = False) -> list[Row]:
        """What is to be written now of ``rows`` and of those held before; the others are held."""
        if at_once or not self.due():
            now = [*self._rows, *rows]
            self._written()
            return now
        self._rows += [row for row in rows if type(row) in self._kinds]
        return [row for row in rows if type(row) not in self._kinds]

    async def flush(self, write: Callable[[list[Row]], Awaitable[None]]) -> bool:
        """Writes all that is held, which stays held if that raises; says whether there was anything."""
        if not self._rows:
            return False
        await write(self._rows)
        self._written()
        return True

    def _written(self) -> None:
        self._rows = []
        self._wrote = self._clock()
