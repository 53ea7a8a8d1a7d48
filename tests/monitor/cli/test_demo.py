"""``nabat demo`` as a stranger runs it: an address, posts, appeals, incidents, a spike; Ctrl-C ends it cleanly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.monitor.cli.processes import interrupt, serving, until


async def test_a_spike_comes_by_itself_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    async with serving("demo", "--port", "0", cwd=tmp_path) as (process, address), ClientSession() as session:
        status = await until(session, f"{address}api/status", lambda found: found["day"]["incidents"] > 0)
        assert status["day"]["posts"] > status["day"]["appeals"] > 0
        region = await until(session, f"{address}api/region", bool)
        assert "Смоделированный регион" in region["notice"]

        def spiked(found: Any) -> bool:
            return any(alert["kind"] == "spike" for alert in found["alerts"])

        alerts = await until(session, f"{address}api/alerts?limit=100", spiked)
        spike = next(alert for alert in alerts["alerts"] if alert["kind"] == "spike")
        assert spike["observed"] * 1000 > spike["expected"]
        assert spike["authors"] >= 3
        assert "обычно" in spike["text"]
        code, err = await interrupt(process)
    assert (code, err) == (0, "")
