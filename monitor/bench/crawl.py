"""``nabat bench crawl``: scheduler and budgets over a modelled week, beside uniform polling and an optimum that knows all rates.

The model is one region with VK's limits. Rates of communities are lognormal (sigma 1.5, cut at 2.5 sigma: measured on real
communities, see sources.simulated.sites), their hours are those of the simulated region, shifted by up to two hours each way, and
each hour of each community is busier or quieter than usual (sources.simulated.rhythm). The busiest fiftieth are critical, the
quietest four tenths rare. Nothing is known of them at the start. The requests go through the real budgets in virtual time, are on
their way for a while, and are counted by a limiter of the model's own when they arrive. A share of the posts are appeals, the same
everywhere: the ages of posts are theirs.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.bench.crawl_world import DAY, OFFSET, START, Times, World, make
from monitor.bench.virtual import VirtualClock, run
from monitor.model.errors import SourceUnavailable
from monitor.model.source import Source
from sources.budgets.budgets import Budgets
from sources.budgets.limits import SERVICE, VK
from sources.budgets.token import Token
from sources.schedule.habits import HOUR
from sources.schedule.lanes import Settings
from sources.schedule.plan import spread
from sources.schedule.schedule import Schedule

SHOWN: Final = 100
"""Posts of one answer of wall.get."""
PLAN_SECONDS: Final = 600.0
SLOTS: Final = 16
LATENCY: Final = (0.05, 0.6)
"""Seconds that a request is under way."""
METHOD: Final = "wall.get"


class Limiter:
    """What the network counts: arrivals of each token within any second, any 24 hours, and any calendar day of Moscow."""

    def __init__(self, rate: int, quota: int) -> None:
        self._rate = rate
        self._quota = quota
        self._arrivals: dict[str, list[float]] = defaultdict(list)

    def arrive(self, token: str, at: float) -> None:
        """``at``: seconds since START, in any order."""
        self._arrivals[token].append(at)

    def judge(self) -> dict[str, int]:
        """Requests, how many of them exceeded a limit, the most of a token in a second and in 24 hours."""
        exceeded, most_a_second, most_a_day = 0, 0, 0
        for arrivals in self._arrivals.values():
            times = np.sort(np.array(arrivals))
            second = np.arange(1, len(times) + 1) - np.searchsorted(times, times - 1.0 + 1e-9, side="right")
            day = np.arange(1, len(times) + 1) - np.searchsorted(times, times - 86_400.0, side="right")
            _, calendar = np.unique((times + START / 1000 + 3 * 3600) // 86_400, return_counts=True)
            most_a_second, most_a_day = max(most_a_second, int(second.max())), max(most_a_day, int(day.max()), int(calendar.max()))
            exceeded += int((second > self._rate).sum() + (day > self._quota).sum() + (calendar > self._quota).sum())
        requests = sum(map(len, self._arrivals.values()))
        return {"requests": requests, "exceeded": exceeded, "most_a_second": most_a_second, "most_a_day": most_a_day}


class Crawl:
    """The week as it is crawled: ages at which posts were seen (ms), the longest pause between two readings of each source."""

    def __init__(self, world: World, days: int, tokens: int, seed: int, settings: Settings) -> None:
        self.ages: list[Times] = []
        self.limiter = Limiter(VK.rate(SERVICE).count, VK.quotas[METHOD])
        self.longest = [0] * len(world.sources)
        self.readings = [0] * len(world.sources)
        self._world = world
        self._settings = settings
        self._days = days
        self._draw = np.random.default_rng(seed + 1)
        self._seen = [int(np.searchsorted(posts, START)) for posts in world.posts]
        self._read = [0] * len(world.sources)
        self._tokens = [Token("vk", SERVICE, f"t{number}", f"value-{number}") for number in range(tokens)]

    async def run(self) -> None:
        self._clock = clock = VirtualClock(START)
        budgets = Budgets(self._tokens, {"vk": VK}, clock)
        budgets.open(_Forgetful())
        await budgets.own([token.id for token in self._tokens])
        self._budget = budgets["vk"]
        sources = self._world.sources
        self._schedule = schedule = Schedule(sources, self._settings, lambda source: METHOD, lambda source: OFFSET, clock.now())
        end = START + self._days * DAY
        planned = clock.now()
        schedule.plan(planned, lambda lane: self._budget.allowance(lane.method))
        self._slots = asyncio.Semaphore(SLOTS)
        running: set[asyncio.Task[None]] = set()
        while clock.now() < end:
            if clock.now() >= planned + PLAN_SECONDS * 1000:
                planned = clock.now()
                schedule.plan(planned, lambda lane: self._budget.allowance(lane.method))
            await self._slots.acquire()
            source = schedule.take("vk", clock.now())
            if source is None:
                self._slots.release()
                wait = min(schedule.next("vk"), planned + int(PLAN_SECONDS * 1000)) - clock.now()
                await clock.sleep(max(0.001, wait / 1000))
                continue
            task = asyncio.create_task(self._one(source))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _one(self, source: Source) -> None:
        number = self._schedule.number[source.id]
        began = self._clock.now()
        try:
            booking = await self._budget.book(METHOD)
        except SourceUnavailable as error:
            self._schedule.failed(source, self._clock.now(), min(error.retry_after, 900.0))
            return
        finally:
            self._slots.release()
        takes = float(self._draw.uniform(*LATENCY))
        arrived = self._clock.steady() + takes / 2
        self.limiter.arrive(booking.name, arrived)
        shown = START + int(arrived * 1000)
        await self._clock.sleep(takes)
        await self._budget.tell(booking, METHOD, "ok")
        now = self._clock.now()
        posts, before = self._world.posts[number], self._seen[number]
        upto = int(np.searchsorted(posts, shown, side="right"))
        habits = self._schedule.habits
        last = self._read[number]
        if last:
            habits.observe(number, last, shown, posts[before:upto].tolist())
        else:
            habits.first(number, posts[max(0, upto - SHOWN) : upto].tolist(), shown)
        if upto > before:
            self.ages.append(now - posts[before:upto])
        self.longest[number] = max(self.longest[number], shown - (last or START))
        self._seen[number], self._read[number] = upto, shown
        self.readings[number] += 1
        self._schedule.read(source, began, now, wait=30.0)


class _Forgetful:
    """Records of nobody who will crash."""

    async def read(self, name: str) -> str:
        return ""

    async def write(self, values: object) -> None:
        """Kept nowhere."""


def evenly(world: World, often: NDArray[np.float64]) -> Times:
    """Ages of the run's posts if each source is read whenever its frequency (readings an hour by hour) adds up to one."""
    hours = often.shape[1]
    edges = START + np.arange(hours + 1, dtype=np.float64) * HOUR
    ages = []
    for number, posts in enumerate(world.posts):
        done = np.concatenate([[0.0], np.cumsum(often[number])])
        phase = (number * 0.6180339887) % 1
        turns = np.arange(-phase + 1, done[-1] + 2)
        reads = np.interp(turns, np.append(done, done[-1] + 2), np.append(edges, edges[-1] + 2 * HOUR / max(often[number, -1], 1e-9)))
        new = posts[(posts >= START) & (posts < edges[-1])]
        ages.append((reads[np.searchsorted(reads, new)] - new).astype(np.int64))
    return np.concatenate(ages)


