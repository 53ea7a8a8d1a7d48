"""A slice of the campaign: two workers of each kind, one of each killed in the middle, and nothing shows it afterwards."""

from __future__ import annotations

from pathlib import Path

from monitor.log.base import PAGES, WATCH
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watch_runner import GROUP as WATCHERS
from sinks.clickhouse.connect import Target
from tests.cluster.child import Order, understood
from tests.cluster.harness import Cluster
from tests.cluster.verify import differences
from tests.kafka.broker import Broker


async def test_killed_workers_leave_no_trace(kafka: Broker, stores: tuple[Target, Target], tmp_path: Path) -> None:
    target, fresh = stores
    async with Cluster(tmp_path, kafka.address, target, Order(3), prefix="cluster-killed") as cluster:
        pages = list(cluster.order.country().pages())
        await cluster.log.append(pages[: len(pages) // 2])
        workers = [cluster.start("worker", stage) for stage in ("triage", "triage", "watch", "watch")]
        await cluster.until(TRIAGE, PAGES, 0.3)
        workers[0].kill()
        cluster.replace(workers[0])
        await cluster.until(WATCHERS, WATCH, 0.5)
        workers[2].kill()
        cluster.replace(workers[2])
        await cluster.log.append(pages[len(pages) // 2 :])
        await cluster.drained()
        ended = cluster.stop()
        assert {code for code, _ in ended.values()} == {0}, cluster.tails()
        with understood():
            found = await differences(cluster, target, fresh)
            assert found[:10] == []
