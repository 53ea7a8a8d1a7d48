"""What the migrations after the first change in the tables. Never change a statement here once it is released: add a migration."""

from __future__ import annotations

from sinks.clickhouse.tables import ALERTS, DELIVERIES, ERASURES, FIRST, INCIDENTS, Replicas, Table, on_cluster
from sinks.clickhouse.views import create_view


def _set(replicas: Replicas | None, settings: str) -> list[str]:
    return [f"ALTER TABLE {table.name}{on_cluster(replicas)} MODIFY SETTING {settings}" for table in FIRST]


def no_insert_tokens(replicas: Replicas | None) -> list[str]:
    """Makes the tables remember no inserted blocks.

    The server may note a block before its rows are in place. Where it dies in between, the block would be taken for a known one
    when it is brought again: acknowledged and lost. Rows that come twice are no harm: they are known by key and version.
    """
    return _set(replicas, f"{'replicated' if replicas else 'non_replicated'}_deduplication_window = 0")


def synced_inserts(replicas: Replicas | None) -> list[str]:
    """Makes an insert acknowledged only when it is on the disk, as the log's commit follows the acknowledgement.

    Merges need no sync: what they have merged is kept for eight minutes (``old_parts_lifetime``) and taken instead of a broken part.
    """
    return _set(replicas, "fsync_after_insert = 1, fsync_part_directory = 1")


def stored_at(replicas: Replicas | None) -> list[str]:
    """Gives texts the time at which they were stored, from which they expire: history that is replayed was "fetched" long ago.

    The server fills the column; rows, views and what is computed from them know nothing of it, so rows that are brought again are
    the same rows, and only their end moves by the seconds in between. Rows that are there already count from when they were fetched.
    """
    statements = []
    for table in ("posts", "post_revisions"):
        alter = f"ALTER TABLE {table}{on_cluster(replicas)}"
        statements += [
            f"{alter} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT fetched_at CODEC(Delta, ZSTD(1))",
            f"{alter} MATERIALIZE COLUMN stored_at SETTINGS mutations_sync = 2",
            f"{alter} MODIFY COLUMN stored_at DEFAULT now64(3, 'UTC')",
        ]
    return statements


def deliveries(replicas: Replicas | None) -> list[str]:
    """The journal of what people and systems were told. An intent must be on the disk before anything is sent."""
    return _later(DELIVERIES, replicas)


def erasures(replicas: Replicas | None) -> list[str]:
    """Whose posts are not taken any more."""
    return _later(ERASURES, replicas)


def _later(table: Table, replicas: Replicas | None) -> list[str]:
    """A table that came after the first ones, which migrations have made durable."""
    return [f"{table.create(replicas)}, fsync_after_insert = 1, fsync_part_directory = 1", create_view(table, replicas)]


def answers(replicas: Replicas | None) -> list[str]:
    """What people do about an alert: who answered it, who works on it, until when it is to be silent."""
    return _more_columns(ALERTS, 6, replicas)


def sounds_and_tasks(replicas: Replicas | None) -> list[str]:
    """How often an alert has sounded and what for, which planned works explain it, and the task to the body that has to act."""
    return _more_columns(ALERTS, 7, replicas)


def parents(replicas: Replicas | None) -> list[str]:
    """Which incidents have one cause, and what it is."""
    return _more_columns(INCIDENTS, 8, replicas)


def _more_columns(table: Table, number: int, replicas: Replicas | None) -> list[str]:
    """The columns that a table has got in this migration, and its view with them."""
    before = table.until(number)
    added = ", ".join(
        f"ADD COLUMN IF NOT EXISTS {column.name} {column.spec} AFTER {before[place - 1].name}"
        for place, column in enumerate(before)
        if column.since == number
    )
    return [f"ALTER TABLE {table.name}{on_cluster(replicas)} {added}", create_view(table, replicas, number)]


def fewer_merges(replicas: Replicas | None) -> list[str]:
    """Makes the server wait for more parts before it merges them: about 20 of like size instead of 5.

    Batches come several times a second into each table; merging them five by five rewrites every row more often. Queries
    read some dozens of small parts more.
    """
    return _set(replicas, "merge_selector_base = 20")
