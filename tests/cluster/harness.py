"""A cluster of real processes over a real Kafka: started, killed, stopped, started again."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.cluster.settings import open_log
from monitor.config import Config, load
from monitor.log.base import PAGES, WATCH, Append
from monitor.log.kafka.log import KafkaLog
from monitor.model.watch import Tick, encode_record
from monitor.runtime.keys import KEY_BYTES
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watch_runner import GROUP as WATCHERS
from sinks.clickhouse.connect import Target
from tests.cluster.child import Order
from tests.cluster.country import PARTITIONS
from tests.crash.region import HOUR

ROOT = Path(__file__).parents[2]
SESSION = 6.0
"""The shortest session that Kafka's defaults allow."""
PATIENCE = 600.0
"""Seconds for what a quiet machine does in ten: where many want the processor each of the cluster waits for minutes. A process that
has ended is noticed at once, and one that stands still ends by its watchdog."""

SETTINGS = """\
[nabat]
data = "{folder}"
[log]
partitions = {partitions}
watch_partitions = {partitions}
# The records are of the simulated time, and the broker drops by it.
pages_hours = 87600
watch_hours = 87600
outgoing_hours = 87600
[kafka]
servers = "{broker}"
prefix = "{prefix}"
replication_factor = 1
min_insync_replicas = 1
session_seconds = {session}
[clickhouse]
url = "{url}"
database = "{database}"
user = "{user}"
password = "{password}"
text_days = 3650
dead_letter_days = 3650
[crawl]
queue_pages = {queue}
[triage]
batch = {batch}
[watch]
batch = {batch}
tick_seconds = 0.5
snapshot_seconds = 2.0
[privacy]
author_key_file = "{folder}/key"
dead_letter_key_file = "{folder}/key"
[watchdog]
stalled_seconds = 60.0
[console]
port = 0
[metrics]
port = 0
"""


@dataclass(slots=True)
class Member:
    """A process of the cluster; ``log`` is what it wrote."""

    role: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @property
    def lives(self) -> bool:
        return self.process.poll() is None


class Cluster:
    """Processes that share a broker and a store, in ``folder``. Use as an async context: what still runs at its end is killed."""

    def __init__(
        self, folder: Path, broker: str, target: Target, order: Order, *, prefix: str = "nabat", batch: int = 20, queue: int = 20
    ) -> None:
        self.members: list[Member] = []
        self.folder = folder
        self.order = order
        self._settings = folder / "nabat.toml"
        self._numbers = 0
        (folder / "key").write_text(secrets.token_bytes(KEY_BYTES).hex())
        self._settings.write_text(
            SETTINGS.format(
                folder=folder,
                partitions=PARTITIONS,
                broker=broker,
                prefix=prefix,
                session=SESSION,
                url=target.url,
                database=target.database,
                user=target.user,
                password=target.password,
                batch=batch,
                queue=queue,
            )
        )
        self.config: Config = load(self._settings, {})
        self.log: KafkaLog

    async def __aenter__(self) -> Cluster:
        self.log = await open_log(self.config)
        return self

    async def __aexit__(self, *_: object) -> None:
        for member in self.members:
            if member.lives:
                member.kill()
        await self.log.close()

    def start(self, *role: str) -> Member:
        """A process of ``nabat ROLE``."""
        self._numbers += 1
        name = "-".join(role)
        path = self.folder / f"{name}-{self._numbers}.log"
        command = [sys.executable, "-m", "tests.cluster.child", self.order.argument(), *role, "--config", str(self._settings)]
        # So that it goes with the tests, however they end.
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig", "KILL", *command]
        with path.open("wb") as output:
            environment = {**os.environ, "PYTHONFAULTHANDLER": "1"}
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment)
        member = Member(name, process, path)
        self.members.append(member)
        return member

    def replace(self, member: Member) -> Member:
        """Another process of the same role."""
        self.members.remove(member)
        return self.start(*member.role.split("-"))

    def tend(self) -> list[Member]:
        """Starts those that ended by themselves again, as a supervisor does; returns them."""
        ended = [member for member in self.members if not member.lives]
        for member in ended:
            self.replace(member)
        return ended

    async def up(self, patience: float = PATIENCE) -> None:
        """Returns when all have begun their work: until then a signal to stop is the end of any process."""
        deadline = time.monotonic() + patience
        while not all("Метрики:" in member.log.read_text(errors="replace") for member in self.members):
            if time.monotonic() > deadline:
                raise AssertionError(f"not up after {patience:.0f} s\n{self.tails()}")
            await asyncio.sleep(0.1)

    async def until(self, group: str, topic: str, share: float, patience: float = PATIENCE) -> None:
        """Returns when the group has committed ``share`` of what is in the topic now."""
        ends = [(await self.log.bounds(topic, number))[1] for number in range(PARTITIONS)]
        wanted = int(sum(ends) * share)
        deadline = time.monotonic() + patience
        while True:
            done = [await self.log.committed(group, topic, number) or 0 for number in range(PARTITIONS)]
            if sum(map(min, done, ends)) >= wanted:
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"{group} has done {done} of {ends} after {patience:.0f} s\n{self.tails()}")
            # One that was told to end has nothing to do with it.
            if ended := [member for member in self.members if not member.lives and member.process.returncode != 0]:
                raise AssertionError(f"{[member.role for member in ended]} ended\n{self.tails()}")
            await asyncio.sleep(0.1)

    async def crawled(self, share: float, patience: float = PATIENCE) -> None:
        """Returns when so much of the sources' time has been read."""
        country, deadline = self.order.country(), time.monotonic() + patience
        while country.told(await self.log.cursors()) < share:
            if time.monotonic() > deadline:
                raise AssertionError(f"not crawled after {patience:.0f} s\n{self.tails()}")
            await asyncio.sleep(0.1)

    async def drained(self, patience: float = PATIENCE) -> None:
        """Returns when triage and then watch have done all that there is, after a last tick that closes everything."""
        await self.until(TRIAGE, PAGES, 1.0, patience)
        await self.finish()
        await self.until(WATCHERS, WATCH, 1.0, patience)

    async def finish(self) -> None:
        """Lets so much time pass in watch that everything closes."""
        late = self.order.country().end + 3 * HOUR
        ticks = [Append(WATCH, number, "tick", encode_record(Tick(late)), late) for number in range(PARTITIONS)]
        await self.log.append(ticks)

    async def stop(self, patience: float = PATIENCE) -> dict[str, tuple[int, float]]:
        """SIGTERM to all, to the crawlers first, since watch has to take what they tell of sources to the end; exit code and seconds
        by process.
        """
        crawlers = [member for member in self.members if member.role.startswith("crawl")]
        ended = await self._end(crawlers, patience)
        await self.until(TRIAGE, PAGES, 1.0, patience)
        await self.until(WATCHERS, WATCH, 1.0, patience)
        return ended | await self._end([member for member in self.members if member not in crawlers], patience)

    async def _end(self, members: Sequence[Member], patience: float) -> dict[str, tuple[int, float]]:
        began = time.monotonic()
        for member in members:
            member.process.send_signal(signal.SIGTERM)
        ended: dict[str, tuple[int, float]] = {}
        while len(ended) < len(members) and time.monotonic() < began + patience:
            for member in members:
                if not member.lives and member.log.name not in ended:
                    ended[member.log.name] = (member.process.returncode, time.monotonic() - began)
            await asyncio.sleep(0.02)
        return ended

    def tails(self) -> str:
        """The end of what each process wrote."""
        return "\n".join(f"--- {member.log.name}\n{member.log.read_text(errors='replace')[-1500:]}" for member in self.members)
