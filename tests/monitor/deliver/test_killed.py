"""kill -9 around an attempt: everything arrives in order, each id once or marked as a repeat; the journal knows every attempt."""

from __future__ import annotations

import asyncio
import base64
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.deliver.couriers import INTENT_STORED, LETTER_SENT
from tests.fakes.delivery.receivers import Receivers
from tests.monitor.deliver.night import ALERTS_MADE

SECRET = bytes(range(24))


@pytest.fixture
async def receivers() -> AsyncIterator[Receivers]:
    found = Receivers(lambda: time.time_ns() // 1_000_000, [SECRET])
    async with found.running():
        yield found


async def child(folder: Path, destinations: Path, point: str = "", count: int = 1) -> asyncio.subprocess.Process:
    arguments = ("-m", "tests.monitor.deliver.night", str(folder), str(destinations), point, str(count))
    return await asyncio.create_subprocess_exec(sys.executable, *arguments)


async def journal(folder: Path) -> list[dict[str, Any]]:
    """Read by a process of its own: chDB opens one folder a process."""
    code = (
        "import asyncio, orjson, sys\n"
        "from sinks.clickhouse.connect import Target\n"
        "from sinks.clickhouse.reader import ClickHouseReader\n"
        "async def main():\n"
        "    reader = ClickHouseReader(Target(path=sys.argv[1]))\n"
        "    print(orjson.dumps(await reader.query('SELECT id, attempt, status, repeat, version FROM current_deliveries"
        " ORDER BY version, id, attempt')).decode())\n"
        "    await reader.close()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(folder / "clickhouse"), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    found: list[dict[str, Any]] = orjson.loads(out)
    return found


@pytest.mark.parametrize("point", [INTENT_STORED, LETTER_SENT])
async def test_killed_between_intent_and_outcome(point: str, tmp_path: Path, receivers: Receivers) -> None:
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    destinations = tmp_path / "destinations.toml"
    entry = f'[[destination]]\nname = "system"\nchannel = "webhook"\naddress = "{receivers.url}/hook"\nsecrets = ["{secret}"]\n'
    destinations.write_text(entry)
    first = await child(tmp_path, destinations, point, 3)
    assert await first.wait() == -signal.SIGKILL
    second = await child(tmp_path, destinations)
    sent_before = len(receivers.got)
    assert sent_before == (2 if point == INTENT_STORED else 3)
    got = await receivers.arrived(ALERTS_MADE + (point == LETTER_SENT))
    second.send_signal(signal.SIGTERM)
    assert await second.wait() == 0
    ids = [one.headers["webhook-id"] for one in got]
    assert len(set(ids)) == ALERTS_MADE
    assert [one.headers["nabat-repeat"] for one in got] == ["false"] * sent_before + ["true"] + ["false"] * 2
    # The intent without outcome is the third: the same id comes again.
    assert ids[sent_before] == ids[2]
    rows = await journal(tmp_path)
    assert [row["status"] for row in rows if row["attempt"] == 0] == ["sent"] * ALERTS_MADE
    tries = [(row["attempt"], row["status"], row["repeat"]) for row in rows if row["id"] == ids[2] and row["attempt"]]
    assert tries == [(1, "unknown", False), (2, "sent", True)]
