"""A dangerous alert makes its place be read at once; nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import get_type_hints

import pytest

from monitor.log.base import ALERTS, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.rows import AlertRow
from monitor.outgoing.write import alert, moment
from monitor.profile.load import load_profile
from monitor.runtime.danger import follow

AT = 1_789_948_800_000


def event(territory: str, kind: str = "urgent", level: str = "urgent", status: str = "firing", region: str = "samara") -> bytes:
    empty = AlertRow._make("" if hint is str else 0 for hint in get_type_hints(AlertRow).values())
    row = empty._replace(
        id="urgent:1", region=region, kind=kind, subject="1", level=level, status=status, at=AT, territory=territory,
        words="[]", examples="[]", complete=True,
    )  # fmt: skip
    return alert(row, moment(AT)).value


@pytest.mark.parametrize(
    ("value", "hurried"),
    [
        (event("samara-city"), True),
        (event("samara-city", "spike", "flash"), True),
        (event("samara-city", "spike", "notice"), False),
        (event("samara-city", "overdue"), False),
        (event("samara-city", status="resolved"), False),
        (event("samara"), False),
        (event(""), False),
        (event("samara-city", region="kursk"), False),
        (b"{", False),
    ],
)
async def test_only_danger_at_a_place(tmp_path: Path, value: bytes, hurried: bool) -> None:
    profile = load_profile("samara")
    city = max((one for one in profile.territories.values() if one.kind == "municipality"), key=lambda one: one.population or 0)
    log = await SqliteLog.open(tmp_path / "log.sqlite")
    told: list[Sequence[str]] = []
    stopping = asyncio.Event()

    def hurry(territories: Sequence[str]) -> int:
        told.append(territories)
        stopping.set()
        return 1

    await log.append([Append(ALERTS, 0, "old", event(city.id), AT)])
    following = asyncio.create_task(follow(log, [profile], hurry, stopping))
    await asyncio.sleep(0.05)
    value = value.replace(b"samara-city", city.id.encode())
    await log.append([Append(ALERTS, 0, "new", value, AT)])
    if not hurried:
        await log.append([Append(ALERTS, 0, "last", event(city.id), AT)])
    async with asyncio.timeout(30):
        await following
    assert len(told) == 1, "what was there before the start is past"
    assert told[0][0] == city.id
    assert all(city.id in profile.path(name) for name in told[0])
    await log.close()
