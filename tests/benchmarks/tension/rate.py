"""The rate that people ask for against what they get, in worlds where nothing happens but chance."""

from __future__ import annotations

import numpy as np

from detectors.spikes import Spikes, SpikeSettings
from tests.benchmarks.tension.world import WEEK, make


def alerts(seed: int, per_week: float, territories: int = 40, learn: int = 3, weeks: int = 5) -> int:
    """Alerts that begin in so many weeks after those for learning."""
    world = make(seed, territories, learn + weeks, problems=0, regimes=0)
    spikes = Spikes(SpikeSettings(per_week=per_week))
    names = [f"{index}" for index in range(world.counts.shape[1])]
    spikes.close(-300_000, False, dict.fromkeys(names, (0, 0)))
    going: set[str] = set()
    begun = 0
    for index, posts in enumerate(world.counts):
        named = {names[at]: (int(posts[at]), int(posts[at])) for at in np.flatnonzero(posts)}
        judged = spikes.close(index * 300_000, bool(world.complete[index]), named)
        fired = {name for name, judgement in judged.items() if judgement.spike and name not in going}
        going = {name for name, judgement in judged.items() if judgement.active}
        if index >= learn * WEEK:
            begun += len(fired)
    return begun
