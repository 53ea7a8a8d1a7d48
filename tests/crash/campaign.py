"""The whole campaign: every point of failure at several passings, and many moments of chance. Prints a table and a verdict.

``python -m tests.crash.campaign --random 50 --seed 7``; exit code 1 if anything differs. ``--keep DIR`` leaves the folders there.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.runtime import faults
from sinks.clickhouse.connect import Target
from tests.crash.child import Order
from tests.crash.harness import CrashError, Kill, Moment, Result, copy, prepare, run
from tests.crash.verify import differences
from tests.fakes.databases import Databases

PASSINGS = (1, 2, 4)
RARE = {faults.SNAPSHOT: (1, 2), faults.WATCH_COMMIT: (1, 2)}
"""Passings that a run of two seconds reaches for certain."""
MOMENTS = 3
"""Moments of chance in one run."""


class Campaign:
    """Runs over one seed, in a folder."""

    def __init__(self, root: Path, seed: int) -> None:
        self._root = root
        self._seed = seed
        self._chance = random.Random(seed)
        self._databases = Databases(Target(path=str(root / "fresh")))
        self._prepared = prepare(root, seed)
        self.hits = 0
        self.failures = 0
        began = time.monotonic()
        self._references = {rules: self._undisturbed(rules) for rules in (False, True)}
        # A child that goes on from a crash has less to do than one of these two.
        self._life = (time.monotonic() - began) / 4

    def points(self) -> Iterator[tuple[str, Order, list[Kill]]]:
        for point in faults.POINTS:
            for passing in RARE.get(point, PASSINGS):
                name = f"{point}, passing {passing}"
                yield name, self._order(name, crawl=point == faults.PAGE_APPENDED), [(point, passing)]

    def moments(self, count: int) -> Iterator[tuple[str, Order, list[Kill]]]:
        """Until so many moments have hit; crawled and prepared pages, both classifiers by turns."""
        goal, number = self.hits + count, 0
        while self.hits < goal:
            number += 1
            kills: list[Kill] = [Moment(self._chance.uniform(0.0, self._life)) for _ in range(min(MOMENTS, goal - self.hits))]
            times = ", ".join(f"{kill.seconds:.2f}" for kill in kills if isinstance(kill, Moment))
            yield f"moments {times} s", self._order(f"moments {number}", crawl=number % 2 == 0, rules=number % 4 > 1), kills

    def check(self, name: str, order: Order, kills: list[Kill]) -> None:
        """One run and its line of the table."""
        began = time.monotonic()
        try:
            result, hit = run(order, kills)
            if missed := [kill for kill in kills if kill not in hit and not isinstance(kill, Moment)]:
                raise CrashError(f"never came to {missed}")
            found = self._differences(order, result)
        except CrashError as error:
            hit, found = [], [str(error)]
        self.hits += len(hit)
        self.failures += bool(found)
        pages, texts = "crawled" if order.crawl else "prepared", "rules" if order.rules else "steady"
        seconds = time.monotonic() - began
        print(f"{name:45} {pages:9} {texts:7} {len(hit):5} {seconds:8.1f}  {'DIFFERS' if found else 'equal'}")
        for problem in found:
            print(f"    {problem}")
        sys.stdout.flush()

    def close(self) -> None:
        self._databases.close()

    def _order(self, name: str, *, crawl: bool = False, rules: bool = False) -> Order:
        name = name.replace(", ", "-").replace(" ", "-")
        if not crawl:
            return Order(copy(self._prepared, name), self._seed, rules=rules)
        (self._root / name).mkdir()
        return Order(self._root / name, self._seed, crawl=True, rules=rules)

    def _undisturbed(self, rules: bool) -> Result:
        return run(self._order(f"undisturbed-{rules}", rules=rules))[0]

    def _differences(self, order: Order, result: Result) -> list[str]:
        fresh = self._databases.take()
        try:
            reference = None if order.crawl else self._references[order.rules]
            return asyncio.run(differences(order, result, fresh, reference))
        finally:
            self._databases.give_back(fresh)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=50, help="moments of chance that have to hit")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="folder for all that the runs leave")
    args = parser.parse_args()
    root = args.keep or Path(tempfile.mkdtemp(prefix="nabat-crash-"))
    began = time.monotonic()
    try:
        campaign = Campaign(root, args.seed)
        print(f"{'killed at':45} {'pages':9} {'texts':7} {'kills':>5} {'seconds':>8}  result")
        for name, order, kills in campaign.points():
            campaign.check(name, order, kills)
        for name, order, kills in campaign.moments(args.random):
            campaign.check(name, order, kills)
        campaign.close()
    finally:
        if args.keep is None:
            shutil.rmtree(root, ignore_errors=True)
    verdict = f"{campaign.failures} runs differ" if campaign.failures else "nothing lost, nothing twice, nothing different"
    print(f"{campaign.hits} kills, {time.monotonic() - began:.0f} s: {verdict}")
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
