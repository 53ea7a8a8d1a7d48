"""``nabat run`` over a file as its source: the console answers, a real Prometheus scrapes it, Ctrl-C ends it cleanly."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from monitor.profile.load import profile_folder
from tests.monitor.cli.processes import interrupt, serving, until
from tests.monitor.prometheus import ask, prometheus

ROWS = [
    {"id": 1, "text": "Третий день нет отопления на улице Мира, дом 5, в квартире холодно. Примите меры!"},
    {"id": 2, "text": "доброе утро всем"},
]


async def test_a_file_is_watched_and_prometheus_scrapes(tmp_path: Path) -> None:
    shutil.copytree(profile_folder("samara"), tmp_path / "region")
    (tmp_path / "posts.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS))
    with (tmp_path / "region" / "sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"file:posts;file;intake;{tmp_path}/posts.jsonl;Приёмная;;ordinary;\n")
    (tmp_path / "nabat.toml").write_text(
        '[nabat]\nregion = "region"\ndata = "data"\n[console]\nport = 0\n[crawl]\ndefault_wait = 0.2\n'
    )
    async with serving("run", "--config", "nabat.toml", cwd=tmp_path) as (process, address), ClientSession() as session:
        found = await until(session, f"{address}api/status", lambda status: status["sources"]["watched"] == 1)
        assert found["sources"]["total"] == 1
        port = urlsplit(address).port
        assert port is not None
        async with asyncio.timeout(120), prometheus(port, tmp_path) as server:
            (build,) = await ask(session, server, "nabat_build_info")
            assert build["value"][1] == "1"
            (new,) = await ask(session, server, 'nabat_posts_total{outcome="new"} == 2')
            assert new["value"][1] == "2"
            (buckets,) = await ask(session, server, 'sum(nabat_loop_seconds_total{stage="triage"}) > 0')
            assert float(buckets["value"][1]) > 0
        async with session.get(f"{address}metrics") as response:
            metrics = await response.read()
        code, err = await interrupt(process)
    assert code == 0
    assert "ERROR" not in err
    assert "отопления" not in metrics.decode() + err
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.fail("promtool is missing; on Debian: apt-get install prometheus")
    checked = await asyncio.to_thread(subprocess.run, [promtool, "check", "metrics"], input=metrics, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
