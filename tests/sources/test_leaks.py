"""What looks for tokens finds them, wherever they are: else nothing that it does not find would mean anything."""

from __future__ import annotations

import logging
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from monitor.model.rows import DeadLetterRow
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.snapshots import ClickHouseSnapshots
from sinks.clickhouse.tables import ALL
from tests.sources.leaks import Leaks

SECRET = "vk1.a.secret-0"


def test_each_place_is_looked_through(tmp_path: Path) -> None:
    leaks, registry, log = Leaks([SECRET, "another-secret"]), CollectorRegistry(), logging.getLogger("tests.sources.test_leaks")
    log.addHandler(leaks)
    try:
        log.warning("nothing here")
        leaks.metrics(registry)
        leaks.said([{"error": "VK: токен недействителен"}])
        (tmp_path / "log.sqlite").write_bytes(b"cursor")
        leaks.files(tmp_path)
        assert leaks.found == []
        try:
            raise ValueError(f"refused: {SECRET}")
        except ValueError:
            log.warning("failed", exc_info=True)
    finally:
        log.removeHandler(leaks)
    Gauge("tokens", "by name", ["name"], registry=registry).labels(SECRET)
    leaks.metrics(registry)
    leaks.said([{"error": f"VK: токен {SECRET} недействителен"}])
    (tmp_path / "log.sqlite").write_bytes(b"\0" + SECRET.encode() + b"\0")
    leaks.files(tmp_path)
    leaks.rows([DeadLetterRow("d1", "test", "vk:-1", "page", "parser", "", 5, SECRET.encode(), "dead", 1)])
    assert leaks.found == ["logs", "metrics", "health", "files", "rows"]


async def test_each_column_of_each_table_is_looked_through(clickhouse: Target) -> None:
    clients, reader = Clients(clickhouse), ClickHouseReader(clickhouse, threads=1)
    command = clients.get().command
    words = {table.name: [one for one in table.columns if "String" in one.type] for table in ALL}
    try:
        clean = Leaks([SECRET])
        assert await clean.tables(reader) == {}
        assert clean.looked.keys() == {"table migrations", *(f"table {table}" for table in words)}
        for table, columns in words.items():
            # Rows of one key would become one.
            command(f"SYSTEM STOP MERGES {table}")
            # A row for each column, so that rows tell which were seen. Of snapshots the manifest: its pieces are packed.
            names, numbers = ("chunk, version", "-1, 1") if table == "snapshots" else ("version", "1")
            for column in columns:
                command(f"INSERT INTO {table} (`{column.name}`, {names}) VALUES ('Токен {SECRET}, вот он', {numbers})")
        leaks = Leaks(["another-secret", SECRET])
        assert await leaks.tables(reader) == {table: len(columns) for table, columns in words.items()}
        assert leaks.found == sorted(leaks.found) != []
    finally:
        for table in words:
            command(f"SYSTEM START MERGES {table}")
        clients.close()
        await reader.close()


async def test_snapshots_are_looked_through_unpacked(clickhouse: Target) -> None:
    snapshots, reader = ClickHouseSnapshots(clickhouse), ClickHouseReader(clickhouse, threads=1)
    try:
        await snapshots.save("test", 1, b"state " * 1000 + SECRET.encode())
        leaks = Leaks([SECRET])
        assert await leaks.tables(reader) == {}
        assert leaks.found == ["snapshots"]
    finally:
        await snapshots.close()
        await reader.close()
