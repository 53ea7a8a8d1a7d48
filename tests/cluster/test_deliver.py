"""The deliver role on a real Kafka: each alert is told once; after kill -9 in the middle it comes again under the same id."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
from collections import deque
from pathlib import Path

from monitor.clock import SystemClock
from monitor.log.base import ALERTS, Append, partition_of
from monitor.log.kafka.log import KafkaLog
from monitor.runtime.deliver_runner import GROUP
from sinks.clickhouse.connect import Target
from tests.cluster.child import Order
from tests.cluster.harness import ROOT, Cluster
from tests.fakes.delivery.receivers import Got, Receivers
from tests.kafka.broker import Broker
from tests.monitor.deliver.alerts import NOW, alert, event

SECRET = bytes(range(24))
PATIENCE = 120.0


class Worker:
    """``nabat worker deliver`` as a supervisor starts it."""

    def __init__(self, settings: Path, output: Path) -> None:
        self._command = [sys.executable, "-m", "monitor.cli.main", "worker", "deliver", "--config", str(settings)]
        self._output = output
        self.process = self._start()

    def replace(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = self._start()

    def said(self) -> str:
        return self._output.read_text()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._output.open("ab") as output:
            return subprocess.Popen(self._command, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL)


async def tell(log: KafkaLog, number: int) -> None:
    row = alert(number)
    partition = partition_of(row.id, log.layout.partitions[ALERTS])
    await log.append([Append(ALERTS, partition, row.id, event(row), NOW)])


async def taken_up(log: KafkaLog, worker: Worker) -> None:
    """Returns when the worker has begun with every partition."""
    async with asyncio.timeout(PATIENCE):
        while any([await log.committed(GROUP, ALERTS, one) is None for one in range(log.layout.partitions[ALERTS])]):
            assert worker.process.poll() is None, worker.said()
            await asyncio.sleep(0.1)


async def test_told_once_and_again_after_a_kill(kafka: Broker, stores: tuple[Target, Target], tmp_path: Path) -> None:
    receivers = Receivers(SystemClock().now, [SECRET])
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    async with receivers.running(), Cluster(tmp_path, kafka.address, stores[0], Order(1), prefix="cluster-deliver") as cluster:
        (tmp_path / "to.toml").write_text(
            f'[[destination]]\nname = "system"\nchannel = "webhook"\naddress = "{receivers.url}/hook"\nsecrets = ["{secret}"]\n'
        )
        settings, output = tmp_path / "deliver.toml", tmp_path / "deliver.log"
        more = '[cluster]\nregions = "samara"\n[networks]\nallow_private = "127.0.0.0/8"\n[deliver]\ndestinations_file = "to.toml"\n'
        settings.write_text((tmp_path / "nabat.toml").read_text() + more)
        worker = Worker(settings, output)
        try:
            await taken_up(cluster.log, worker)
            await tell(cluster.log, 1)
            await arrived(receivers, 1)
            # The second one is on its way when the worker dies.
            receivers.faults["/hook"] = deque(["hang"])
            await tell(cluster.log, 2)
            async with asyncio.timeout(PATIENCE):
                while len(receivers.asked) < 2:
                    assert worker.process.poll() is None, worker.said()
                    await asyncio.sleep(0.05)
            worker.replace()
            await tell(cluster.log, 3)
            got = await arrived(receivers, 3)
        finally:
            worker.process.kill()
            worker.process.wait()
    said = [(one.headers["webhook-id"], one.headers["nabat-repeat"]) for one in got]
    assert len({name for name, _ in said}) == 3
    assert sorted(repeat for _, repeat in said) == ["false", "false", "true"]
    repeated = next(one for one in got if one.headers["nabat-repeat"] == "true")
    assert "ул. Мира, 2" in repeated.text


async def arrived(receivers: Receivers, count: int) -> list[Got]:
    async with asyncio.timeout(PATIENCE):
        while len(receivers.got) < count:
            receivers.news.clear()
            await receivers.news.wait()
    return receivers.got
