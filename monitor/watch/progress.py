"""How far a region has been read: when a bucket of time can be closed.

A bucket closes when every watched source has been read past its end, or, marked incomplete, when ticks say that a grace has
passed. So a silent or limited source delays the judgement by the grace and no longer, and everybody can see that something
was missing.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.plain import Plain


class Progress:
    """Per source, the time up to which it has certainly been read; and the next bucket to close."""

    def __init__(self, sources: Iterable[str], step: int, grace: int) -> None:
        self._step = step
        self._grace = grace
        self._covered: dict[str, int] = dict.fromkeys(sources, 0)
        self._lagging: set[str] = set(self._covered)
        self._ticked = 0
        self.next = 0

    def begin(self, at: int) -> None:
        """The first record of the region: buckets are judged from the one that holds this moment."""
        if not self.next:
            self._move(at - at % self._step)

    def read(self, source: str, until: int) -> None:
        """A page came. A source that is not watched (a search's finding, a removed source) keeps nobody waiting."""
        if until > self._covered.get(source, until):
            self._covered[source] = until
            if until >= self.next + self._step:
                self._lagging.discard(source)
            else:
                self._lagging.add(source)

    def tick(self, at: int) -> None:
        self._ticked = max(self._ticked, at)

    def unread(self, end: int) -> set[str]:
        """The watched sources that have not been read up to a time. For asking of membership only."""
        return {source for source, until in self._covered.items() if until < end}

    def close(self) -> tuple[int, bool] | None:
        """The next bucket, if it can be closed now: its start and whether all sources have been read past it."""
        if not self.next:
            return None
        start = self.next
        complete = not self._lagging and bool(self._covered)
        if not complete and self._ticked < start + self._step + self._grace:
            return None
        self._move(start + self._step)
        return start, complete

    def _move(self, start: int) -> None:
        self.next = start
        end = start + self._step
        # Asked for membership only, never walked: the order of a set is no part of the result.
        self._lagging = {source for source, until in self._covered.items() if until < end}

    def dump(self) -> Plain:
        return [self.next, self._ticked, self._covered]

    def load(self, state: Plain) -> None:
        start, self._ticked, covered = state
        self._covered = {source: covered.get(source, 0) for source in self._covered}
        self._move(start)
