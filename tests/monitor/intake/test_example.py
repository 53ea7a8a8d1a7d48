"""The README's appeals as they stand there, into a running engine: a folder, and a request signed by openssl and sent by curl."""

from __future__ import annotations

import asyncio
import re
import tomllib
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp.test_utils import unused_port

from monitor.clock import SystemClock
from monitor.config import Config
from monitor.model.source import Source
from monitor.problems import Problems
from monitor.profile.load import load_profile
from monitor.runtime.embedded import Embedded
from sinks.clickhouse.connect import Target
from sources.appeals.adapter import AppealsAdapter, read_mappings
from sources.appeals.mapping import read_mapping
from tests.sources.appeals.exports import row, table

ZONE = ZoneInfo("Europe/Samara")
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"\n## Appeals\n(.*?)\n## ", README, re.DOTALL)
assert SECTION is not None
FILES, ENDPOINT, WEBHOOK = re.findall(r"```toml\n(.*?)```", SECTION[1], re.DOTALL)
(SHELL,) = re.findall(r"```sh\n(.*?)```", SECTION[1], re.DOTALL)


def test_mappings_are_without_faults(tmp_path: Path) -> None:
    (tmp_path / "reception.secrets").write_text("whsec_" + b64encode(b"k" * 32).decode())
    for number, text in enumerate((FILES, ENDPOINT, WEBHOOK)):
        tomllib.loads(text)
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        problems = Problems()
        read_mapping(path, ZONE, problems)
        problems.raise_any()


async def test_files_and_webhook_reach_the_store(tmp_path: Path, clickhouse: Target) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "a.csv").write_text(table([row(7, text="Яма на дороге у дома")]), encoding="cp1251")
    (tmp_path / "reception.secrets").write_text(f"# the first is the sender's\nwhsec_{b64encode(b'k' * 32).decode()}\n")
    sources = []
    for name, text in (("pos", FILES), ("reception", WEBHOOK)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        sources.append(Source(f"appeal:{name}", "appeal", "intake", "samara", f"{name}.toml"))
    config = Config()
    config = replace(
        config,
        nabat=replace(config.nabat, data=tmp_path / "data"),
        console=replace(config.console, port=unused_port()),
        push=replace(config.push, port=unused_port()),
    )
    adapter = AppealsAdapter(read_mappings(sources, tmp_path, ZONE), b"key", settle=0.0, listens=True)
    engine = Embedded(
        config,
        load_profile("samara"),
        sources,
        {"appeal": adapter},
        SystemClock(),
        inlets=adapter.inlets(sources),
        linger=0.0,
        target=clickhouse,
    )
    await engine.open()
    try:
        await engine.start(ticks=False, console=False)
        shell = f"set -e\n{SHELL.replace('http://127.0.0.1:8630', engine.receiver.address)}"
        for _ in range(2):
            # The second is a repeat: the same id with a later time.
            asked = await asyncio.create_subprocess_exec("bash", "-c", shell, cwd=tmp_path, stdout=asyncio.subprocess.PIPE)
            assert (await asked.communicate())[0] == b"ok"
        async with asyncio.timeout(60):
            while len(rows := await engine.reader.query("SELECT id, text FROM current_posts ORDER BY id")) < 2:
                await engine.drain()
        assert [found["id"] for found in rows] == ["appeal:pos:П-7", "appeal:reception:П-1"]
        assert rows[1]["text"] == "Нет отопления"
        assert engine.metrics.pushes["repeated"]._value.get() == 1
    finally:
        await engine.stop()
