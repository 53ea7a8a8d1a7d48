"""Stages that stand still: the log has something for them, and what they have done does not grow. People see it as a banner.

In a cluster the page lives on while a worker is dead; what it shows would look like calm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from monitor.log.base import ALERTS, PAGES, WATCH, Log
from monitor.model.errors import RetryableError

LIMITS: Final = {PAGES: 120.0, WATCH: 300.0, ALERTS: 120.0}
"""Seconds. Watch is done with what its last snapshot holds, which is some minutes behind."""
TITLES: Final = {
    PAGES: ("Разбор сообщений стоит", "Новых сообщений не видно"),
    WATCH: ("Поиск инцидентов и тревог стоит", "Новых тревог не будет"),
    ALERTS: ("Отправка оповещений стоит", "Предупредите людей сами"),
}
EVERY: Final = 10.0
"""Seconds between two looks at the log, whoever asks."""


class Stage(NamedTuple):
    """A stage's topic, and the name under which it says how far it is."""

    topic: str
    group: str


class Standing:
    """``steady`` gives real seconds that never fall: a simulated region's clock runs ahead of its stages."""

    def __init__(self, log: Log, stages: Sequence[Stage], steady: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._stages = stages
        self._steady = steady
        self._seen: dict[tuple[str, int], tuple[int, float]] = {}
        self._looked = float("-inf")

    async def banners(self) -> list[dict[str, Any]]:
        """Those of dashboards.console.watching, with ``hint``: what follows from it."""
        now = self._steady()
        if now - self._looked >= EVERY:
            self._looked = now
            try:
                for stage in self._stages:
                    await self._look(stage, now)
            except RetryableError:
                # The page itself lives on the log: it says that its link is lost.
                self._seen.clear()
        found = []
        for topic, limit in LIMITS.items():
            stood = max((now - since for (name, _), (_, since) in self._seen.items() if name == topic), default=0.0)
            if stood > limit:
                title, hint = TITLES[topic]
                found.append({"state": "standstill", "title": title, "hint": hint, "age": int(stood), "sources": []})
        return found

    async def _look(self, stage: Stage, now: float) -> None:
        for partition in range(self._log.layout.partitions[stage.topic]):
            first, following = await self._log.bounds(stage.topic, partition)
            done = await self._log.committed(stage.group, stage.topic, partition)
            slot = stage.topic, partition
            if done is None:
                # Who tells nobody has no delivery; everybody has the other stages.
                done = following if stage.topic == ALERTS else first
            before, since = self._seen.get(slot, (-1, now))
            self._seen[slot] = (done, now if done != before or done >= following else since)
