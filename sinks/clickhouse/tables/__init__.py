"""The tables as migrations make them.

Columns stand in the order of the row classes (monitor.model.rows). Times are ms in the rows and DateTime64(3) here, which is the
same integer. Partitions are monthly only where a key can't cross months: a current row must meet its predecessors in one partition.
Never change a text here once it is released: add a migration.
"""

from sinks.clickhouse.tables.content import APPEALS, ERASURES, POSTS, REPLIES, REVISIONS
from sinks.clickhouse.tables.table import Column, Replicas, Table, engine, on_cluster
from sinks.clickhouse.tables.upkeep import DEAD_LETTERS, SNAPSHOTS, SOURCE_HEALTH
from sinks.clickhouse.tables.work import ALERTS, DELIVERIES, INCIDENT_EVENTS, INCIDENTS, SERIES

__all__ = [
    "ALERTS",
    "ALL",
    "BY_NAME",
    "DELIVERIES",
    "ERASURES",
    "FIRST",
    "INCIDENTS",
    "Column",
    "Replicas",
    "Table",
    "engine",
    "on_cluster",
]

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
ALL = (*FIRST, DELIVERIES, ERASURES)
BY_NAME = {table.name: table for table in ALL}
