"""The spike detector's cost: events counted into buckets, all series of a region closed in one tick, the memory of one series."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from detectors.spikes import Spikes
from detectors.spikes.settings import HOUR, SpikeSettings
from monitor.watch.counts import Counts

_SEED = 7
_LEAST, _MOST = 0.01, 2.0
"""Posts a bucket, spread evenly by logarithm: from a village's street lights to a city's heating."""


def measure(series: int, ticks: int) -> dict[str, Any]:
    """CPU seconds of a tick that closes a bucket of ``series`` series: least, median, and greatest (an hour is learned in it); and
    events counted in a second of CPU, each into one series, by an author of its own.
    """
    random = np.random.default_rng(_SEED)
    rates = np.exp(random.uniform(math.log(_LEAST), math.log(_MOST), series))
    names = [f"territory-{index // 18}|group|{index % 18}" for index in range(series)]
    bucket = SpikeSettings().bucket_ms
    spikes = Spikes()
    days = 7
    table = random.poisson(rates * (HOUR / bucket), (days * 24, series))
    spikes.history(0, HOUR, {name: table[:, index].tolist() for index, name in enumerate(names)})
    took = []
    events, counted_s = 0, 0.0
    for tick in range(ticks):
        drawn = np.asarray(random.poisson(rates))
        where = random.permutation(np.repeat(np.arange(series), drawn)).tolist()
        written = [((names[index],), f"author-{number}") for number, index in enumerate(where)]
        start = days * 24 * HOUR + tick * bucket
        counted = Counts(bucket)
        began = time.process_time()
        for told, author in written:
            counted.add(start, told, author)
        counted_s += time.process_time() - began
        events += len(written)
        counts = {name: (cell.posts, len(cell.authors)) for name, cell in counted.cells(start).items()}
        began = time.process_time()
        spikes.close(start, True, counts)
        took.append(time.process_time() - began)
    return {
        "series": series,
        "ticks": ticks,
        "events": events,
        "counted_per_s": round(events / max(counted_s, 1e-9)),
        "least_s": round(min(took), 4),
        "median_s": round(float(np.median(took)), 4),
        "greatest_s": round(max(took), 4),
        "bytes_a_series": spikes.bytes_each(),
    }
