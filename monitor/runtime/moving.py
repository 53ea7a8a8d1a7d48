"""Whether the stages of a whole cluster move, by their commits in the log: for a process that runs but one of them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from monitor.config import Config
from monitor.log.base import ALERTS, PAGES, WATCH, Log
from monitor.model.errors import RetryableError
from monitor.runtime.deliver_runner import GROUP as DELIVER
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watch_runner import GROUP as WATCHING

log = logging.getLogger(__name__)

SNAPSHOTS = 10
"""Watch commits with its snapshots, which come later than asked for where its state is large: so many are waited for."""


class Moving:
    """``now`` gives real seconds that never fall. A stage stands that has had work for its limit and has committed nothing."""

    def __init__(self, events: Log, config: Config, now: Callable[[], float]) -> None:
        stalled = config.watchdog.stalled_seconds
        self._limits = {
            (TRIAGE, PAGES): stalled,
            (WATCHING, WATCH): stalled + SNAPSHOTS * config.watch.snapshot_seconds,
            (DELIVER, ALERTS): stalled,
        }
        self._log = events
        self._now = now
        self._seen: dict[tuple[str, int], tuple[int, float]] = {}

    async def look(self) -> bool:
        """Whether none stands, as far as it was seen since the first look. Not where the log itself does not answer."""
        try:
            return not [group for group, topic in self._limits if await self._stands(group, topic)]
        except RetryableError as error:
            log.warning("не узнать, все ли стадии движутся: %s", error)
            return False

    async def _stands(self, group: str, topic: str) -> bool:
        now, longest = self._now(), 0.0
        for partition in range(self._log.layout.partitions[topic]):
            first, end = await self._log.bounds(topic, partition)
            committed = await self._log.committed(group, topic, partition)
            done = first if committed is None else committed
            before, since = self._seen.get((topic, partition), (-1, now))
            if done != before or done >= end:
                since = now
            self._seen[topic, partition] = done, since
            longest = max(longest, now - since)
        return longest > self._limits[group, topic]
