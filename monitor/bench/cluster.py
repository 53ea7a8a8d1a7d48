"""Workers of a cluster as processes of their own, over a Kafka and a ClickHouse that are there; what they make goes at the end."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aiohttp import ClientSession
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from prometheus_client import CollectorRegistry

from monitor.bench.load import LiveLoad
from monitor.bench.system import crawler, say
from monitor.clock import SystemClock
from monitor.cluster.settings import kafka_settings, open_log, regions_of
from monitor.config import Config, load
from monitor.log.base import PAGES, WATCH, Log
from monitor.log.kafka.topics import administration, existing
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import NabatError
from monitor.runtime.board import Board
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health
from monitor.runtime.keys import KEY_BYTES
from monitor.runtime.store import Store, refused, retention_of, target_of
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watchdog import PERIOD
from sinks.clickhouse.connect import Clients
from sinks.clickhouse.migrations import migrate

LOOK = 0.25
ADDRESS = re.compile(r"http://\S+/metrics")
LAG = re.compile(r'nabat_lag_records\{partition="(\d+)",topic="watch"\} (\S+)')
STOP_SECONDS = 20.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cluster_config(
    file: Path | None,
    folder: Path,
    kafka: str,
    clickhouse: str,
    regions: Sequence[Path],
    partitions: int,
    replicas: int,
    settings: Mapping[str, str],
) -> tuple[Config, dict[str, str]]:
    """A configuration for throw-away topics and a throw-away database, and the environment that says the same to the workers.

    ``settings``: what else the benchmark says, as SECTION__KEY.
    """
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_bytes(KEY_BYTES).hex())
    name = f"nabat_bench_{os.getpid()}_{time.time_ns() // 1_000_000}"
    said = {
        "NABAT__DATA": str(folder),
        "NABAT__LOG_LEVEL": "WARNING",
        "LOG__PARTITIONS": str(partitions),
        "LOG__WATCH_PARTITIONS": str(partitions if len(regions) > 1 else 1),
        "KAFKA__SERVERS": kafka,
        "KAFKA__PREFIX": name,
        "KAFKA__REPLICATION_FACTOR": str(replicas),
        "KAFKA__MIN_INSYNC_REPLICAS": str(max(1, replicas - 1)),
        "CLICKHOUSE__URL": clickhouse,
        "CLICKHOUSE__DATABASE": name,
        "CLUSTER__REGIONS": ",".join(map(str, regions)),
        "PRIVACY__DEAD_LETTER_KEY_FILE": str(key),
        "METRICS__PORT": "0",
        **settings,
    }
    environment = {**os.environ, **{f"NABAT_{name}": value for name, value in said.items()}}
    return load(file, environment), environment


class Workers:
    """``triage`` and ``watch`` are numbers of processes. ``environment`` is that of ``config``, ``file`` its file."""

    def __init__(self, config: Config, file: Path | None, environment: Mapping[str, str], triage: int, watch: int) -> None:
        self.what = f"кластер: Kafka, ClickHouse, рабочих процессов разбора {triage}, наблюдения {watch}"
        self.log: Log
        self._config = config
        self._folder = config.nabat.data
        self._arguments = ["--config", str(file)] if file else []
        self._environment = dict(environment)
        self._roles = ["triage"] * triage + ["watch"] * watch
        self._processes: list[tuple[str, subprocess.Popen[bytes], Path]] = []
        self._sources = [source for profile in regions_of(config) for source in profile.sources.values()]
        self._store = Store(config, Metrics(CollectorRegistry()))

    async def open(self) -> None:
        await asyncio.to_thread(self._migrate)
        self.log = await open_log(self._config)
        self._reader = self._store.reader()

    async def start(self) -> None:
        for number, role in enumerate(self._roles):
            self._begin(number, role)
        # What a start costs is no part of what a post costs.
        while not all(ADDRESS.search(path.read_text(errors="replace")) for _, _, path in self._processes):
            self._alive()
            await asyncio.sleep(LOOK)

    def _begin(self, number: int, role: str) -> None:
        path = self._folder / f"{role}-{number}.log"
        command = [sys.executable, "-m", "monitor.cli.main", "worker", role, *self._arguments]
        # So that it goes with the benchmark, however that ends.
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig", "TERM", *command]
        with path.open("wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self._environment)
        self._processes.append((role, process, path))

    def crawler(self, load: LiveLoad) -> Crawler:
        health = Health(self._sources, self._store.writer(), Metrics(CollectorRegistry()), SystemClock())
        return crawler(self._config, self._sources, load, self.log, Board(), health)

    async def rest(self) -> None:
        """Triage has committed all pages, and then two looks of the watchdogs have found watch with nothing to do.

        The commits of watch would tell it too, but only after its snapshots.
        """
        for number in range(self.log.layout.partitions[PAGES]):
            _, end = await self.log.bounds(PAGES, number)
            while (await self.log.committed(TRIAGE, PAGES, number) or 0) < end:
                self._alive()
                await asyncio.sleep(LOOK)
        quiet = 0
        async with ClientSession() as session:
            while quiet < 2:
                self._alive()
                await asyncio.sleep(PERIOD + LOOK)
                quiet = quiet + 1 if await self._idle(session) else 0

    async def _idle(self, session: ClientSession) -> bool:
        lags: dict[str, float] = {}
        for role, _, path in self._processes:
            if role == "watch" and (address := ADDRESS.search(path.read_text(errors="replace"))):
                async with session.get(address[0]) as response:
                    lags |= {number: float(lag) for number, lag in LAG.findall(await response.text())}
        return len(lags) == self.log.layout.partitions[WATCH] and not any(lags.values())

    async def stored(self) -> int:
        rows = await self._reader.query("SELECT count() AS n FROM current_posts")
        return int(rows[0]["n"])

    def processor(self) -> dict[str, float]:
        times = os.times()
        found = {"crawl": times.user + times.system}
        for role, process, _ in self._processes:
            # After the name, which may hold anything, user and system time are fields 14 and 15 of proc(5).
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            found[role] = found.get(role, 0.0) + (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
        return found

    async def stop(self) -> None:
        for _, process, _ in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for _, process, _ in self._processes:
            try:
                await asyncio.to_thread(process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        if hasattr(self, "log"):
            await self.log.close()
        await self._store.close(1.0)
        # What can't be cleared away is told: it must not hide why the run has ended.
        for what, forget in (("темы Kafka", self._forget_topics), ("база ClickHouse", self._forget_database)):
            try:
                await forget()
            except NabatError as error:
                say(f"осталось неубранным: {what} {self._config.kafka.prefix}: {error}")

    def _alive(self) -> None:
        for role, process, path in self._processes:
            if process.poll() is not None:
                tail = path.read_text(errors="replace")[-1000:]
                raise NabatError(f"рабочий процесс {role} завершился с кодом {process.returncode}:\n{tail}")

    def _migrate(self) -> None:
        self._schema(lambda client: migrate(client, self._config.clickhouse.database, retention_of(self._config)))

    def _schema(self, do: Callable[[Client], object]) -> None:
        """Raises NabatError where ClickHouse does not answer or refuses."""
        target = target_of(self._config)
        clients = Clients(target, database=False)
        try:
            do(clients.get())
        except (ClickHouseError, OSError) as error:
            raise refused(target, error) from error
        finally:
            clients.close()

    async def _forget_topics(self) -> None:
        settings = kafka_settings(self._config)
        async with administration(settings) as admin:
            await admin.delete_topics([settings.topic(name) for name in await existing(admin, settings)])

    async def _forget_database(self) -> None:
        command = f"DROP DATABASE IF EXISTS {self._config.clickhouse.database}"
        await asyncio.to_thread(self._schema, lambda client: client.command(command))
