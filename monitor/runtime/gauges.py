"""What people see of crawling as a whole: tokens, requests, limits, ceilings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from monitor.metrics.catalogue import Metrics
from sources.budgets.budgets import Budgets
from sources.schedule.schedule import Schedule
from sources.wire import Outcome


class Gauges:
    """Shows a schedule and its budgets. ``history``: the share of it that has been read."""

    def __init__(self, metrics: Metrics, budgets: Budgets | None, schedule: Schedule, history: Callable[[], float]) -> None:
        self._metrics = metrics
        self._budgets = budgets
        self._schedule = schedule
        self._history = history
        self._shown: Counter[Outcome] = budgets.ended() if budgets else Counter()

    def show(self, now: int) -> None:
        """As of ``now``, ms."""
        metrics = self._metrics
        metrics.crawl_late_seconds.set(max(0.0, self._schedule.late(now)))
        metrics.backfill_ratio.set(self._history())
        metrics.short_limits.set(sum(lane.short for lane in self._schedule.lanes.values()))
        if self._budgets is not None:
            metrics.tokens.put(Counter(token.state for token in self._budgets.standings()))
            ended = self._budgets.ended()
            metrics.requests.add(ended - self._shown)
            self._shown = ended
