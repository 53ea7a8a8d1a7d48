"""A slice of ``make campaign-http``: real time and HTTP, limits as the networks count them, a kill; the store equals theirs."""

from __future__ import annotations

from pathlib import Path

from tests.sources.http_campaign import run

PATIENCE = 240.0
"""Seconds after which something that never comes is a failure; nothing is judged by how long it took."""


async def test_the_store_equals_what_the_networks_show(tmp_path: Path) -> None:
    places = {"vk": 3, "ok": 1, "tg": 2, "bot": 1, "max": 1, "rss": 1}
    outcome = await run(tmp_path, seconds=6, patience=PATIENCE, places=places, pace=10.0, wait=1.0, poll=2.0, kills=1)
    assert outcome.differs == []
    assert outcome.happened >= 40
    assert outcome.posts > 20
    assert min(outcome.asked.values()) > 0
    assert outcome.kills == 1
    assert {"logs", "metrics", "files", "table posts", "table source_health", "table dead_letters"} <= outcome.looked.keys()
