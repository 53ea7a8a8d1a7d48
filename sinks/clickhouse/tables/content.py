"""What people and offices wrote: posts and all their versions, those that are appeals or replies, and whose are not taken."""

from __future__ import annotations

from sinks.clickhouse.tables.table import Table, columns

POSTS = Table(
    "posts",
    key="id",
    columns=columns("""
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
    columns=columns("""
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
    columns=columns("""
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
    columns=columns("""
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

ERASURES = Table(
    "erasures",
    key="subject, version",
    columns=columns("""
        subject String
        version Version
    """),
    window=0,
)
