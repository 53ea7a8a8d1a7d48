"""Bot-like repetition: one author writes the same text in many places.

Counted are repeats of a known text (the memory of exact duplicates says of which) by author and place. The memory *is* the result, so
it is a queue of the last entries, and is read back from the store to the same content.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

Repeat = tuple[str, str, str]
"""The first post with the text, the author (empty: not known), and the place."""

MANY = 3
"""Places in which an author has repeated a text: who has a trouble tells two or three communities of it, a bot goes on."""


class Repeats:
    """The last ``limit`` repeats."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._queue: deque[Repeat] = deque()
        self._places: dict[tuple[str, str], dict[str, int]] = {}

    def __len__(self) -> int:
        return len(self._queue)

    def many(self, first: str, author: str, place: str) -> bool:
        """Enters a repeat; True from the MANYth place on."""
        self._enter((first, author, place))
        return author != "" and len(self._places.get((first, author), ())) >= MANY

    def load(self, repeats: Iterable[tuple[str, str, str, str]]) -> None:
        """Starts from the store's latest repeats, oldest first: first post, author, thread, source."""
        self._queue.clear()
        self._places.clear()
        for first, author, thread, source in repeats:
            self._enter((first, author, place_of(thread, source)))

    def _enter(self, repeat: Repeat) -> None:
        self._queue.append(repeat)
        first, author, place = repeat
        places = self._places.setdefault((first, author), {})
        places[place] = places.get(place, 0) + 1
        if len(self._queue) > self._limit:
            self._leave(*self._queue.popleft())

    def _leave(self, first: str, author: str, place: str) -> None:
        places = self._places[first, author]
        places[place] -= 1
        if not places[place]:
            del places[place]
        if not places:
            del self._places[first, author]


def place_of(thread: str, source: str) -> str:
    """Where a post stands: under which other one, or on whose wall."""
    return thread or source
