"""A slice of the campaign: two processes of each role, one of each killed in the middle, and nothing shows it afterwards."""

from __future__ import annotations

from pathlib import Path

from monitor.log.base import WATCH
from monitor.runtime.watch_runner import GROUP as WATCHERS
from sinks.clickhouse.connect import Target
from tests.cluster.child import Order
from tests.cluster.harness import Cluster
from tests.cluster.verify import differences
from tests.kafka.broker import Broker

ROLES = (("crawl",), ("worker", "triage"), ("worker", "watch"))


async def test_killed_workers_leave_no_trace(kafka: Broker, stores: tuple[Target, Target], tmp_path: Path) -> None:
    target, fresh = stores
    async with Cluster(tmp_path, kafka.address, target, Order(3), prefix="cluster-killed") as cluster:
        crawler, _, triage, _, watch, _ = [cluster.start(*role) for role in ROLES for _ in range(2)]
        await cluster.crawled(0.2)
        await cluster.until(WATCHERS, WATCH, 0.1)
        for member in (crawler, triage, watch):
            member.kill()
            cluster.replace(member)
        await cluster.crawled(1.0)
        await cluster.drained()
        await cluster.up()
        ended = await cluster.stop()
        assert {code for code, _ in ended.values()} == {0}, cluster.tails()
        assert await differences(cluster, target, fresh) == []
