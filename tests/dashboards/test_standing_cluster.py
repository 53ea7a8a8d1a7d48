"""The banner of a stage that stands still over the cluster's log: a real Kafka, where a dead worker takes its commits with it."""

from __future__ import annotations

from dashboards.console.standing import EVERY, LIMITS, Standing
from monitor.log.base import ALERTS, PAGES, WATCH, Append
from monitor.log.kafka.log import KafkaLog
from tests.dashboards.test_standing import STAGES, Steady, titles
from tests.kafka.broker import Broker
from tests.monitor.log.places import settings

PARTITIONS = {PAGES: 2, WATCH: 1, ALERTS: 1}


async def test_a_dead_worker_of_a_cluster_is_told_of_until_its_heir_goes_on(kafka: Broker) -> None:
    address = f"{kafka.address}/standing"
    log = await KafkaLog.open(settings(address), PARTITIONS)
    try:
        steady = Steady()
        standing = Standing(log, STAGES, steady)
        for partition in (0, 1):
            await log.append([Append(PAGES, partition, "key", b"{}", 0) for _ in range(3)])
            await log.commit("triage", PAGES, partition, 3)
        assert await titles(standing, steady, 1000) == []
        # One of two partitions has nobody any more.
        await log.append([Append(PAGES, 1, "key", b"{}", 0)])
        assert await titles(standing, steady, LIMITS[PAGES]) == []
        ((title, _),) = await titles(standing, steady, EVERY)
        assert title == "Разбор сообщений стоит"
    finally:
        await log.close()
    # The page's own process starts anew, and somebody else takes the partition.
    log = await KafkaLog.open(settings(address), PARTITIONS)
    try:
        standing = Standing(log, STAGES, steady)
        assert len(await titles(standing, steady, LIMITS[PAGES] + 2 * EVERY)) == 1
        await log.commit("triage", PAGES, 1, 4)
        assert await titles(standing, steady, 1000) == []
    finally:
        await log.close()
