"""What watch is told of sources: a record when some of them come into trouble or out of it, and none for every reading."""

from __future__ import annotations

import logging
from typing import Final

from monitor.clock import Clock
from monitor.log.base import WATCH, Append, Log, partition_of
from monitor.metrics.labels import SourceState as State
from monitor.model.errors import RetryableError
from monitor.model.watch import SourceState, SourceStates, encode_record

log = logging.getLogger(__name__)

WELL: Final = frozenset({"ok", "empty", "new", "catching_up"})
"""To watch they are one state."""
ERROR: Final = 200
"""Characters of an error; with a thousand sources a record is far smaller than a log takes."""
SOURCES: Final = 500


class Telling:
    """Gathers changes and appends them, those of a region together. What the log does not take is appended later."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._told: dict[str, str] = {}
        self._waiting: dict[str, dict[str, SourceState]] = {}

    def note(self, region: str, source: str, state: State, error: str, at: int) -> None:
        """The source stands so at ``at`` (ms). The first time a process sees it, it is told also where it is well."""
        plain = "ok" if state in WELL else state
        if self._told.get(source) == plain:
            return
        self._told[source] = plain
        self._waiting.setdefault(region, {})[source] = SourceState(source, plain, at, error[:ERROR] if plain != "ok" else "")

    async def append(self) -> None:
        """Appends what has changed; of several changes of a source the last one."""
        now = self._clock.now()
        waiting, self._waiting = self._waiting, {}
        records = []
        for region, states in waiting.items():
            partition = partition_of(region, self._log.layout.partitions[WATCH])
            found = list(states.values())
            for start in range(0, len(found), SOURCES):
                record = SourceStates(region, now, found[start : start + SOURCES])
                records.append(Append(WATCH, partition, region, encode_record(record), now))
        if not records:
            return
        try:
            await self._log.append(records)
        except RetryableError as error:
            log.warning("о состоянии источников сейчас не сообщить: %s", error)
            for region, states in waiting.items():
                self._waiting[region] = states | self._waiting.get(region, {})
