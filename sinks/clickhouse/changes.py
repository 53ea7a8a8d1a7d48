"""What the migrations after the first change in the tables. Never change a statement here once it is released: add a migration."""

from __future__ import annotations

from sinks.clickhouse.tables import ALL, Replicas, on_cluster


def _set(replicas: Replicas | None, settings: str) -> list[str]:
    return [f"ALTER TABLE {table.name}{on_cluster(replicas)} MODIFY SETTING {settings}" for table in ALL]


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
