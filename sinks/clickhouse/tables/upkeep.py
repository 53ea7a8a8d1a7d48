"""What the program itself needs: snapshots of its state, what could not be taken, how sources stand."""

from __future__ import annotations

from sinks.clickhouse.tables.table import Table, columns

SNAPSHOTS = Table(
    "snapshots",
    key="region, id, chunk",
    columns=columns("""
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
    columns=columns("""
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
    columns=columns("""
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
