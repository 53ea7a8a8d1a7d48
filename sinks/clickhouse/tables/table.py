"""A table as migrations make it: columns, key, partition, indexes, written once for one node and for replicas."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.model.errors import ConfigError

_TIME = "DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))"
_VERSION = "UInt128 CODEC(ZSTD(1))"


@dataclass(frozen=True, slots=True)
class Column:
    """``type`` is ClickHouse's type alone, ``spec`` that and the codec. ``since``: the migration that added it to its table, or 0."""

    name: str
    type: str
    spec: str
    since: int = 0


@dataclass(frozen=True, slots=True)
class Replicas:
    """The form for replicas; for one node it is None everywhere. The servers need the macros ``shard`` and ``replica``.

    ``cluster`` is whom ON CLUSTER names: as it comes, the servers' own macro. Raises ConfigError for what can't be a name.
    """

    cluster: str = "{cluster}"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.{}-]+", self.cluster, re.ASCII):
            raise ConfigError([f"clickhouse: {self.cluster!r} can't name a cluster; use letters, digits, _ . - or a macro in {{}}"])


@dataclass(frozen=True, slots=True)
class Table:
    """A ReplacingMergeTree by ``version``, ordered by ``key``. ``window`` is the deduplication window, which migration 2 closes."""

    name: str
    key: str
    columns: tuple[Column, ...]
    partition: str = ""
    indexes: tuple[str, ...] = ()
    granularity: int = 8192
    window: int = 1000

    def until(self, migration: int) -> tuple[Column, ...]:
        """The columns as they are after a migration."""
        return tuple(column for column in self.columns if column.since <= migration)

    def create(self, replicas: Replicas | None) -> str:
        """The CREATE TABLE statement, without what later migrations added."""
        lines = [f"    `{column.name}` {column.spec}" for column in self.until(0)]
        lines += [f"    INDEX {index}" for index in self.indexes]
        window = "replicated_deduplication_window" if replicas else "non_replicated_deduplication_window"
        partition = f"PARTITION BY {self.partition}\n" if self.partition else ""
        return (
            f"CREATE TABLE IF NOT EXISTS {self.name}{on_cluster(replicas)}\n(\n" + ",\n".join(lines) + "\n)\n"
            f"ENGINE = {engine(replicas, 'version')}\n"
            f"{partition}ORDER BY ({self.key})\n"
            f"SETTINGS index_granularity = {self.granularity}, {window} = {self.window}"
        )


def on_cluster(replicas: Replicas | None) -> str:
    return f" ON CLUSTER '{replicas.cluster}'" if replicas else ""


def engine(replicas: Replicas | None, version: str) -> str:
    """Of a table in which the row with the greatest ``version`` counts."""
    if replicas is None:
        return f"ReplacingMergeTree({version})"
    # The servers' default path holds the table's UUID: a replica that joins later would make its tables under another one.
    return f"ReplicatedReplacingMergeTree('/clickhouse/tables/{{shard}}/{{database}}/{{table}}', '{{replica}}', {version})"


def columns(text: str) -> tuple[Column, ...]:
    """One column a line: name and type, and ``# NUMBER`` of the migration that added it; ``Time`` and ``Version`` are short forms."""
    found = []
    for line in text.strip().splitlines():
        written, _, since = line.partition("#")
        name, spec = written.strip().split(" ", 1)
        spec = {"Time": _TIME, "Version": _VERSION}.get(spec, spec)
        found.append(Column(name, spec.split(" CODEC")[0], spec, int(since or 0)))
    return tuple(found)
