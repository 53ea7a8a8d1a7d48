"""``make campaign-tension``: our detector, the rules of the trade and an oracle at equal false alerts, in worlds of known truth."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tests.benchmarks.tension import scores, table
from tests.benchmarks.tension.world import WEEK, Array, World, make

DETECTORS: dict[str, Callable[[World], Array]] = {
    "oracle": scores.oracle,
    "nabat": scores.ours,
    "3 sigma, 14 days": scores.three_sigma,
    "last hour / twelve": scores.hour_against_twelve,
    "S-H-ESD": scores.seasonal_esd,
}
RATES = (0.3, 1.0, 3.0, 10.0, 30.0)
"""False alerts per 1,000 series-days at which all are compared."""


def compare(world: World, rates: tuple[float, ...] = RATES, quiet: int = 3) -> dict[str, list[table.Line]]:
    """Of each detector a line a rate."""
    found = {}
    for name, score in DETECTORS.items():
        scored = score(world)
        found[name] = [table.at_rate(world, scored, rate, quiet * WEEK) for rate in rates]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=101, help="seeds below 100 are for tuning")
    parser.add_argument("--territories", type=int, default=40)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--problems", type=int, default=240)
    args = parser.parse_args()
    world = make(args.seed, args.territories, args.weeks, args.problems)
    print(f"seed {args.seed}: {world.counts.shape[1]} series, {args.weeks} weeks, {len(world.problems)} problems")
    sizes = "  ".join(f"x{least:g}-{most:g}".rjust(7) for least, most in table.SIZES)
    print(f"{'':20} {'threshold':>9} {'false/1000':>10}  {sizes}  {'x3 up':>7} {'delay, min':>10}")
    for name, lines in compare(world).items():
        for line in lines:
            recall = "  ".join(f"{share:7.1%}" for share in line.recall)
            print(f"{name:20} {line.threshold:9.1f} {line.false:10.2f}  {recall}  {line.large:7.1%} {line.delay:10.0f}", flush=True)


if __name__ == "__main__":
    main()
