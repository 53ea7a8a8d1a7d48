"""Fixtures that all rooms share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import Retention, migrate

KEEP = Retention(text_days=36_500, dead_letter_days=36_500)
"""Tests write rows of fixed dates; the machine's clock must not expire them."""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def clickhouse_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Clients]]:
    """The one embedded engine of the test process (about a second to open): its data folder and clients without a database.

    chDB opens one folder a process, so a test never opens another one: it takes ``clickhouse``, or starts a process of its own.
    """
    folder = tmp_path_factory.mktemp("clickhouse")
    clients = Clients(Target(path=str(folder)), database=False)
    clients.get()
    yield folder, clients
    clients.close()


@pytest.fixture
def empty_clickhouse(clickhouse_engine: tuple[Path, Clients]) -> Iterator[Target]:
    """A target whose database has a name of its own and does not exist yet; dropped after the test."""
    folder, clients = clickhouse_engine
    target = Target(path=str(folder), database=f"test_{next(_numbers)}")
    yield target
    client = clients.get()
    client.database = "default"
    client.command(f"DROP DATABASE IF EXISTS {target.database}")


@pytest.fixture
def clickhouse(empty_clickhouse: Target, clickhouse_engine: tuple[Path, Clients]) -> Target:
    """A migrated, empty, embedded database for this test alone: give it to ClickHouseWriter, ClickHouseReader and so on.

    Close what you open: an open client is no obstacle for other tests, but keeps the engine's memory.
    """
    migrate(clickhouse_engine[1].get(), empty_clickhouse.database, KEEP)
    return empty_clickhouse
