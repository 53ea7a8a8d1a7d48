"""A slice of ``make campaign-tension``: two territories, five weeks."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.tension import campaign, table
from tests.benchmarks.tension.campaign import compare
from tests.benchmarks.tension.world import WEEK, make


def test_at_equal_false_alerts_ours_finds_more_than_the_rules_of_the_trade() -> None:
    world = make(3, territories=2, weeks=5, problems=40)
    found = {name: lines[0] for name, lines in compare(world, (10.0,)).items()}
    mine = found.pop("nabat")
    assert mine.false <= 10.0
    assert found.pop("best possible").large >= mine.large
    found.pop("best possible, soon"), found.pop("oracle")
    assert mine.large >= max(other.large for other in found.values())


def test_lines_count_what_they_say() -> None:
    world = make(4, territories=1, weeks=5, problems=0)
    quiet = np.zeros(world.counts.shape, np.float32)
    assert table.line(world, quiet, 1.0, 3 * WEEK).false == 0.0
    one = quiet.copy()
    where = int(np.nonzero(~world.weather.any(axis=0))[0][0])
    one[[3 * WEEK + 5, 3 * WEEK + 9], where] = 2.0
    assert table.line(world, one, 1.0, 3 * WEEK).false == 1000.0 / (14 * 18)


def test_a_stopped_campaign_measures_no_seed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def measured(world: object, rates: tuple[float, ...]) -> dict[str, list[table.Line]]:
        asked.append(rates)
        return {"oracle": [table.Line(1.0, 0.5, 0, 0.1, [0.5], [5.0, math.inf], [5.0])]}

    monkeypatch.setattr(campaign, "compare", measured)
    first = campaign.kept(tmp_path / "keep", 5, (1, 5, 0), (1.0,))
    assert campaign.kept(tmp_path / "keep", 5, (1, 5, 0), (1.0,)) == first
    assert len(asked) == 1
    # Other arguments, another measurement.
    campaign.kept(tmp_path / "keep", 5, (1, 5, 0), (2.0,))
    assert asked == [(1.0,), (2.0,)]
