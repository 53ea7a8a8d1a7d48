"""What is worked on: incidents with their history, series of counts, alerts, and whom alerts were told to."""

from __future__ import annotations

from sinks.clickhouse.tables.table import Table, columns

INCIDENTS = Table(
    "incidents",
    key="region, id",
    columns=columns("""
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
    columns=columns("""
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
    columns=columns("""
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
    columns=columns("""
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

DELIVERIES = Table(
    "deliveries",
    key="region, id, attempt",
    columns=columns("""
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
