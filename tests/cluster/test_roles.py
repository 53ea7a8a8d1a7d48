"""The commands of the roles: what they refuse, what they serve, how they end."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path
from urllib.request import urlopen

import pytest

from monitor.cli.main import main
from sinks.clickhouse.connect import Target
from tests.cluster.child import Order
from tests.cluster.harness import Cluster, Member
from tests.kafka.broker import Broker

KAFKA = "[kafka]\nservers = '127.0.0.1:1'\ntimeout = 1\n"
STORE = "[clickhouse]\nurl = 'http://127.0.0.1:1'\n"
ROLES = (["crawl"], ["worker", "triage"], ["worker", "watch"], ["worker", "deliver"], ["console"])


MISSING = (
    ("keys", f"{KAFKA}{STORE}", "privacy."),
    ("regions", f"{KAFKA}{STORE}{{keys}}[cluster]\nregions = 'samara,samara'", "samara — больше чем в одном регионе"),
    ("kafka", f"{STORE}{{keys}}", "kafka.servers: не назван ни один брокер"),
    ("store", f"{KAFKA}{{keys}}", "clickhouse.url: не задан"),
)
NEEDS = {"console": ("kafka", "store"), "worker deliver": ("regions", "kafka", "store")}
"""What the others need too: the console needs no keys, and shows one region; delivery opens nothing that is sealed."""


@pytest.mark.parametrize(
    ("role", "text", "said"),
    [
        pytest.param(role, text, said, id=f"{' '.join(role)} {name}")
        for role in ROLES
        for name, text, said in MISSING
        if name in NEEDS.get(" ".join(role), (name,))
    ],
)
def test_what_is_missing_is_said(role: list[str], text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key").write_text("ab" * 64)
    keys = f"[privacy]\nauthor_key_file = '{tmp_path}/key'\ndead_letter_key_file = '{tmp_path}/key'\n"
    path = tmp_path / "nabat.toml"
    path.write_text(f"[nabat]\ndata = '{tmp_path}'\n[metrics]\nport = 0\n" + text.format(keys=keys))
    assert main([*role, "--config", str(path)]) == 2
    assert said in capsys.readouterr().err


async def test_console_and_metrics_answer_and_end_cleanly(kafka: Broker, stores: tuple[Target, Target], tmp_path: Path) -> None:
    async with Cluster(tmp_path, kafka.address, stores[0], Order(1), prefix="cluster-console") as cluster:
        console, crawler = cluster.start("console"), cluster.start("crawl")
        page = await _told(console, r"Пульт: (\S+)")
        metrics = await _told(crawler, r"Метрики: (\S+)")
        assert await _read(f"{page}healthz") == "ok\n"
        assert "nabat_incidents_open 0.0" in await _read(f"{page}metrics")
        assert "nabat_build_info" in await _read(metrics)
        assert await _read(metrics.replace("metrics", "healthz")) == "ok\n"
        for member in (console, crawler):
            member.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(member.process.wait, 60) == 0, cluster.tails()


async def _told(member: Member, pattern: str) -> str:
    async with asyncio.timeout(60):
        while not (found := re.search(pattern, member.log.read_text())):
            assert member.lives, member.log.read_text()
            await asyncio.sleep(0.05)
    return found[1]


async def _read(url: str) -> str:
    def read() -> str:
        with urlopen(url, timeout=30) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(read)
