"""Planned works in a cluster: whoever watches a region says what its file says, once, also after kill -9."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

from monitor.log.base import WATCH, partition_of
from monitor.log.kafka.log import KafkaLog
from monitor.model.watch import Tick, decode_record
from monitor.model.works import Works
from monitor.profile.load import profile_folder
from sinks.clickhouse.connect import Target
from tests.cluster.child import Order
from tests.cluster.harness import ROOT, Cluster
from tests.kafka.broker import Broker

PATIENCE = 120.0
WORKS = """
temperature = -12
temperature_at = 2026-01-12T03:00:00
[[work]]
name = "опрессовка"
group = "housing"
begins = 2026-01-12T09:00:00
ends = 2026-01-12T18:00:00
"""


async def said(log: KafkaLog, ticks: int, worker: subprocess.Popen[bytes]) -> list[Works]:
    """All works in the log of watch once it has ``ticks`` ticks."""
    partition = partition_of("samara", log.layout.partitions[WATCH])
    async with asyncio.timeout(PATIENCE):
        while True:
            assert worker.poll() is None
            first, end = await log.bounds(WATCH, partition)
            records = (
                [decode_record(one.value) for one in await log.read(WATCH, partition, first, end - first)] if end > first else []
            )
            if sum(isinstance(one, Tick) for one in records) >= ticks:
                return [one for one in records if isinstance(one, Works)]
            await asyncio.sleep(0.1)


async def test_works_are_said_once_and_again_when_they_change(kafka: Broker, stores: tuple[Target, Target], tmp_path: Path) -> None:
    async with Cluster(tmp_path, kafka.address, stores[0], Order(1), prefix="cluster-works") as cluster:
        region = tmp_path / "region"
        shutil.copytree(profile_folder("samara"), region)
        (region / "works.toml").write_text(WORKS)
        settings, output = tmp_path / "watch.toml", (tmp_path / "watch.log").open("ab")
        settings.write_text((tmp_path / "nabat.toml").read_text() + f'[cluster]\nregions = "{region}"\n')
        command = [sys.executable, "-m", "monitor.cli.main", "worker", "watch", "--config", str(settings)]

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL)

        worker = start()
        try:
            (works,) = await said(cluster.log, 4, worker)
            assert (works.temperature, works.works[0].name) == (-12, "опрессовка")
            worker.kill()
            worker.wait()
            (region / "works.toml").write_text(WORKS.replace("-12", "-25"))
            worker = start()
            count = 12
            while len(found := await said(cluster.log, count, worker)) < 2:
                count += 1
            assert [one.temperature for one in found] == [-12, -25]
            assert [one.temperature for one in await said(cluster.log, count + 4, worker)] == [-12, -25]
        finally:
            worker.kill()
            worker.wait()
            output.close()
