"""A person is erased in a cluster: the command asks the log, the workers take it, and the store is emptied behind them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from monitor.log.base import PAGES, Append, partition_of
from monitor.model.codec import encode
from monitor.model.post import Page, Post
from sinks.clickhouse.connect import Clients, Target
from sources.masking import author_hash
from tests.cluster.child import Order
from tests.cluster.harness import ROOT, Cluster
from tests.kafka.broker import Broker

NIGHT = 1_770_001_200_000
PATIENCE = 300.0
WORD = "Василисин"


async def nabat(cluster: Cluster, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor.cli.main", *arguments, "--config", str(cluster.folder / "samara.toml"), cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def worker(folder: Path, role: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "monitor.cli.main", "worker", role, "--config", str(folder / "samara.toml")]
    with (folder / f"{role}.log").open("ab") as output:
        return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL)


def stored(target: Target) -> list[str]:
    """Texts and authors in all versions of posts."""
    clients = Clients(target)
    found = clients.get().query("SELECT text, author FROM posts UNION ALL SELECT text, '' FROM post_revisions").result_rows
    clients.close()
    return [value for row in found for value in row if value]


async def test_workers_take_it_from_the_log(kafka: Broker, stores: tuple[Target, Target], tmp_path: Path) -> None:
    async with Cluster(tmp_path, kafka.address, stores[0], Order(1), prefix="cluster-erasing") as cluster:
        (tmp_path / "samara.toml").write_text((tmp_path / "nabat.toml").read_text() + '[cluster]\nregions = "samara"\n')
        person, other = (author_hash(bytes.fromhex((tmp_path / "key").read_text()), "vk", number) for number in (11, 22))
        for number, source in enumerate(("vk:-1", "vk:-2", "vk:-3")):
            posts = [
                Post(f"{source}_1", f"Яма на дороге, улица Ленина {number}, {WORD} дом", NIGHT, author=person),
                Post(f"{source}_2", f"Яма на дороге, улица Мира {number}", NIGHT, author=other),
            ]
            page = encode(Page(source, "samara", "vk", NIGHT, NIGHT, posts=posts))
            partition = partition_of(source, cluster.log.layout.partitions[PAGES])
            await cluster.log.append([Append(PAGES, partition, source, page, NIGHT)])
        workers = [worker(tmp_path, role) for role in ("triage", "watch")]
        try:
            async with asyncio.timeout(PATIENCE):
                while len(stored(stores[0])) < 18:  # noqa: ASYNC110 (the store tells nobody)
                    await asyncio.sleep(0.5)
            code, out, err = await nabat(cluster, "people", "erase", "--author", "vk:11", "--yes")
            assert code == 0, err
            assert "сообщений 3," in out
            left = stored(stores[0])
            assert not any(WORD in value or value == person for value in left)
            assert sum(value == other for value in left) >= 3
            again = await nabat(cluster, "people", "erase", "--author", "vk:11")
            assert "сообщений 0," in again[1]
        finally:
            for one in workers:
                one.kill()
                one.wait()
