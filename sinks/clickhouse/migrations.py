"""Numbered migrations, applied in order and recorded in the database; and retention, which is configuration, not schema.

An applied migration is remembered with a hash of its text: one that was changed afterwards is refused, and so is a database that
knows more migrations than this program. Statements are repeatable, so a migration that was cut off is simply applied again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from monitor.model.errors import ConfigError
from sinks.clickhouse import changes
from sinks.clickhouse.tables import FIRST, Replicas, engine, on_cluster
from sinks.clickhouse.views import create_views

RETENTION = 0
"""The number under which the retention in force is recorded."""


@dataclass(frozen=True, slots=True)
class Migration:
    """``statements`` makes the SQL for one node (None) or for replicas."""

    number: int
    name: str
    statements: Callable[[Replicas | None], list[str]]


@dataclass(frozen=True, slots=True)
class Retention:
    """Days after which texts of posts and whole dead letters go; counted from when they were stored (``stored_at``, ``at``)."""

    text_days: int = 1095
    dead_letter_days: int = 30

    def statements(self, replicas: Replicas | None) -> list[str]:
        cluster = on_cluster(replicas)
        texts = f"TTL stored_at + INTERVAL {self.text_days:d} DAY"
        return [
            f"ALTER TABLE posts{cluster} MODIFY COLUMN text {texts}, MODIFY COLUMN attachments {texts}",
            f"ALTER TABLE post_revisions{cluster} MODIFY COLUMN text {texts}",
            f"ALTER TABLE dead_letters{cluster} MODIFY TTL at + INTERVAL {self.dead_letter_days:d} DAY",
        ]


MIGRATIONS = (
    Migration(1, "tables and views", lambda replicas: [t.create(replicas) for t in FIRST] + create_views(replicas)),
    Migration(2, "no insert tokens", changes.no_insert_tokens),
    Migration(3, "synced inserts", changes.synced_inserts),
    Migration(4, "texts expire from when they were stored", changes.stored_at),
    Migration(5, "deliveries", changes.deliveries),
    Migration(6, "answers to alerts", changes.answers),
    Migration(7, "sounds and tasks of alerts", changes.sounds_and_tasks),
    Migration(8, "parents of incidents", changes.parents),
    Migration(9, "fewer merges", changes.fewer_merges),
    Migration(10, "erasures", changes.erasures),
)


def ddl(replicas: Replicas | None) -> list[str]:
    """All statements of all migrations, without retention."""
    return [statement for migration in MIGRATIONS for statement in migration.statements(replicas)]


def migrate(
    client: Client,
    database: str,
    retention: Retention | None = None,
    *,
    replicas: Replicas | None = None,
    dry_run: bool = False,
) -> list[str]:
    """Brings ``database`` up to date; returns the statements that were run (with ``dry_run``: that would be), none if it was.

    ``replicas`` counts for a new database; one that is there keeps its layout, replicas by the servers' own macro where none are
    named. ``client`` may be connected to any database and is left connected to ``database``. Raises ConfigError for a database that
    is newer than the program, whose applied migrations differ from the program's, or that was made for one node where ``replicas``
    are asked for.
    """
    retention = retention or Retention()
    known = _applied(client, database)
    if known:
        there = _is_replicated(client, database)
        if replicas and not there:
            raise ConfigError([f"clickhouse: database {database} was made for one node; give replicas a new database"])
        replicas = (replicas or Replicas()) if there else None
    steps = [(m.number, m.name, m.statements) for m in MIGRATIONS]
    steps.append((RETENTION, "retention", retention.statements))
    # The form for one node names a migration in both layouts: who only asks whether all is applied need not know the layout.
    digests = {number: _hash(statements(None)) for number, _, statements in steps}
    _check(known, digests)
    first = prologue(database, replicas)
    done: list[str] = []
    for number, name, make in steps:
        statements, digest = make(replicas), digests[number]
        if known.get(number) == digest:
            continue
        if not dry_run:
            if not done:
                _run(client, first[:1])
                client.database = database
                _run(client, first[1:])
            _run(client, statements)
            client.command(
                "INSERT INTO migrations (number, name, hash, applied_at) VALUES ({n:UInt32}, {name:String}, {hash:String}, now64(3))",
                {"n": number, "name": name, "hash": digest},
                settings={"async_insert": 0},
            )
        done += ([] if done or known else first) + statements
    if not dry_run:
        client.database = database
    return done


def prologue(database: str, replicas: Replicas | None) -> list[str]:
    """What goes before the migrations of a new database: the database, and the table that records them."""
    cluster = on_cluster(replicas)
    return [
        f"CREATE DATABASE IF NOT EXISTS {database}{cluster}",
        f"CREATE TABLE IF NOT EXISTS migrations{cluster}\n"
        "(number UInt32, name String, hash String, applied_at DateTime64(3, 'UTC'))\n"
        f"ENGINE = {engine(replicas, 'applied_at')}\nORDER BY number",
    ]


def _applied(client: Client, database: str) -> dict[int, str]:
    """Number to hash of what the database has; empty where there is no database yet."""
    there = client.query(
        "SELECT count() FROM system.tables WHERE database = {d:String} AND name = 'migrations'", {"d": database}
    ).result_rows[0][0]
    if not there:
        return {}
    rows = client.query(f"SELECT number, hash FROM {database}.migrations FINAL").result_rows
    return {int(number): str(digest) for number, digest in rows}


def _is_replicated(client: Client, database: str) -> bool:
    sql = "SELECT engine FROM system.tables WHERE database = {d:String} AND name = 'migrations'"
    return str(client.query(sql, {"d": database}).result_rows[0][0]).startswith("Replicated")


def _check(known: dict[int, str], ours: dict[int, str]) -> None:
    newer = sorted(set(known) - set(ours))
    if newer:
        raise ConfigError([f"clickhouse: the database has migration {newer[-1]}, this program knows {max(ours)}; use a newer one"])
    changed = [number for number in known if number != RETENTION and known[number] != ours[number]]
    if changed:
        raise ConfigError(
            [f"clickhouse: migration {changed[0]} of the database is not this program's; it was made by another build of Nabat"]
        )


def _hash(statements: list[str]) -> str:
    return hashlib.sha256("\n;\n".join(statements).encode()).hexdigest()


def _run(client: Client, statements: list[str]) -> None:
    for statement in statements:
        client.command(statement)
