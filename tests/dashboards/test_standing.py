"""A stage that stands still shows as a banner: after its time, with what follows from it, and until it moves."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from dashboards.console.standing import EVERY, LIMITS, Stage, Standing
from monitor.log.base import ALERTS, PAGES, WATCH, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import RetryableError
from tests.dashboards.conftest import Stage as Surroundings
from tests.dashboards.test_page import Screen, screen

__all__ = ["screen"]

STAGES = (Stage(PAGES, "triage"), Stage(WATCH, "watch"), Stage(ALERTS, "deliver"))


class Steady:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


async def titles(standing: Standing, steady: Steady, seconds: float) -> list[tuple[str, int]]:
    """Banners as time passes, looked at as often as a page does."""
    end = steady.at + seconds
    while steady.at < end:
        steady.at = min(end, steady.at + EVERY)
        found = await standing.banners()
    return [(banner["title"], banner["age"]) for banner in found]


async def work(log: SqliteLog, topic: str, count: int = 1) -> None:
    await log.append([Append(topic, 0, "key", b"{}", 0) for _ in range(count)])


async def test_who_does_what_there_is_stands_nowhere(log: SqliteLog) -> None:
    steady = Steady()
    standing = Standing(log, STAGES, steady)
    assert await titles(standing, steady, 2000) == []
    for topic, group in STAGES:
        await work(log, topic)
        await log.commit(group, topic, 0, 1)
    assert await titles(standing, steady, 2000) == []


@pytest.mark.parametrize(("topic", "group"), STAGES)
async def test_who_has_work_and_does_none_is_told_of_until_it_goes_on(log: SqliteLog, topic: str, group: str) -> None:
    steady = Steady()
    standing = Standing(log, STAGES, steady)
    await work(log, topic, 5)
    await log.commit(group, topic, 0, 2)
    limit = LIMITS[topic]
    assert await titles(standing, steady, limit + EVERY) == []
    ((_, age),) = await titles(standing, steady, EVERY)
    assert age == limit + EVERY
    # One step, and it has its time again; at the end of its work it rests.
    await log.commit(group, topic, 0, 3)
    assert await titles(standing, steady, limit) == []
    assert len(await titles(standing, steady, 2 * EVERY)) == 1
    await log.commit(group, topic, 0, 5)
    assert await titles(standing, steady, 2 * limit) == []


async def test_a_stage_that_never_ran_stands_but_delivery_is_nobodys_duty(log: SqliteLog) -> None:
    steady = Steady()
    standing = Standing(log, STAGES, steady)
    for topic, _ in STAGES:
        await work(log, topic)
    assert [title for title, _ in await titles(standing, steady, 1000)] == [
        "Разбор сообщений стоит",
        "Поиск инцидентов и тревог стоит",
    ]


async def test_a_log_that_does_not_answer_is_no_standstill(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    steady = Steady()
    standing = Standing(log, STAGES, steady)
    await work(log, PAGES)
    assert len(await titles(standing, steady, 1000)) == 1

    async def fails(*_: Any) -> int:
        raise RetryableError("away")

    monkeypatch.setattr(log, "committed", fails)
    assert await titles(standing, steady, 1000) == []


async def test_the_page_tells_of_it(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    stage: Surroundings = screen.stage
    monkeypatch.setitem(LIMITS, ALERTS, -1.0)
    await stage.stop()
    stage.deps = replace(stage.deps, stages=STAGES[2:])
    await work(stage.log, ALERTS)
    await stage.start()
    await screen.open()
    banner = re.compile(r"^Отправка оповещений стоит \d+ с\. Предупредите людей сами\.$")
    await expect(screen.page.locator(".banner.warn").first).to_have_text(banner)
    async with ClientSession(stage.url) as client, client.get("/api/status") as answer:
        assert [banner["state"] for banner in (await answer.json())["banners"]] == ["standstill", "new"]
