"""The tables as migrations make them: columns, keys, partitions, indexes, written once for one node and for replicas.

Columns stand in the order of the row classes (monitor.model.rows). Times are ms in the rows and DateTime64(3) here, which is the
same integer. Partitions are monthly only where a key can't cross months: a current row must meet its predecessors in one partition.
Never change a text here once it is released: add a migration.
"""

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


def _columns(text: str) -> tuple[Column, ...]:
    """One column a line: name and type, and ``# NUMBER`` of the migration that added it; ``Time`` and ``Version`` are short forms."""
    columns = []
    for line in text.strip().splitlines():
        written, _, since = line.partition("#")
        name, spec = written.strip().split(" ", 1)
        spec = {"Time": _TIME, "Version": _VERSION}.get(spec, spec)
        columns.append(Column(name, spec.split(" CODEC")[0], spec, int(since or 0)))
    return tuple(columns)


POSTS = Table(
    "posts",
    key="id",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        network LowCardinality(String)
        source LowCardinality(String)
        kind LowCardinality(String)
        published_at Time
        edited_at Time
        fetched_at Time
        author String
        official Bool
        thread String CODEC(ZSTD(1))
        reply_to String CODEC(ZSTD(1))
        url String CODEC(ZSTD(1))
        text String CODEC(ZSTD(1))
        attachments String CODEC(ZSTD(1))
        deleted Bool
        revision UInt32
        likes UInt32
        reposts UInt32
        comments UInt32
        views UInt32
        appeal_kind LowCardinality(String)
        score UInt16
        group LowCardinality(String)
        theme LowCardinality(String)
        territory LowCardinality(String)
        urgency UInt8
        duplicate_of String CODEC(ZSTD(1))
        version Version
    """),
    indexes=(
        "by_source source TYPE set(100) GRANULARITY 1",
        "by_thread thread TYPE bloom_filter(0.01) GRANULARITY 2",
        "by_published published_at TYPE minmax GRANULARITY 1",
    ),
)

REVISIONS = Table(
    "post_revisions",
    key="id, version",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        source LowCardinality(String)
        published_at Time
        edited_at Time
        fetched_at Time
        content_hash UInt64
        text_hash UInt64
        first Bool
        duplicate_of String CODEC(ZSTD(1))
        deleted Bool
        sent Bool
        revision UInt32
        text String CODEC(ZSTD(1))
        version Version
    """),
    # A revision is fetched once: the same key always has the same fetched_at.
    partition="toYYYYMM(fetched_at)",
    indexes=("by_version version TYPE minmax GRANULARITY 1", "by_fetched fetched_at TYPE minmax GRANULARITY 1"),
    # Triage asks for a thousand ids at a time: small granules read less beside them.
    granularity=1024,
)

APPEALS = Table(
    "appeals",
    key="region, id",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        network LowCardinality(String)
        source LowCardinality(String)
        kind LowCardinality(String)
        score UInt16
        group LowCardinality(String)
        theme LowCardinality(String)
        territory LowCardinality(String)
        settlement LowCardinality(String)
        street LowCardinality(String)
        house String
        facility LowCardinality(String)
        body LowCardinality(String)
        urgency UInt8
        author String
        published_at Time
        fetched_at Time
        url String CODEC(ZSTD(1))
        incident String CODEC(ZSTD(1))
        cluster String CODEC(ZSTD(1))
        duplicate_of String CODEC(ZSTD(1))
        status LowCardinality(String)
        revision UInt32
        decided_by LowCardinality(String)
        version Version
    """),
    indexes=(
        "by_incident incident TYPE bloom_filter(0.01) GRANULARITY 1",
        "by_published published_at TYPE minmax GRANULARITY 1",
    ),
)

REPLIES = Table(
    "replies",
    key="region, id",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        appeal String CODEC(ZSTD(1))
        incident String CODEC(ZSTD(1))
        source LowCardinality(String)
        published_at Time
        quality LowCardinality(String)
        url String CODEC(ZSTD(1))
        deleted Bool
        version Version
    """),
    indexes=(
        "by_appeal appeal TYPE bloom_filter(0.01) GRANULARITY 1",
        "by_incident incident TYPE bloom_filter(0.01) GRANULARITY 1",
    ),
)

