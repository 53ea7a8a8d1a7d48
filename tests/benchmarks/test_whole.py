"""The benchmarks of a whole Nabat as commands: what they print, and that every post arrived. Nothing is judged by time."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import bench_tables
from sinks.clickhouse.connect import Clients, Target
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront
from tests.kafka.broker import Broker
from tests.monitor.cli.processes import COMMAND, PATIENCE


@pytest.fixture
def front(tmp_path: Path) -> Iterator[ClickHouseFront]:
    made = ClickHouseFront(tmp_path / "clickhouse")
    yield made
    made.close()


async def bench(*arguments: str, cwd: Path) -> tuple[str, str]:
    """Stdout and stderr."""
    environment = {**os.environ, "NABAT_CLICKHOUSE__USER": USER, "NABAT_CLICKHOUSE__PASSWORD": PASSWORD}
    process = await asyncio.create_subprocess_exec(*COMMAND, "bench", *arguments, stdout=PIPE, stderr=PIPE, cwd=cwd, env=environment)
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    assert process.returncode == 0, err.decode()
    return out.decode(), err.decode()


SLICE = ("--posts", "300", "--loads", "100,200", "--seconds", "2", "--warm-up", "0.5", "--page", "10")


def check(result: dict[str, Any]) -> None:
    assert result["stored"] == result["sent"] >= 300 + 250 + 500
    assert result["backlog"]["sent"] == result["backlog"]["done"]
    assert [one["asked"] for one in result["loads"]] == [100, 200]
    for one in result["loads"]:
        assert one["sent"] == one["done"] >= 2.5 * one["asked"]
        assert 0 < one["appeals_share"] < 0.5
        for name in ("to_post", "to_incident"):
            assert one[name] == sorted(one[name])
            assert len(one[name]) == 4
            assert one[name][0] > 0
        # An incident is stored after the post that tells of it; but one post in eight tells of one, so that medians say nothing.
        assert one["to_incident"][-1] >= one["to_post"][0]


async def test_one_process(tmp_path: Path) -> None:
    out, err = await bench("end-to-end", *SLICE, "--json", cwd=tmp_path)
    assert "живая нагрузка 200" in err
    result = json.loads(out)
    check(result)
    assert set(result["backlog"]["processor_microseconds_per_post"]) == {"nabat run"}
    assert os.listdir(tmp_path) == []
    shown = bench_tables.end_to_end(result)
    assert f"в базе {result['stored']} сообщений из {result['stored']}" in shown
    assert "НЕ ХВАТАЕТ" in bench_tables.end_to_end({**result, "stored": 1})


async def test_workers_and_what_is_left_of_them(kafka: Broker, front: ClickHouseFront, tmp_path: Path) -> None:
    cluster = ("--kafka", kafka.address, "--clickhouse", front.url)
    out, _ = await bench("end-to-end", *SLICE, *cluster, "--json", cwd=tmp_path)
    result = json.loads(out)
    check(result)
    assert set(result["backlog"]["processor_microseconds_per_post"]) == {"crawl", "triage", "watch"}
    assert databases(front) == []


async def test_scale(kafka: Broker, front: ClickHouseFront, tmp_path: Path) -> None:
    cluster = ("--kafka", kafka.address, "--clickhouse", front.url)
    out, _ = await bench("scale", "--posts", "400", "--sizes", "2", *cluster, "--json", cwd=tmp_path)
    result = json.loads(out)
    assert [one["workers"] for one in result["sizes"]] == [2]
    assert "НЕ ХВАТАЕТ" not in bench_tables.scale(result)
    assert all(one["stored"] == one["sent"] >= 400 for one in result["sizes"])
    assert databases(front) == []


def databases(front: ClickHouseFront) -> list[str]:
    clients = Clients(Target(url=front.url, user=USER, password=PASSWORD), database=False)
    rows = clients.get().query("SELECT name FROM system.databases WHERE name LIKE 'nabat%'").result_rows
    clients.close()
    return [str(row[0]) for row in rows]
