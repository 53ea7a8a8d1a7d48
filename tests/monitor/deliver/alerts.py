"""Alerts as the topic brings them, and destinations, for the tests of delivery."""

from __future__ import annotations

from typing import Any

from monitor.deliver.message import Message
from monitor.deliver.planner import Destination, Planner
from monitor.model.position import Position
from monitor.model.rows import AlertRow
from monitor.outgoing import write
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData

NOW = 1_768_850_640_000
"""19 January 2026, 19:24 UTC: 23:24 in Samara."""
HOSTILE = (
    'Вода <b>кипит</b> & "парит" </i> на ул. Мира <script>alert(1)</script> http://evil.example @admin /start '
    '=HYPERLINK("x")\r\nBcc: a@b.c \u202eтекст\x00'
)
"""What a post may hold."""


def alert(number: int, level: str = "urgent", status: str = "firing", **changes: Any) -> AlertRow:
    row = AlertRow(
        f"urgent:vk:-1_{number}",
        "samara",
        "urgent",
        f"vk:-1_{number}",
        level,
        status,
        NOW,
        f"Опасно: прорыв трубы, ул. Мира, {number}",
        "Пока один автор, не подтверждено. Хлещет кипяток",
        "samara",
        "housing",
        "housing.heating",
        f"vk:-1_{number}",
        NOW - 60_000,
        3,
        0,
        0,
        2,
        '["кипяток"]',
        '["Хлещет кипяток у дома"]',
        True,
        "",
        "",
        0,
        0,
        "uk",
        1,
        "fired",
        "",
        "",
        0,
        "",
        Position(1, 0, number).pack(),
    )
    return row._replace(**changes)


def event(row: AlertRow) -> bytes:
    return write.alert(row, write.moment(row.at)).value


def destinations(**kinds: str) -> dict[str, Destination]:
    """By name, of a channel each; webhooks are systems."""
    return {name: Destination(name, kind, kind != "webhook", silent=kind != "sms") for name, kind in kinds.items()}


def planned(planner: Planner, row: AlertRow, now: int = NOW) -> list[Message]:
    value = event(row)
    told = read("alerts", value)
    assert isinstance(told.data, AlertData)
    new = planner.event(told.data, told.version)
    if new is None:
        return []
    return planner.take(told.data, new, f"{told.subject}:{told.version:032x}", value.decode(), row.version, now)
