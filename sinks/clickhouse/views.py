"""The views that everything reads: one current row for each key, and figures made of them.

Base tables hold every version that was ever written until a merge; nobody but this package reads them.
"""

from __future__ import annotations

from sinks.clickhouse.tables import FIRST, Replicas, Table, on_cluster

FIGURES = {
    # Open incidents, what people on duty work through. Whether one is overdue is for the reader's clock: compare deadline with it.
    "current_queue": "SELECT * FROM current_incidents WHERE status = 'open'",
    # Active appeals by place, group, theme and hour (UTC; a region's day is the sum of its hours). ``unique_complaints`` leaves out
    # repeats and near-duplicates; ``reach`` is the number of distinct authors within the hour and can't be added up.
    "figures": """SELECT
    region, territory, `group`, theme,
    toDateTime64(toStartOfHour(published_at), 3, 'UTC') AS hour,
    count() AS appeals,
    countIf(kind = 'complaint') AS complaints,
    countIf(kind = 'complaint' AND duplicate_of = '' AND cluster IN ('', id)) AS unique_complaints,
    countIf(kind = 'question') AS questions,
    countIf(kind = 'suggestion') AS suggestions,
    countIf(kind = 'thanks') AS thanks,
    countIf(urgency >= 2) AS urgent,
    uniqExactIf(author, author != '') AS reach
FROM current_appeals
WHERE status = 'active'
GROUP BY region, territory, `group`, theme, hour""",
    # What each body has to do and how it has done: open and closed incidents, answers that closed nothing.
    "figures_by_body": """SELECT
    region, body, territory, `group`,
    countIf(status = 'open') AS open,
    countIf(status = 'closed') AS closed,
    countIf(status = 'open' AND replies = 0) AS unanswered,
    countIf(status = 'open' AND urgency >= 2) AS urgent,
    sumIf(members, status = 'open') AS open_members
FROM current_incidents
WHERE status != 'void'
GROUP BY region, body, territory, `group`""",
}


def current(table: Table) -> str:
    """The name of a table's view of current rows."""
    return f"current_{table.name}"


def create_view(table: Table, replicas: Replicas | None, migration: int = 0) -> str:
    """The CREATE statement of a table's view of current rows. Columns and their order are the table's after ``migration``."""
    columns = ", ".join(f"`{column.name}`" for column in table.until(migration))
    return _create(current(table), f"SELECT {columns} FROM {table.name} FINAL", replicas)


def create_views(replicas: Replicas | None) -> list[str]:
    """CREATE statements of the views of migration 1, those of current rows first."""
    views = [create_view(table, replicas) for table in FIRST]
    return views + [_create(name, body, replicas) for name, body in FIGURES.items()]


def _create(name: str, body: str, replicas: Replicas | None) -> str:
    return f"CREATE OR REPLACE VIEW {name}{on_cluster(replicas)} AS\n{body}"
