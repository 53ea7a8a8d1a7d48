"""When answers are due: the deadlines of a region's incidents, the earliest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Final

from monitor.model.plain import Plain
from monitor.profile.model import Profile
from monitor.watch.deadlines import due
from monitor.watch.incident import Incident

SPARE: Final = 100
"""Deadlines beyond two of each incident that are kept before those of forgotten incidents are cleared away."""


class Terms:
    """``get`` gives an incident that is kept. Times are ms."""

    def __init__(self, profile: Profile, get: Callable[[str], Incident | None]) -> None:
        self._get = get
        self._waiting: list[tuple[int, str]] = []
        # The incidents of a page are opened at one moment.
        self._due = lru_cache(maxsize=100)(partial(due, profile))

    def owed(self, incident: Incident, since: int) -> None:
        """An answer is owed, counted from a moment; nothing where the profile has no rule."""
        self._set(incident, self._due(incident.urgency, since))

    def extend(self, incident: Incident, since: int) -> None:
        """An interim answer gives more time, if it does."""
        extended = self._due(incident.urgency, since, interim=True)
        if extended > incident.deadline:
            self._set(incident, extended)

    def again(self, incident: Incident, now: int) -> None:
        """It is looked at anew: its deadline passed while nothing was owed, and now something is."""
        heapq.heappush(self._waiting, (now, incident.id))

    def passed(self, now: int) -> Iterator[tuple[int, Incident]]:
        """Incidents that owe an answer of substance whose deadline has passed, and when it did; each is marked."""
        while self._waiting and self._waiting[0][0] <= now:
            at, name = heapq.heappop(self._waiting)
            incident = self._get(name)
            if incident is not None and not incident.overdue and incident.owes(at):
                incident.overdue = True
                yield at, incident

    def clear(self, incidents: int) -> None:
        """Incidents were forgotten, so many are left: their deadlines would wait here for a month. What is sorted is a heap."""
        if len(self._waiting) > 2 * incidents + SPARE:
            self._waiting = sorted(one for one in self._waiting if self._get(one[1]) is not None)

    def _set(self, incident: Incident, deadline: int) -> None:
        incident.deadline = deadline
        if deadline:
            heapq.heappush(self._waiting, (deadline, incident.id))

    def dump(self) -> Plain:
        return self._waiting

    def load(self, state: Plain) -> None:
        self._waiting = [(at, name) for at, name in state]
