"""The dashboard of spikes: every panel and variable is asked of the real engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from dashboards.grafana.board import as_json
from dashboards.grafana.spikes import BOARD
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import ddl
from tests.dashboards.grafana_schema import faults
from tests.dashboards.test_grafana_queries import plain_sql

HOURS = "toDateTime64('2024-05-01 {}:00:00', 3, 'UTC')"

ROWS = {
    "series (region, series, territory, dimension, value, bucket, posts, expected, surprise, complete, closed)": [
        f"('samara', 'city|group|roads', 'city', 'group', 'roads', {HOURS.format(10)}, 2, 1500, 0, true, true)",
        f"('samara', 'town|group|waste', 'town', 'group', 'waste', {HOURS.format(11)}, 1, 900, 0, false, true)",
        f"('samara', 'city|group|roads', 'city', 'group', 'roads', {HOURS.format(12)}, 30, 2500, 95, true, true)",
        f"('samara', 'city|theme|pothole', 'city', 'theme', 'pothole', {HOURS.format(12)}, 30, 2500, 99, true, true)",
        f"('kursk', 'city|group|roads', 'city', 'group', 'roads', {HOURS.format(13)}, 7, 100, 50, true, true)",
    ],
    "alerts (id, region, kind, status, level, title, territory, since, at, observed, expected, authors, surprise, words)": [
        f"('x', 'samara', 'spike', 'firing', 'flash', 'Всплеск', 'city', {HOURS.format(11)}, {HOURS.format(12)}, 30, 2500, 21, 95, "
        '\'["ямы", "дорога"]\')',
        f"('y', 'samara', 'topic', 'resolved', 'notice', 'Тема', 'town', {HOURS.format(9)}, {HOURS.format(10)}, 12, 400, 12, 70, "
        "'[]')",
        f"('z', 'samara', 'urgent', 'firing', 'urgent', 'Опасно', 'town', {HOURS.format(9)}, {HOURS.format(10)}, 1, 0, 1, 0, '[]')",
    ],
    "source_health (region, source)": ["('samara', 's1')", "('kursk', 's3')"],
}
CHOSEN = {"${territory}": "city", "${group}": "roads"}


@pytest.fixture
def filled(clickhouse: Target) -> Iterator[Client]:
    clients = Clients(clickhouse)
    client = clients.get()
    for target, rows in ROWS.items():
        client.command(f"INSERT INTO {target} VALUES {', '.join(rows)}")
    yield client
    clients.close()


def asked(client: Client, text: str) -> list[tuple[Any, ...]]:
    for variable, value in CHOSEN.items():
        text = text.replace(variable, value)
    found = client.query(plain_sql(text), tz_mode="aware").result_rows
    return [tuple(str(value)[11:16] if hasattr(value, "hour") else value for value in row) for row in found]


ANSWERS: dict[int, list[tuple[Any, ...]]] = {
    1: [(1,)],
    3: [(pytest.approx(1 / 3),)],
    4: [(32,)],
    11: [("10:00", 2, 1.5), ("11:00", 0, 1.5), ("12:00", 30, 2.5)],
    12: [("10:00", 0), ("12:00", 95)],
    21: [("12:00", "city", 95)],
    22: [("12:00", "roads", 95)],
    31: [
        ("12:00", "11:00", "flash", "firing", "Всплеск", 30, 2.5, 21, 95, "ямы, дорога"),
        ("10:00", "09:00", "notice", "resolved", "Тема", 12, 0.4, 12, 70, ""),
    ],
}


def test_clickhouse_answers_every_panel(filled: Client) -> None:
    for panel in (panel for row in BOARD.rows for panel in row.panels):
        (query,) = panel.queries
        rows = asked(filled, query.text)
        if panel.id == 2:
            # Two alerts in six years.
            assert 0 <= rows[0][0] < 1
        else:
            assert rows == ANSWERS[panel.id], panel.title


def test_clickhouse_answers_every_variable(filled: Client) -> None:
    region, territory, group = (asked(filled, variable.query) for variable in BOARD.variables)
    assert region == [("kursk",), ("samara",)]
    assert territory == [("city",), ("town",)]
    assert group == [("roads",)]


def test_panels_read_views_alone() -> None:
    views = {found[1] for statement in ddl(None) if (found := re.search(r"VIEW (\w+)", statement))}
    queries = [query.text for row in BOARD.rows for panel in row.panels for query in panel.queries]
    assert {name for query in queries for name in re.findall(r"FROM (\w+)", query)} <= views


def test_a_heat_map_of_another_form_is_refused() -> None:
    board = as_json(BOARD)
    heat = next(panel for panel in board["panels"] if panel["type"] == "heatmap")
    heat["options"]["color"]["scale"] = "wild"
    assert any("scale" in fault for fault in faults(board))
