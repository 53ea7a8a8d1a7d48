"""The embedded store after a crash: rows that were cut off in the middle of their insert can be brought again."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import CollectorRegistry

from monitor.config import Config
from monitor.metrics.catalogue import Metrics
from monitor.runtime.store import Store
from sinks.clickhouse.connect import Clients, Target
from tests.sinks.examples import post


async def test_rows_whose_insert_was_cut_come_again(empty_clickhouse: Target) -> None:
    """The engine notes an insert's token first. Killed before the rows are there, it must not take them for known ones."""
    default = Config()
    config = replace(default, clickhouse=replace(default.clickhouse, text_days=36_500))
    store = Store(config, Metrics(CollectorRegistry()), empty_clickhouse)
    await store.open()
    rows = [post(number) for number in range(5)]
    await store.writer().write(rows)
    clients = Clients(empty_clickhouse)
    clients.get().command("DELETE FROM posts WHERE true")
    await store.writer().write(rows)
    assert clients.get().command("SELECT count() FROM current_posts") == len(rows)
    clients.close()
    await store.close()
