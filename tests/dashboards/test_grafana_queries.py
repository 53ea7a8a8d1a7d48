"""Every query of every panel and rule is asked of what will answer it: a real Prometheus that scrapes Nabat, a real ClickHouse."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from clickhouse_connect.driver.client import Client
from prometheus_client import Counter, Gauge, Histogram

from dashboards.grafana import appeals, hot_path, sources
from dashboards.grafana.board import Board
from monitor.metrics.catalogue import Metrics
from monitor.metrics.exposition import CONTENT_TYPE, text
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import ddl
from sinks.clickhouse.tables import ALL
from sinks.clickhouse.views import current
from tests.dashboards.stack import RULES, exposed, rules
from tests.monitor.prometheus import prometheus

DEADLINE = 60
"""Seconds for Prometheus to start, scrape twice and evaluate the rules; it takes about two on an idle machine."""

PROMQL = {"$__rate_interval": "5m", "$job": ".*"}
"""Grafana's variables, as it fills them in."""

# The macros of the ClickHouse plugin, and the region variable.
SQL = {
    r"\$__fromTime": "toDateTime(1704067200)",
    r"\$__toTime": "toDateTime(1900000000)",
    r"\$__timeInterval\((\w+)\)": r"toStartOfInterval(toDateTime(\1), INTERVAL 3600 second)",
    r"\$\{region\}": "samara",
}


def queries(board: Board) -> list[str]:
    return [query.text for row in board.rows for panel in row.panels for query in panel.queries]


def prompted(query: str) -> str:
    for variable, value in PROMQL.items():
        query = query.replace(variable, value)
    assert "$" not in query
    return query


def stir(metrics: Metrics) -> None:
    """Something happens everywhere."""
    for name in vars(metrics):
        metric = getattr(metrics, name)
        for one in getattr(metric, "_children", {"": metric}).values():
            match one:
                case Counter():
                    one.inc()
                case Histogram():
                    one.observe(0.2)
                case Gauge():
                    one.inc()


