"""Hundreds of towns in trouble, a seed each: ``python -m tests.sources.campaign --runs 200 --seed 7``.

Exit code 1: something differs.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.sources.trouble import run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    logging.getLogger().setLevel(logging.INFO)
    began = time.monotonic()
    kills = requests = batches = posts = failures = 0
    faults: Counter[str] = Counter()
    for number in range(args.runs):
        seed = args.seed * 1000 + number
        with tempfile.TemporaryDirectory(prefix="nabat-sources-") as folder:
            outcome = run(seed, Path(folder))
        kills, requests, posts = kills + outcome.kills, requests + outcome.requests, posts + outcome.posts
        batches += outcome.batches
        faults += outcome.faults
        failures += bool(outcome.differs)
        for problem in outcome.differs:
            print(f"seed {seed}: {problem}", flush=True)
        if (number + 1) % 10 == 0:
            print(f"{number + 1} runs, {failures} differ, {kills} kills, {time.monotonic() - began:.0f} s", flush=True)
    said = ", ".join(f"{name} {count}" for name, count in sorted(faults.items()))
    print(f"{args.runs} runs from seed {args.seed}: {kills} kills, {requests} requests ({batches} of several walls)")
    print(f"{posts} posts at the ends, faults: {said}")
    print(f"{failures} of {args.runs} differ; {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
