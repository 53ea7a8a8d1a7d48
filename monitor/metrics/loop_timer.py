"""Where the time of a stage's loop goes."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import Counter

from monitor.metrics.labels import Bucket, Labelled, Stage


class LoopTimer:
    """Attributes all time to buckets: at any moment the loop is in exactly one, so that they add up to the wall time.

    One timer belongs to one loop (a partition of a stage); it begins in ``wait``. ``clock`` gives seconds that never fall.
    """

    def __init__(
        self, seconds: Labelled[Counter, tuple[Stage, Bucket]], stage: Stage, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._stage = stage
        self._clock = clock
        self._bucket: Bucket = "wait"
        self._since = clock()

    def enter(self, bucket: Bucket) -> Bucket:
        """Goes on in a bucket and returns the one that the loop was in. Entering the same one brings its counter up to date."""
        now = self._clock()
        left = self._bucket
        self._seconds[self._stage, left].inc(now - self._since)
        self._bucket, self._since = bucket, now
        return left
