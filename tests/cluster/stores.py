"""The store of a cluster's tests: a ClickHouse server's front in a process of its own, with two migrated databases."""

from __future__ import annotations

from pathlib import Path

from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import Retention, migrate
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront

DAYS = 3650
"""The longest that the configuration takes: the machine's clock must not expire what the tests wrote."""


class Stores:
    """``target`` is the cluster's, ``fresh`` for what is compared with it."""

    def __init__(self, folder: Path) -> None:
        self.front = ClickHouseFront(folder)
        self.target, self.fresh = (
            Target(url=self.front.url, user=USER, password=PASSWORD, database=database) for database in ("nabat", "fresh")
        )
        clients = Clients(self.target, database=False)
        for target in (self.target, self.fresh):
            migrate(clients.get(), target.database, Retention(DAYS, DAYS))
        clients.close()

    def close(self) -> None:
        self.front.close()
