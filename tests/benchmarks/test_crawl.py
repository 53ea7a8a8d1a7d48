"""A slice of ``nabat bench crawl``: the same promises over one day of a small region that is learnt from nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from monitor.bench.crawl import Limiter, evenly, measure
from monitor.bench.crawl_world import DAY, START, make
from monitor.cli import bench_tables


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return measure(communities=100, days=1, tokens=1, seed=3, posts_a_day=2000.0)


def test_no_limit_is_exceeded_and_most_of_it_is_used(figures: dict[str, Any]) -> None:
    assert figures["exceeded"] == 0
    assert figures["most_a_second"] <= 3
    assert 0.8 * figures["quota"] <= figures["requests"] <= figures["quota"]


def test_posts_are_seen_younger_than_by_uniform_polling(figures: dict[str, Any]) -> None:
    assert figures["to_uniform"]["median"] <= 0.6
    assert figures["to_uniform"]["p95"] <= 1.0
    assert 0.95 <= figures["to_optimum"] <= 1.3


def test_ceilings_hold_and_nobody_starves(figures: dict[str, Any]) -> None:
    assert figures["starved"] == 0
    for one in figures["classes"].values():
        assert one["exceeded"] == 0
        assert one["longest"] <= one["ceiling"]


def test_the_table_tells_it(figures: dict[str, Any]) -> None:
    table = bench_tables.crawl(figures)
    assert "сверх лимитов: 0" in table
    assert max(map(len, table.splitlines())) < 130


def test_the_same_seed_gives_the_same_figures() -> None:
    one, two, other = (measure(communities=10, days=1, tokens=1, seed=seed, posts_a_day=300.0) for seed in (5, 5, 6))
    for figures in (one, two, other):
        figures.pop("seconds")
        figures.pop("seed")
    assert one == two
    assert one != other


def test_the_models_own_limiter_counts() -> None:
    limiter = Limiter(3, 5)
    for at in (0.0, 0.1, 0.2, 0.9, 2.0):
        limiter.arrive("a", at)
    assert limiter.judge() == {"requests": 5, "exceeded": 1, "most_a_second": 4, "most_a_day": 5}
    limiter.arrive("a", 80_000.0)
    assert limiter.judge()["exceeded"] == 2


def test_uniform_polling_is_what_it_says() -> None:
    world = make(20, 1, 20_000.0, 1)
    ages = evenly(world, np.full((20, 24), 2.0))
    assert len(ages) == sum(int(((posts >= START) & (posts < START + DAY)).sum()) for posts in world.posts)
    assert ages.min() >= 0
    assert ages.max() <= 1_800_000
    assert ages.mean() == pytest.approx(900_000, rel=0.03)
