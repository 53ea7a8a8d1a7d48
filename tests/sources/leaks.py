"""Tokens must not be seen anywhere: not in what is logged, measured, stored or said of sources. All of it is looked through."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from sinks.base import Reader


class Leaks(logging.Handler):
    """``found``: where one of the ``secrets`` was seen. As a handler it looks through all that is logged while it is listening."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self.looked: dict[str, int] = {}
        self._secrets = [secret.encode() for secret in secrets]
        assert all(len(secret) >= 12 for secret in self._secrets), "shorter ones are found by chance"
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def look(self, where: str, data: bytes) -> None:
        self.looked[where] = self.looked.get(where, 0) + len(data)
        if where not in self.found and any(secret in data for secret in self._secrets):
            self.found.append(where)

    def emit(self, record: logging.LogRecord) -> None:
        # What stands in an exception's trace is formatted with the record.
        self.look("logs", self.format(record).encode())

    def metrics(self, registry: CollectorRegistry) -> None:
        self.look("metrics", generate_latest(registry))

    def files(self, folder: Path) -> None:
        """The log, with its cursors and budgets."""
        for path in sorted(folder.iterdir()):
            if path.is_file():
                self.look("files", path.read_bytes())

    def said(self, rows: Sequence[Any]) -> None:
        """Of the health of sources."""
        self.look("health", repr(rows).encode())

    def rows(self, rows: Sequence[Any]) -> None:
        """What is on its way to the store, dead letters before they are sealed."""
        for row in rows:
            self.look("rows", repr(row).encode())

    async def tables(self, reader: Reader) -> dict[str, int]:
        """All columns with strings of all tables in ClickHouse, and the snapshots unpacked: rows with a secret by table."""
        hits: dict[str, int] = {}
        found = await reader.query(
            "SELECT table, groupArray(name) AS columns FROM system.columns"
            " WHERE database = currentDatabase() AND type LIKE '%String%' AND table IN"
            " (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine NOT LIKE '%View')"
            " GROUP BY table ORDER BY table"
        )
        for one in found:
            words = ", '\n', ".join(f"toString(`{name}`)" for name in one["columns"])
            (seen,) = await reader.query(
                "SELECT sum(length(words)) AS bytes, countIf(multiSearchAny(words, {secrets:Array(String)})) AS rows"
                f" FROM (SELECT concat('', {words}) AS words FROM `{one['table']}`)",
                {"secrets": [secret.decode() for secret in self._secrets]},
            )
            where = f"table {one['table']}"
            self.looked[where] = self.looked.get(where, 0) + int(seen["bytes"] or 0)
            if seen["rows"]:
                hits[one["table"]] = int(seen["rows"])
                self.found.append(where)
        for row in await reader.query("SELECT hex(data) AS data FROM snapshots WHERE chunk >= 0"):
            self.look("snapshots", zlib.decompress(bytes.fromhex(row["data"])))
        return hits
