"""The spike detector's cost: all series of a region closed in one tick, and the memory of one series."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from detectors.spikes import Spikes
from detectors.spikes.settings import HOUR, SpikeSettings

_SEED = 7
_LEAST, _MOST = 0.01, 2.0
"""Posts a bucket, spread evenly by logarithm: from a village's street lights to a city's heating."""


def measure(series: int, ticks: int) -> dict[str, Any]:
    """CPU seconds of a tick that closes a bucket of ``series`` series: least, median, and greatest (an hour is learned in it)."""
    random = np.random.default_rng(_SEED)
    rates = np.exp(random.uniform(math.log(_LEAST), math.log(_MOST), series))
    names = [f"territory-{index // 18}|group|{index % 18}" for index in range(series)]
    bucket = SpikeSettings().bucket_ms
    spikes = Spikes()
    days = 7
    table = random.poisson(rates * (HOUR / bucket), (days * 24, series))
    spikes.history(0, HOUR, {name: table[:, index].tolist() for index, name in enumerate(names)})
    took = []
    events = 0
    for tick in range(ticks):
        drawn = np.asarray(random.poisson(rates))
        counts = {names[index]: (int(drawn[index]), int(drawn[index])) for index in np.nonzero(drawn)[0]}
        events += int(drawn.sum())
        began = time.process_time()
        spikes.close(days * 24 * HOUR + tick * bucket, True, counts)
        took.append(time.process_time() - began)
    return {
        "series": series,
        "ticks": ticks,
        "events": events,
        "least_s": round(min(took), 4),
        "median_s": round(float(np.median(took)), 4),
        "greatest_s": round(max(took), 4),
        "bytes_a_series": spikes.bytes_each(),
    }
