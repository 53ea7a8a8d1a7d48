"""Which source is to be read next, and when: pure, by the times that it is given.

Sources that share a limit (a lane: the walls of VK, the previews of Telegram) are planned together every few minutes; each is due
when its planned frequency adds up to one reading. So readings of a lane are spread by themselves: no dice, no herds. A lane without
a limit is read as often as its adapters think it worth. Of what is due the source goes first whose ceiling is nearest: ceilings
of critical sources hold when there is too much to do, and everything else has its turn.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np

from monitor.model.source import Source
from sources.budgets.pool import Allowance
from sources.schedule.habits import HOUR, Floats, Habits
from sources.schedule.lanes import (
    BOOST,
    BOOST_MOST,
    BUSY,
    FIRST_SECONDS,
    HISTORY,
    HISTORY_PAUSE,
    JITTER,
    NEVER,
    RESERVE,
    SLACK,
    SLOTS,
    Lane,
    Settings,
)
from sources.schedule.plan import spread


class Schedule:
    """Of ``sources``, from ``now`` (ms) on. ``lanes``: the method whose limit reading a source costs, empty for none."""

    def __init__(
        self,
        sources: Sequence[Source],
        settings: Settings,
        lanes: Callable[[Source], str],
        offset: Callable[[Source], int],
        now: int,
    ) -> None:
        self.sources = sources
        self.number = {source.id: number for number, source in enumerate(sources)}
        self.habits = Habits([(one.region, one.weight) for one in sources], [offset(one) for one in sources], now)
        self.lanes: dict[tuple[str, str], Lane] = {}
        self._lane: list[Lane] = []
        for number, source in enumerate(sources):
            key = source.network, lanes(source)
            lane = self.lanes.setdefault(key, Lane(*key, []))
            lane.members.append(number)
            self._lane.append(lane)
        count = len(sources)
        self._ceiling = [settings.ceilings[source.weight] for source in sources]
        self._pause = [1.0] * count
        self._last = [0] * count
        self._due = [now] * count
        self._until = [now + int(seconds * 1000) for seconds in self._ceiling]
        self._left = [1.0] * count
        self._mark = [now] * count
        self._away = [False] * count
        self._chain: dict[int, int] = {}
        self._often: list[list[float]] = [[] for _ in range(count)]
        self._planned_at = now
        self._began = now
        self._latest = now
        self._heaps: dict[str, list[tuple[int, int]]] = {}
        self._ready: dict[str, list[tuple[int, int]]] = {}

    def remember(self, source: str, last: int) -> None:
        """The source was read at ``last`` by an earlier process. To be told before the first plan."""
        number, last = self.number[source], min(last, self._began)
        self._last[number] = self._mark[number] = last
        self._until[number] = last + int(self._ceiling[number] * 1000)

    def plan(self, now: int, allowance: Callable[[Lane], Allowance]) -> None:
        """Estimates and plans anew: to be called at the start and every few minutes."""
        self._go_with(now)
        self.habits.advance(now)
        forecast = self.habits.forecast(now, SLOTS)
        hours = np.full(SLOTS, 1.0)
        hours[0] = (HOUR - now % HOUR) / HOUR
        for lane in self.lanes.values():
            allowed = allowance(lane)
            lane.a_second = allowed.a_second
            # What a rate alone allows in a day, if there is no quota.
            lane.a_day = min(allowed.a_day * (1 - RESERVE), allowed.a_second * 86_400 * BUSY)
            if lane.a_day == float("inf"):
                for number in lane.members:
                    self._often[number] = []
                continue
            self._settle(lane, now)
            often = self._spread(lane, forecast[lane.members], hours, allowed.left)
            for number, row in zip(lane.members, often.tolist(), strict=True):
                self._often[number] = row
        self._planned_at = now
        self._line_up(now)

    def take(self, network: str, now: int) -> Source | None:
        """A source of the network that is due, and is under way from now on until ``read`` or ``failed`` is told."""
        self._go_with(now)
        waiting, ready = self._heaps.get(network, []), self._ready.get(network, [])
        while waiting and waiting[0][0] <= now:
            due, number = heapq.heappop(waiting)
            if due == self._due[number] and not self._away[number]:
                heapq.heappush(ready, (self._until[number], number))
        while ready:
            until, number = heapq.heappop(ready)
            if until == self._until[number] and not self._away[number] and self._due[number] <= now:
                self._away[number] = True
                return self.sources[number]
        return None

    def give_back(self, source: Source) -> None:
        """It was taken and is not read after all: it is due as before."""
        number = self.number[source.id]
        self._away[number] = False
        heapq.heappush(self._ready.setdefault(source.network, []), (self._until[number], number))

    def next(self, network: str) -> int:
        """When the next source of the network is due, ms; a time past if one is due already."""
        waiting = self._heaps.get(network, [])
        while waiting and (waiting[0][0] != self._due[waiting[0][1]] or self._away[waiting[0][1]]):
            heapq.heappop(waiting)
        if self._ready.get(network):
            return 0
        return waiting[0][0] if waiting else NEVER

    def read(self, source: Source, began: int, now: int, *, wait: float, more: bool = False) -> None:
        """An answer came to the request that began then. ``wait``: seconds before which another is not worth it."""
        self._go_with(now)
        number = self.number[source.id]
        began = min(self._chain.pop(number, began), now)
        self._last[number] = began
        if more:
            # What follows belongs to this reading: the next one counts from its beginning.
            self._chain[number] = began
            self._left[number], self._mark[number] = 0.0, now
            due = now
        else:
            self._left[number], self._mark[number] = 1.0, began
            self._pause[number] = wait
            soonest = now + int(wait * 1000)
            due = max(self._when(number), soonest) if self._often[number] else soonest
        self._put(number, due, began + int(self._ceiling[number] * 1000))

    def failed(self, source: Source, now: int, wait: float) -> None:
        """No answer, or the source is closed: it is due after ``wait`` seconds, whatever was planned."""
        number = self.number[source.id]
        self._left[number], self._mark[number] = 0.0, now + int(wait * 1000)
        self._put(number, now + int(wait * 1000), now + int(max(wait, self._ceiling[number]) * 1000))

    def boost(self, territories: Sequence[str], now: int) -> list[Source]:
        """Something dangerous happened there: sources of these territories, the first ones first, are due at once.

        Of each lane no more than a share of its budget goes into it, and no source is read sooner than its adapter allows. Gives
        those that are due now.
        """
        order = {territory: rank for rank, territory in reversed(list(enumerate(territories)))}
        numbers = [number for number, one in enumerate(self.sources) if one.territory in order and not self._away[number]]
        numbers.sort(key=lambda number: (order[self.sources[number].territory], -self.habits.rates[number], number))
        found = []
        for number in numbers:
            lane = self._lane[number]
            if self._due[number] <= now or now < self._last[number] + int(self._pause[number] * 1000) or lane.saved < 1:
                continue
            lane.saved -= 1
            self._left[number], self._mark[number] = 0.0, now
            self._put(number, now, now)
            found.append(self.sources[number])
        return found

    def history_pause(self, source: Source) -> float:
        """Seconds between two requests for the history of sources under the same limit."""
        lane = self._lane[self.number[source.id]]
        return max(HISTORY_PAUSE, 86_400 / (lane.a_day * HISTORY) if lane.a_day > 0 else HOUR / 1000)

    def late(self, now: int) -> float:
        """Seconds by which the ceiling of a source is exceeded at most; below 0: all hold."""
        return max((now - until for until in self._until), default=0) / 1000

    def _go_with(self, now: int) -> None:
        """Where the clock was put back all times go with it: nothing would be read until they come again, and nobody would see it."""
        back = self._latest - now
        if back <= JITTER:
            self._latest = max(self._latest, now)
            return
        self._latest = now
        self._planned_at, self._began = self._planned_at - back, self._began - back
        for times in (self._last, self._due, self._until, self._mark):
            times[:] = [at and at - back for at in times]
        self._chain = {number: at - back for number, at in self._chain.items()}
        self._heaps = {source.network: [] for source in self.sources}
        self._ready = {source.network: [] for source in self.sources}
        for number, source in enumerate(self.sources):
            if not self._away[number]:
                heapq.heappush(self._heaps[source.network], (self._due[number], number))

    def _spread(self, lane: Lane, rates: Floats, hours: Floats, left: float) -> Floats:
        ceilings = np.array([self._ceiling[number] for number in lane.members])
        pauses = np.array([max(self._pause[number], 1e-3) for number in lane.members])
        urgent = np.array([self.sources[number].weight == "critical" for number in lane.members])
        low, high = 3600 / (ceilings * SLACK), 3600 / pauses
        plan = spread(rates, hours, low, high, urgent, lane.a_day * float(hours.sum()) / 24)
        lane.short = plan.short
        # What is left of the quota for the coming hour may be less, where somebody spent it in another way than was planned.
        coming = hours.copy()
        coming[1:] = 0.0
        coming[1] = 1 - hours[0]
        if float((plan.often * coming).sum()) <= left:
            return plan.often
        near = spread(rates[:, :2], coming[:2], low, high, urgent, max(1.0, left))
        lane.short = lane.short or near.short
        return np.concatenate([near.often, plan.often[:, 2:]], axis=1)

    def _settle(self, lane: Lane, now: int) -> None:
        """Counts what of the old plan is behind the waiting sources of a lane, and what it may read at once."""
        passed = (now - self._planned_at) / 86_400_000
        lane.saved = min(BOOST_MOST, lane.saved + passed * lane.a_day * BOOST)
        for number in lane.members:
            often = self._often[number]
            if often and not self._away[number] and self._last[number]:
                start = max(self._mark[number], self._planned_at)
                self._left[number] -= _sum(often, self._planned_at, start, now)
                self._mark[number] = max(now, self._mark[number])

    def _line_up(self, now: int) -> None:
        """All heaps anew: without what has been left in them, and by the new plan."""
        self._heaps = {source.network: [] for source in self.sources}
        self._ready = {source.network: [] for source in self.sources}
        fresh: dict[int, int] = {}
        for lane in self.lanes.values():
            numbers = [number for number in lane.members if not self._last[number] and self._due[number] == self._began]
            if lane.a_day != float("inf") and numbers and now == self._began:
                numbers.sort(key=lambda number: (self._ceiling[number], number))
                seconds = min(FIRST_SECONDS, 2 * len(numbers) / max(1e-6, lane.a_second))
                fresh |= {number: now + int(1000 * seconds * rank / len(numbers)) for rank, number in enumerate(numbers)}
        for number, source in enumerate(self.sources):
            if self._away[number]:
                continue
            if number in fresh:
                self._due[number] = fresh[number]
            elif self._often[number] and self._last[number] and self._until[number] > now:
                pause = self._last[number] + int(self._pause[number] * 1000)
                self._due[number] = max(self._when(number), pause, self._mark[number])
            heapq.heappush(self._heaps[source.network], (self._due[number], number))

    def _when(self, number: int) -> int:
        """When the planned frequency since the mark adds up to what is left of one reading."""
        often, left, at = self._often[number], self._left[number], self._mark[number]
        if left <= 0:
            return at
        while True:
            slot = min(max(0, at // HOUR - self._planned_at // HOUR), len(often) - 1)
            end = at - at % HOUR + HOUR
            part = often[slot] * (end - at) / HOUR
            if part >= left:
                return at + int(left / often[slot] * HOUR)
            left -= part
            at = end

    def _put(self, number: int, due: int, until: int) -> None:
        self._away[number] = False
        self._due[number], self._until[number] = due, until
        heapq.heappush(self._heaps.setdefault(self.sources[number].network, []), (due, number))


def _sum(often: Sequence[float], planned_at: int, start: int, end: int) -> float:
    """Readings that were planned between two times."""
    total = 0.0
    while start < end:
        border = min(end, start - start % HOUR + HOUR)
        total += often[min(max(0, start // HOUR - planned_at // HOUR), len(often) - 1)] * (border - start) / HOUR
        start = border
    return total
