"""Blocks: types, limits, order and digests."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import pytest

from monitor.model.rows import Row
from sinks.clickhouse.encode import encode
from tests.sinks.examples import appeal, post


class Level(IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": 5}, TypeError),
        ({"text": None}, TypeError),
        ({"text": b"bytes"}, TypeError),
        ({"revision": "1"}, TypeError),
        ({"revision": 1.5}, TypeError),
        ({"revision": True}, TypeError),
        ({"deleted": 1}, TypeError),
        ({"published_at": "2026-01-01"}, TypeError),
        ({"revision": -1}, ValueError),
        ({"urgency": 256}, ValueError),
        ({"version": 2**128}, ValueError),
        ({"version": -1}, ValueError),
        ({"text": "\ud800"}, ValueError),
    ],
)
def test_a_value_that_does_not_fit_names_its_column_and_not_itself(change: dict[str, Any], error: type[Exception]) -> None:
    (column,) = change
    with pytest.raises(error, match=rf"posts\.{column}") as caught:
        list(encode([post(1, text="тайна"), post(2, **change)], 10))
    assert "тайна" not in str(caught.value)


def test_an_enumeration_of_integers_is_an_integer() -> None:
    assert list(encode([post(1, urgency=Level.HIGH)], 10)) == list(encode([post(1, urgency=3)], 10))


def test_what_is_no_row_is_refused_before_any_block() -> None:
    with pytest.raises(TypeError, match="no row"):
        next(encode([post(1), (1, 2)], 10))  # type: ignore[list-item]


def test_tables_come_as_first_met_and_rows_in_order() -> None:
    rows: list[Row] = [appeal(1), post(1), appeal(2), post(2), appeal(3)]
    blocks = list(encode(rows, 2))
    assert [(block.table, block.rows) for block in blocks] == [("appeals", 2), ("appeals", 1), ("posts", 2)]
    assert blocks[0].data.index(b"vk:-1_1") < blocks[0].data.index(b"vk:-1_2")


def test_digests_are_of_the_content_alone() -> None:
    rows = [post(number) for number in range(10)]
    first = [block.digest for block in encode(rows, 5)]
    assert first == [block.digest for block in encode([post(number) for number in range(10)], 5)]
    changed = [*rows[:9], rows[9]._replace(likes=77)]
    again = [block.digest for block in encode(changed, 5)]
    assert again[0] == first[0]
    assert again[1] != first[1]
