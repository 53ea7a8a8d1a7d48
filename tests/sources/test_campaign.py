"""A slice of ``make campaign-sources``: what reaches the store is what the networks hold, whatever fails and whoever dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.trouble import run


@pytest.mark.parametrize("seed", [7000, 7001])
def test_what_reaches_the_store_is_what_the_networks_hold(tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    outcome = run(seed, tmp_path)
    assert outcome.differs == []
    assert outcome.kills > 3
    assert outcome.posts > 50
    assert sum(outcome.faults.values()) > 20
    assert outcome.batches == 0 if seed % 2 == 0 else outcome.batches > 20
    assert outcome.looked.keys() == {"files", "health", "logs", "metrics", "rows"}