@asynccontextmanager
async def nabat() -> AsyncIterator[int]:
    """The port of a metrics endpoint behind which something happens at every scrape."""
    registry, metrics = exposed()

    async def serve(_: web.Request) -> web.Response:
        stir(metrics)
        return web.Response(body=text(registry), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def get(client: aiohttp.ClientSession, url: str, **params: str) -> Any:
    async with client.get(url, params=params) as answer:
        body = await answer.json()
        assert body["status"] == "success", (params, body)
        return body["data"]


async def test_prometheus_answers_every_panel_and_evaluates_every_rule(tmp_path: Path) -> None:
    open_queries = {prompted(query) for board in (hot_path.BOARD, sources.BOARD) for query in queries(board)}
    open_queries |= {rule["record"] for rule in rules() if "record" in rule}
    seen: list[dict[str, Any]] = []
    async with (
        asyncio.timeout(DEADLINE),
        nabat() as port,
        prometheus(port, tmp_path, RULES) as address,
        aiohttp.ClientSession(address) as client,
    ):
        while open_queries or not seen or any(rule["health"] == "unknown" for rule in seen):
            await asyncio.sleep(0.2)
            try:
                for query in sorted(open_queries):
                    if (await get(client, "/api/v1/query", query=query))["result"]:
                        open_queries.discard(query)
                groups = (await get(client, "/api/v1/rules"))["groups"]
            except (aiohttp.ClientConnectionError, aiohttp.ContentTypeError):
                continue  # not up yet
            seen = [rule for group in groups for rule in group["rules"]]
        for rule in rules():
            if "alert" in rule:
                await get(client, "/api/v1/query", query=rule["expr"])
        (share,) = (query.text for row in hot_path.BOARD.rows for panel in row.panels for query in panel.queries if panel.id == 21)
        shares = (await get(client, "/api/v1/query", query=prompted(share)))["result"]
    assert len(shares) > 1
    assert sum(float(one["value"][1]) for one in shares) == pytest.approx(1)
    assert len(seen) == len(list(rules()))
    assert [(rule["name"], rule.get("lastError")) for rule in seen if rule["health"] != "ok"] == []


THEN = "toDateTime64('2024-05-01 10:00:00', 3, 'UTC')"
BEFORE = "toDateTime64('2021-05-01 10:00:00', 3, 'UTC')"

ROWS = {
    "incidents (id, region, status, `group`, territory, settlement, street, opened_at, deadline, urgency, body, replies, members)": [
        f"('a', 'samara', 'open', 'roads', 't1', '', '', {THEN}, {THEN}, 1, 'b1', 0, 3)",
        f"('b', 'samara', 'open', 'waste', 't2', 'Самара', 'Мира', {THEN}, 0, 2, 'b1', 1, 1)",
        f"('c', 'samara', 'closed', 'waste', '', '', '', {THEN}, {THEN}, 0, 'b2', 1, 1)",
        f"('d', 'kursk', 'open', 'waste', '', '', '', {THEN}, {THEN}, 0, 'b2', 0, 1)",
    ],
    "appeals (id, region, status, kind, `group`, territory, published_at, duplicate_of, urgency)": [
        f"('1', 'samara', 'active', 'complaint', 'roads', 't1', {THEN}, '', 2)",
        f"('2', 'samara', 'active', 'complaint', 'roads', 't1', {THEN}, '1', 0)",
        f"('3', 'samara', 'active', 'question', 'waste', 't2', {THEN}, '', 0)",
        f"('4', 'samara', 'deleted', 'complaint', 'waste', 't2', {THEN}, '', 0)",
        f"('5', 'samara', 'active', 'complaint', 'waste', 't2', {BEFORE}, '', 0)",
        f"('6', 'kursk', 'active', 'complaint', 'waste', 't2', {THEN}, '', 0)",
    ],
    "replies (id, region, quality, published_at, deleted)": [
        f"('r1', 'samara', 'formal', {THEN}, false)",
        f"('r2', 'samara', 'formal', {THEN}, false)",
        f"('r3', 'samara', 'interim', {THEN}, false)",
        f"('r4', 'samara', 'interim', {THEN}, true)",
    ],
    "alerts (id, region, level, title, territory, at)": [f"('x', 'samara', 'flash', 'Всплеск', 't1', {THEN})"],
    "source_health (region, source)": ["('samara', 's1')", "('samara', 's2')", "('kursk', 's3')"],
}


@pytest.fixture
def filled(clickhouse: Target) -> Iterator[Client]:
    """Two open incidents (one overdue and unanswered), a closed one, appeals, replies and an alert of this region and another."""
    clients = Clients(clickhouse)
    client = clients.get()
    for target, rows in ROWS.items():
        client.command(f"INSERT INTO {target} VALUES {', '.join(rows)}")
    yield client
    clients.close()


AT = datetime(2024, 5, 1, 10, tzinfo=UTC)

ANSWERS: dict[int, list[tuple[Any, ...]]] = {
    1: [(2,)],
    2: [(1,)],
    3: [(1,)],
    4: [(1,)],
    11: [(AT, 2, 1, 0, 0)],
    12: [("roads", 2, 1), ("waste", 1, 0)],
    13: [("t1", 2, 1, 1), ("t2", 1, 0, 0)],
    14: [(AT, "flash", "Всплеск", "t1")],
    21: [("b1", 2, 1, 1, 0), ("b2", 0, 0, 0, 1)],
    22: [("formal", 2), ("interim", 1)],
    23: [(AT, "waste", "t2", "Самара Мира", "b1", 1, 0, None), (AT, "roads", "t1", "", "b1", 3, 0, AT)],
}
"""By panel: what each has to answer about the rows above."""


def test_clickhouse_answers_every_panel(filled: Client) -> None:
    for panel in (panel for row in appeals.BOARD.rows for panel in row.panels):
        (query,) = panel.queries
        rows = filled.query(plain_sql(query.text), tz_mode="aware").result_rows
        assert [tuple(row) for row in rows] == ANSWERS[panel.id], panel.title


def test_clickhouse_answers_every_variable(filled: Client) -> None:
    (variable,) = appeals.BOARD.variables
    assert filled.query(plain_sql(variable.query)).result_rows == [("kursk",), ("samara",)]


def test_panels_read_views_alone() -> None:
    views = {found[1] for statement in ddl(None) if (found := re.search(r"VIEW (\w+)", statement))}
    read = {name for query in queries(appeals.BOARD) for name in re.findall(r"FROM (\w+)", query)}
    assert read <= views
    assert {current(table) for table in ALL} <= views


def plain_sql(query: str) -> str:
    for macro, value in SQL.items():
        query = re.sub(macro, value, query)
    assert "$" not in query
    return query
