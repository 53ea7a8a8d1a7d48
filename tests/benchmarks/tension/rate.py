"""The rate that people ask for against what they get, in worlds where nothing happens but chance."""

from __future__ import annotations

import argparse

from detectors.spikes import Spikes, SpikeSettings
from detectors.spikes.bank import Bank
from tests.benchmarks.tension.world import START, WEEK, Array, days_off, make

ASKED = (20.0, 5.0, 1.0)
ROOM = 1.25
"""The factor within which the rate holds."""


class Shared(Bank):
    """One bank for detectors that differ in the rate only: the first one judges a bucket, the others get the same answer."""

    _given: tuple[Array, Array]

    def step(self, start: int, posts: Array, authors: Array, complete: bool) -> tuple[Array, Array]:
        if start > self.last:
            self._given = super().step(start, posts, authors, complete)
        return self._given

    def grow(self, count: int) -> None:
        if not self.count:
            super().grow(count)


def alerts(seed: int, asked: tuple[float, ...] = ASKED, territories: int = 40, learn: int = 3, weeks: int = 5) -> list[int]:
    """Alerts that begin in so many weeks after those for learning, of each rate."""
    world = make(seed, territories, learn + weeks, problems=0, regimes=0)
    detectors = [Spikes(SpikeSettings(per_week=rate, holidays=days_off(world))) for rate in asked]
    shared = Shared(detectors[0]._plan)
    for spikes in detectors:
        spikes._bank = shared
    names = [f"{index}" for index in range(world.counts.shape[1])]
    for spikes in detectors:
        spikes.close(START - 300_000, False, dict.fromkeys(names, (0, 0)))
    going: list[set[str]] = [set() for _ in asked]
    begun = [0] * len(asked)
    for index, posts in enumerate(world.counts):
        named = {names[at]: (int(posts[at]), int(posts[at])) for at in posts.nonzero()[0]}
        for row, spikes in enumerate(detectors):
            judged = spikes.close(START + index * 300_000, bool(world.complete[index]), named)
            fired = {name for name, judgement in judged.items() if judgement.spike and name not in going[row]}
            going[row] = {name for name, judgement in judged.items() if judgement.active}
            if index >= learn * WEEK:
                begun[row] += len(fired)
    return begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1001, 1002], help="seeds below 100 are for tuning")
    parser.add_argument("--weeks", type=int, default=5, help="counted, after three to learn")
    args = parser.parse_args()
    total = [0] * len(ASKED)
    for seed in args.seeds:
        total = [have + more for have, more in zip(total, alerts(seed, weeks=args.weeks), strict=True)]
        print(f"seed {seed}: {total} so far", flush=True)
    for rate, got in zip(ASKED, total, strict=True):
        expected = rate * args.weeks * len(args.seeds)
        held = "held" if expected / ROOM <= got <= expected * ROOM else "NOT held"
        print(f"{rate:4g} a week: {expected:g} alerts asked for, {got} came, {got / expected:.2f}, asked within {ROOM}: {held}")


if __name__ == "__main__":
    main()