INCIDENTS = Table(
    "incidents",
    key="region, id",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        status LowCardinality(String)
        group LowCardinality(String)
        theme LowCardinality(String)
        territory LowCardinality(String)
        settlement LowCardinality(String)
        street LowCardinality(String)
        house String
        facility LowCardinality(String)
        body LowCardinality(String)
        urgency UInt8
        first_member String CODEC(ZSTD(1))
        opened_at Time
        first_seen Time
        last_seen Time
        deadline Time
        members UInt32
        authors UInt32
        duplicates UInt32
        replies UInt32
        last_reply LowCardinality(String)
        parent String CODEC(ZSTD(1)) # 8
        cause String CODEC(ZSTD(1)) # 8
        version Version
    """),
)

INCIDENT_EVENTS = Table(
    "incident_events",
    key="region, id",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        incident String CODEC(ZSTD(1))
        at Time
        actor LowCardinality(String)
        kind LowCardinality(String)
        detail String CODEC(ZSTD(1))
        version Version
    """),
    indexes=("by_incident incident TYPE bloom_filter(0.01) GRANULARITY 1",),
)

SERIES = Table(
    "series",
    key="region, series, bucket",
    columns=_columns("""
        region LowCardinality(String)
        series LowCardinality(String)
        territory LowCardinality(String)
        dimension LowCardinality(String)
        value LowCardinality(String)
        bucket Time
        posts UInt32
        authors UInt32
        expected UInt64
        surprise Int32
        complete Bool
        closed Bool
        version Version
    """),
    # The bucket is part of the key.
    partition="toYYYYMM(bucket)",
)

ALERTS = Table(
    "alerts",
    key="region, id",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        kind LowCardinality(String)
        subject String CODEC(ZSTD(1))
        level LowCardinality(String)
        status LowCardinality(String)
        at Time
        title String CODEC(ZSTD(1))
        text String CODEC(ZSTD(1))
        territory LowCardinality(String)
        group LowCardinality(String)
        theme LowCardinality(String)
        incident String CODEC(ZSTD(1))
        since Time
        observed UInt32
        expected UInt64
        surprise Int32
        authors UInt32
        words String CODEC(ZSTD(1))
        examples String CODEC(ZSTD(1))
        complete Bool
        claimed_by LowCardinality(String) # 6
        answered_by LowCardinality(String) # 6
        answered_at Time # 6
        snoozed_until Time # 6
        body LowCardinality(String) # 7
        sounds UInt32 # 7
        why LowCardinality(String) # 7
        note String CODEC(ZSTD(1)) # 7
        tasked_by LowCardinality(String) # 7
        tasked_at Time # 7
        taken_by LowCardinality(String) # 7
        version Version
    """),
)

SNAPSHOTS = Table(
    "snapshots",
    key="region, id, chunk",
    columns=_columns("""
        region LowCardinality(String)
        id String
        chunk Int32
        data String CODEC(NONE)
        hash String
        version Version
    """),
    # A chunk is up to a mebibyte: a granule holds few of them.
    granularity=16,
    # Chunks that were deleted and come again are new, whatever their bytes.
    window=0,
)

DEAD_LETTERS = Table(
    "dead_letters",
    key="id, status",
    columns=_columns("""
        id String CODEC(ZSTD(1))
        region LowCardinality(String)
        source LowCardinality(String)
        scope LowCardinality(String)
        reason LowCardinality(String)
        detail String CODEC(ZSTD(1))
        at Time
        payload String CODEC(NONE)
        status LowCardinality(String)
        version Version
    """),
)

SOURCE_HEALTH = Table(
    "source_health",
    key="region, source",
    columns=_columns("""
        region LowCardinality(String)
        source String
        network LowCardinality(String)
        name String
        kind LowCardinality(String)
        territory LowCardinality(String)
        state LowCardinality(String)
        fetched_at Time
        covered_until Time
        posts UInt32
        error String
        version Version
    """),
)

DELIVERIES = Table(
    "deliveries",
    key="region, id, attempt",
    columns=_columns("""
        id String
        region LowCardinality(String)
        attempt UInt32
        destination LowCardinality(String)
        channel LowCardinality(String)
        kind LowCardinality(String)
        alert String CODEC(ZSTD(1))
        event LowCardinality(String)
        level LowCardinality(String)
        status LowCardinality(String)
        repeat Bool
        at Time
        reason LowCardinality(String)
        detail String CODEC(ZSTD(1))
        part_of String
        payload String CODEC(ZSTD(1))
        version Version
    """),
    indexes=("by_alert alert TYPE bloom_filter(0.01) GRANULARITY 1",),
    window=0,
)

FIRST = (
    POSTS,
    REVISIONS,
    APPEALS,
    REPLIES,
    INCIDENTS,
    INCIDENT_EVENTS,
    SERIES,
    ALERTS,
    SNAPSHOTS,
    DEAD_LETTERS,
    SOURCE_HEALTH,
)
"""Those of migration 1."""
ALL = (*FIRST, DELIVERIES)
BY_NAME = {table.name: table for table in ALL}
