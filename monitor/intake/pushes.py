"""What becomes of a push: checked and read by its network's inlet, put into the log, and only then answered."""

from __future__ import annotations

import logging
from collections import OrderedDict
from math import ceil
from typing import Final

from monitor.clock import Clock
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import PushOutcome
from monitor.model.errors import RetryableError
from monitor.runtime.appending import Appender
from sources.wire import Inlet, Pushed, Taken

log = logging.getLogger(__name__)

BUSY_SECONDS: Final = 10
"""After which a sender may try again while too many pages are not worked off."""


class Pushes:
    """Answers for all inlets. Of the ``remember`` last events a repeat is answered and not taken again.

    Older repeats, and those after a restart, are taken: triage knows their posts.
    """

    def __init__(self, appender: Appender, metrics: Metrics, clock: Clock, remember: int) -> None:
        self._appender = appender
        self._metrics = metrics
        self._clock = clock
        self._remember = remember
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def answer(self, inlet: Inlet, request: Pushed) -> Taken:
        """The answer to the sender; one of success says that all that was taken is durable."""
        try:
            taken = await inlet.take(request, self._clock.now())
            if taken.status >= 400:
                return self._ended("refused", taken)
            event = (inlet.path, taken.event)
            if taken.event and event in self._seen:
                self._seen.move_to_end(event)
                return self._ended("repeated", taken)
            for source, _ in taken.fetched:
                if not await self._appender.room(source, 0.0):
                    return self._ended("delayed", _later(BUSY_SECONDS))
            if taken.fetched:
                await self._appender.push(taken.fetched)
        except RetryableError as error:
            log.warning("присланное сетью %s сейчас не принять: %s", inlet.network, error)
            return self._ended("delayed", _later(error.retry_after))
        except Exception:
            # A bug met by one push: it is sent again, and the others are answered.
            log.exception("присланное сетью %s принять не удалось", inlet.network)
            return self._ended("failed", Taken(500, "ошибка в программе"))
        if taken.event:
            self._seen[event] = None
            if len(self._seen) > self._remember:
                self._seen.popitem(last=False)
        return self._ended("taken", taken)

    def _ended(self, outcome: PushOutcome, taken: Taken) -> Taken:
        self._metrics.pushes[outcome].inc()
        return taken


def _later(seconds: float) -> Taken:
    return Taken(503, "позже", {"Retry-After": str(max(1, ceil(seconds)))})
