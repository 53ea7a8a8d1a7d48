"""Migrated, empty databases for tests, used again and again: making one takes half a second, emptying one a few milliseconds."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import replace

from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import Retention, ddl, migrate
from sinks.clickhouse.tables import ALL

KEEP = Retention(text_days=36_500, dead_letter_days=36_500)
"""Tests write rows of fixed dates; the machine's clock must not expire them."""
VIEWS = {found[1] for statement in ddl(None) if (found := re.search(r"VIEW (\w+) AS", statement))}


class Databases:
    """The databases of one engine. ``target`` says where it is; its database's name is not used."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.clients = Clients(target, database=False)
        self.clients.get()
        self._numbers = itertools.count(1)
        self._free: list[Target] = []

    def name(self) -> Target:
        """A target whose database does not exist yet."""
        return replace(self._target, database=f"test_{os.getpid()}_{next(self._numbers)}")

    def take(self) -> Target:
        """A migrated and empty database."""
        if self._free:
            return self._free.pop()
        target = self.name()
        migrate(self.clients.get(), target.database, KEEP)
        return target

    def give_back(self, target: Target) -> None:
        """Empties it, or drops it where a test has changed the schema.

        An engine that a test ran over it sets its own retention: another test's old rows would expire.
        """
        client = self.clients.get()
        client.database = "default"
        there = client.query("SELECT count() FROM system.tables WHERE database = {d:String}", {"d": target.database}).result_rows
        whole = there[0][0] >= len(ALL) + len(VIEWS) + 1
        if not whole or migrate(client, target.database, KEEP, dry_run=True):
            self.drop(target)
            return
        for table in ALL:
            client.command(f"TRUNCATE TABLE {target.database}.{table.name}")
        self._free.append(target)

    def drop(self, target: Target) -> None:
        client = self.clients.get()
        client.database = "default"
        client.command(f"DROP DATABASE IF EXISTS {target.database}")

    def close(self) -> None:
        """Drops the databases that are left: a server outlives the tests."""
        for target in self._free:
            self.drop(target)
        self.clients.close()
