"""The tables, the row classes and the views agree."""

from __future__ import annotations

import re

import pytest

from monitor.model.rows import TABLES
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.tables import ALL, BY_NAME
from sinks.clickhouse.views import current


def test_every_row_class_has_a_table() -> None:
    assert sorted(TABLES.values()) == sorted(BY_NAME)


def test_fields_are_the_columns_in_order_and_so_are_the_views(clickhouse: Target) -> None:
    clients = Clients(clickhouse)
    for row_class, name in TABLES.items():
        for table in (name, current(BY_NAME[name])):
            described = clients.get().query(f"DESCRIBE TABLE {table}").result_columns[0]
            # When a row was stored is between the server and its retention.
            assert [column for column in described if column != "stored_at"] == list(row_class._fields), table  # type: ignore[attr-defined]
            assert "stored_at" not in described or table == name
    clients.close()


@pytest.mark.parametrize("row_class", TABLES, ids=lambda row_class: row_class.__name__)
def test_key_is_the_one_in_the_docstring(row_class: type) -> None:
    documented = re.search(r"key ``\(?([^)`]*)\)?``", row_class.__doc__ or "")
    assert documented is not None
    assert BY_NAME[TABLES[row_class]].key == documented.group(1)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_version_is_a_128_bit_column_and_the_last(table: object) -> None:
    assert BY_NAME[table.name].columns[-1].type == "UInt128"  # type: ignore[attr-defined]
    assert BY_NAME[table.name].columns[-1].name == "version"  # type: ignore[attr-defined]
