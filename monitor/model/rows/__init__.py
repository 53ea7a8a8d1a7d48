"""Rows as the stages write them: one NamedTuple a table, its fields are the table's columns in order.

Every row ends in ``version``: the log position that made it (monitor.model.position), packed. Of two rows with the same key the
greater version is the current one. The DDL in sinks.clickhouse is checked against these classes by a test.
"""

from __future__ import annotations

from monitor.model.rows.alarms import AlertRow, DeliveryRow, SeriesRow
from monitor.model.rows.appeals import AppealRow, IncidentEventRow, IncidentRow, ReplyRow
from monitor.model.rows.posts import DeadLetterRow, ErasureRow, PostRow, RevisionRow
from monitor.model.rows.running import SnapshotRow, SourceHealthRow

__all__ = [
    "TABLES",
    "AlertRow",
    "AppealRow",
    "DeadLetterRow",
    "DeliveryRow",
    "ErasureRow",
    "IncidentEventRow",
    "IncidentRow",
    "PostRow",
    "ReplyRow",
    "RevisionRow",
    "Row",
    "SeriesRow",
    "SnapshotRow",
    "SourceHealthRow",
]

TABLES: dict[type, str] = {
    PostRow: "posts",
    RevisionRow: "post_revisions",
    AppealRow: "appeals",
    ReplyRow: "replies",
    IncidentRow: "incidents",
    IncidentEventRow: "incident_events",
    SeriesRow: "series",
    AlertRow: "alerts",
    SnapshotRow: "snapshots",
    DeadLetterRow: "dead_letters",
    SourceHealthRow: "source_health",
    DeliveryRow: "deliveries",
    ErasureRow: "erasures",
}

Row = (
    PostRow
    | RevisionRow
    | AppealRow
    | ReplyRow
    | IncidentRow
    | IncidentEventRow
    | SeriesRow
    | AlertRow
    | SnapshotRow
    | DeadLetterRow
    | SourceHealthRow
    | DeliveryRow
    | ErasureRow
)
