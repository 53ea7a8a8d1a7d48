"""The whole campaign: four regions, two processes of each role, and everything that can happen to them while they work.

``python -m tests.cluster.campaign --posts 200000 --seed 7``: prints what it did and what was seen; exit code 1 if anything differs.
``--keep DIR`` leaves what the processes wrote there.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from monitor.log.base import PAGES, WATCH
from monitor.model.errors import RetryableError
from monitor.runtime.held import HOLD
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watch_runner import GROUP as WATCHERS
from tests.cluster.child import Order
from tests.cluster.country import PARTITIONS
from tests.cluster.harness import SESSION, Cluster, Member
from tests.cluster.stores import Stores
from tests.cluster.verify import differences, repeats
from tests.kafka.broker import Broker

WORKERS = (("worker", "triage"), ("worker", "watch"))
KILLS = 10
HOURS = 6
PER_RATE = 34_000
"""Posts of one region in these six hours, from the afternoon to the night, for each post a second in the mean of its week."""
SAMPLE = 0.05

Event = tuple[str, Callable[[], Awaitable[str]]]


class Campaign:
    """What is done to a cluster, in an order drawn by the seed, and how long nothing came out of it."""

    def __init__(self, cluster: Cluster, broker: Broker, seed: int) -> None:
        self._cluster = cluster
        self._broker = broker
        self._chance = random.Random(seed)
        self._began = time.monotonic()
        self._restarts: list[str] = []
        self._progress = 0
        self._since = self._began
        self._longest = 0.0

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:7.1f} s  {text}", flush=True)

    async def run(self) -> list[tuple[int, float]]:
        """Everything, until all is worked off; returns how the processes ended."""
        cluster = self._cluster
        for role in (("crawl",), *WORKERS):
            for _ in range(2):
                cluster.start(*role)
        watching = asyncio.create_task(self._watch())
        events = self._events()
        for number, (name, event) in enumerate(events, 1):
            await self._crawled(number / (len(events) + 1))
            self._longest = 0.0
            self.say(f"{name}: {await event()}")
            await self._steady()
            self.say(f"{'':4}triage committed nothing for {self._longest:.1f} s (under load it commits every {HOLD:.0f} s)")
        await self._crawled(1.0)
        await self._drained()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return list((await cluster.stop()).values())

    def _events(self) -> list[Event]:
        drawn: list[Event] = [("kill -9", self._kill)] * KILLS
        drawn += [("SIGSTOP, SIGCONT", self._pause), ("broker restarts", self._broken), ("kill -9 of a crawler", self._kill_crawler)]
        drawn += [("a third worker", self._another)]
        self._chance.shuffle(drawn)
        return drawn

    def _one(self, *roles: str) -> Member:
        return self._chance.choice([member for member in self._cluster.members if member.role in roles and member.lives])

    async def _kill(self) -> str:
        member = self._one("worker-triage", "worker-watch")
        member.kill()
        self._cluster.replace(member)
        return member.log.stem

    async def _kill_crawler(self) -> str:
        member = self._one("crawl")
        member.kill()
        self._cluster.replace(member)
        return member.log.stem

    async def _pause(self) -> str:
        member = self._one("worker-triage", "worker-watch")
        member.pause()
        await asyncio.sleep(SESSION * 2)
        member.resume()
        return f"{member.log.stem}, {SESSION * 2:.0f} s"

    async def _broken(self) -> str:
        await asyncio.to_thread(self._broker.stop)
        await asyncio.sleep(2)
        await asyncio.to_thread(self._broker.start)
        return "2 s away"

    async def _another(self) -> str:
        return self._cluster.start("worker", "triage").log.stem

    async def _watch(self) -> None:
        """Supervises: what ends is started again, and the time between two commits of triage is taken."""
        while True:
            for member in self._cluster.tend():
                last = member.log.read_text(errors="replace").strip().splitlines()[-1:]
                self.say(f"{'':4}{member.log.stem} ended with {member.process.returncode}: {''.join(last)[:150]}")
            try:
                done = await self._done(TRIAGE, PAGES)
            except RetryableError:
                continue
            now = time.monotonic()
            self._longest = max(self._longest, now - self._since)
            if done != self._progress:
                self._progress, self._since = done, now
            await asyncio.sleep(SAMPLE)

    async def _done(self, group: str, topic: str) -> int:
        return sum([await self._cluster.log.committed(group, topic, number) or 0 for number in range(PARTITIONS)])

    async def _crawled(self, share: float) -> None:
        country = self._cluster.order.country()
        while country.told(await self._cluster.log.cursors()) < share:  # noqa: ASYNC110 (cursors tell nobody)
            await asyncio.sleep(SAMPLE)

    async def _steady(self) -> None:
        """Long enough for whoever is dead to be taken for dead, and for the others to go on."""
        await asyncio.sleep(SESSION + 2)

    async def _drained(self) -> None:
        await self._cluster.finish()
        for group, topic in ((TRIAGE, PAGES), (WATCHERS, WATCH)):
            ends = sum([(await self._cluster.log.bounds(topic, number))[1] for number in range(PARTITIONS)])
            while await self._done(group, topic) < ends:  # noqa: ASYNC110 (nor do commits)
                await asyncio.sleep(SAMPLE)
            self.say(f"{group} has committed all {ends} records of {topic}")


async def campaign(root: Path, posts: int, seed: int) -> int:
    order = Order(seed, posts_per_second=posts / 4 / PER_RATE, communities=30, hours=HOURS, rules=True)
    expected = len(order.country().posts())
    print(f"{expected} posts of 4 regions in {PARTITIONS} partitions, two processes of each role, seed {seed}", flush=True)
    broker, stores = Broker(root / "kafka"), Stores(root / "store")
    try:
        broker.start()
        (root / "cluster").mkdir()
        async with Cluster(root / "cluster", broker.address, stores.target, order, batch=100, queue=50) as cluster:
            one = Campaign(cluster, broker, seed)
            ended = await one.run()
            one.say(f"stopped: exit codes {sorted({code for code, _ in ended})}, the slowest in {max(s for _, s in ended):.1f} s")
            found = await differences(cluster, stores.target, stores.fresh)
            found += [f"a process ended with {code} when it was stopped" for code, _ in ended if code]
            one.say(f"{await repeats(cluster.log)} findings came twice and were passed over")
    finally:
        broker.stop()
        stores.close()
    for problem in found:
        print(f"    {problem}")
    print("the cluster differs" if found else "every post once, every appeal in the watch log, watch equal to an undisturbed one")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000, help="about so many")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="folder for all that the processes leave")
    args = parser.parse_args()
    root = args.keep or Path(tempfile.mkdtemp(prefix="nabat-cluster-"))
    root.mkdir(exist_ok=True)
    try:
        return asyncio.run(campaign(root, args.posts, args.seed))
    finally:
        if args.keep is None:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