def measure(communities: int = 1000, days: int = 7, tokens: int = 10, seed: int = 1, posts_a_day: float = 20_000.0) -> dict[str, Any]:
    """The figures of ``nabat bench crawl``; ages in seconds."""
    began = time.monotonic()
    world = make(communities, days, posts_a_day, seed)
    settings = Settings()
    crawl = Crawl(world, days, tokens, seed, settings)
    run(crawl.run)
    found = np.concatenate(crawl.ages)
    counted, hours = crawl.limiter.judge(), days * 24
    requests = counted["requests"]
    uniform = evenly(world, np.full((communities, hours), requests / communities / hours))
    ceilings = np.array([settings.ceilings[source.weight] for source in world.sources])
    urgent = np.array([source.weight == "critical" for source in world.sources])
    best = spread(world.rates, np.ones(hours), 3600 / ceilings, np.full(communities, 120.0), urgent, float(requests), 0.5)
    optimum = evenly(world, best.often)
    classes = {}
    for weight, ceiling in settings.ceilings.items():
        numbers = [number for number, source in enumerate(world.sources) if source.weight == weight]
        longest = [max(crawl.longest[number], START + days * DAY - crawl._read[number]) / 1000 for number in numbers]
        classes[weight] = {
            "sources": len(numbers),
            "ceiling": ceiling,
            "longest": round(max(longest, default=0.0), 1),
            "exceeded": sum(pause > ceiling for pause in longest),
            "readings": sum(crawl.readings[number] for number in numbers),
        }
    figures = {name: _ages(ages) for name, ages in (("nabat", found), ("uniform", uniform), ("optimum", optimum))}
    ratio = {name: round(figures["nabat"][name] / figures["uniform"][name], 3) for name in ("median", "p95", "mean")}
    return {
        "communities": communities,
        "days": days,
        "tokens": tokens,
        "seed": seed,
        "posts": len(found),
        **counted,
        "quota": tokens * VK.quotas[METHOD] * days,
        "ages": figures,
        "to_uniform": ratio,
        "to_optimum": round(figures["nabat"]["mean"] / figures["optimum"]["mean"], 3),
        "classes": classes,
        "starved": sum(readings == 0 for readings in crawl.readings),
        "seconds": round(time.monotonic() - began, 1),
    }


def _ages(ages: Times) -> dict[str, float]:
    seconds = ages / 1000
    median, late = np.percentile(seconds, [50, 95])
    return {"median": round(float(median), 1), "p95": round(float(late), 1), "mean": round(float(seconds.mean()), 1)}
