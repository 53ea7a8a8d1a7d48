"""Recorded logs in, exact alerts out, also when watch begins anew from a snapshot in between (see golden/record.py)."""

import pytest

from tests.detectors.spikes.golden import days, record


@pytest.mark.parametrize("name", ["main", "snow", "blackout", "quiet"])
def test_the_alerts_are_those_that_were_reviewed(name: str) -> None:
    expected = (days.FOLDER / f"{name}.alerts").read_text(encoding="utf-8").splitlines()
    assert days.told(name) == expected
    assert days.told(name, 37) == expected


def test_the_logs_are_as_they_are_drawn() -> None:
    assert record.draw("main") == (days.FOLDER / "main.log").read_text(encoding="utf-8")
