"""A real Prometheus that scrapes a port of this machine."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def prometheus(scraped: int, folder: Path, rules: Sequence[Path] = ()) -> AsyncIterator[str]:
    """The address of a Prometheus that scrapes that port; it keeps its data in ``folder`` and is ended at the end.

    ``rules``: files of rules, evaluated as often as it scrapes.
    """
    program = shutil.which("prometheus")
    if program is None:
        pytest.fail("prometheus is missing; on Debian: apt-get install prometheus")
    config = {
        "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [{"job_name": "nabat", "static_configs": [{"targets": [f"127.0.0.1:{scraped}"]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/prometheus",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def ask(client: aiohttp.ClientSession, address: str, query: str) -> list[dict[str, Any]]:
    """The result of an instant query, as soon as there is one."""
    while True:
        try:
            async with client.get(f"{address}/api/v1/query", params={"query": query}) as answer:
                if answer.status == 200 and (result := (await answer.json())["data"]["result"]):
                    return list(result)
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.05)
