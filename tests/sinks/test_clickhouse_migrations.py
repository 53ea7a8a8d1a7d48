"""Migrations: repeatable, refused where they do not fit, shown before they are run, one text for one node and for replicas."""

from __future__ import annotations

import pytest
from clickhouse_connect.driver.client import Client

from monitor.model.errors import ConfigError
from sinks.clickhouse import migrations
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import Migration, Retention, ddl, migrate
from sinks.clickhouse.tables import ALL, Replicas
from sinks.clickhouse.writer import ClickHouseWriter
from tests.fakes.databases import Databases
from tests.sinks.examples import T0, at, post, revision

DAY = 86_400_000


@pytest.fixture
def client(clickhouse_engine: Databases) -> Client:
    client = clickhouse_engine.clients.get()
    client.database = "default"
    return client


def tables(client: Client, database: str) -> dict[str, str]:
    sql = "SELECT name, create_table_query FROM system.tables WHERE database = {d:String} ORDER BY name"
    return {str(name): str(query) for name, query in client.query(sql, {"d": database}).result_rows}


def test_a_dry_run_shows_what_a_run_does_and_changes_nothing(client: Client, empty_clickhouse: Target) -> None:
    shown = migrate(client, empty_clickhouse.database, dry_run=True)
    assert tables(client, empty_clickhouse.database) == {}
    assert shown == migrate(client, empty_clickhouse.database)
    assert {table.name for table in ALL} < set(tables(client, empty_clickhouse.database))


def test_the_second_time_there_is_nothing_to_do(client: Client, empty_clickhouse: Target) -> None:
    migrate(client, empty_clickhouse.database)
    before = tables(client, empty_clickhouse.database)
    assert migrate(client, empty_clickhouse.database) == []
    assert migrate(client, empty_clickhouse.database, dry_run=True) == []
    assert tables(client, empty_clickhouse.database) == before


def test_a_migration_that_was_cut_off_is_applied_again(
    client: Client, empty_clickhouse: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = migrations.MIGRATIONS
    cut = Migration(1, "tables and views", lambda replicated: [*whole[0].statements(replicated)[:5], "CREATE NONSENSE"])
    monkeypatch.setattr(migrations, "MIGRATIONS", (cut,))
    with pytest.raises(Exception, match="NONSENSE"):
        migrate(client, empty_clickhouse.database)
    monkeypatch.setattr(migrations, "MIGRATIONS", whole)
    assert migrate(client, empty_clickhouse.database)
    assert migrate(client, empty_clickhouse.database) == []


def test_only_what_is_new_is_run(client: Client, empty_clickhouse: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(client, empty_clickhouse.database)
    statement = "ALTER TABLE alerts ADD COLUMN IF NOT EXISTS note String"
    last = len(migrations.MIGRATIONS)
    monkeypatch.setattr(
        migrations, "MIGRATIONS", (*migrations.MIGRATIONS, Migration(last + 1, "note", lambda replicated: [statement]))
    )
    assert migrate(client, empty_clickhouse.database) == [statement]
    assert "`note` String" in tables(client, empty_clickhouse.database)["alerts"]
    monkeypatch.undo()
    with pytest.raises(ConfigError, match=f"has migration {last + 1}, this program knows {last}"):
        migrate(client, empty_clickhouse.database)


def test_a_migration_that_was_changed_afterwards_is_refused(
    client: Client, empty_clickhouse: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(client, empty_clickhouse.database)
    changed = Migration(1, "tables and views", lambda replicated: ["SELECT 1"])
    monkeypatch.setattr(migrations, "MIGRATIONS", (changed, *migrations.MIGRATIONS[1:]))
    with pytest.raises(ConfigError, match="not this program's"):
        migrate(client, empty_clickhouse.database)


def test_a_database_keeps_its_layout(client: Client, empty_clickhouse: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(client, empty_clickhouse.database)
    with pytest.raises(ConfigError, match="made for one node"):
        migrate(client, empty_clickhouse.database, replicas=Replicas())
    # As of replicas, which can't be made without a Keeper.
    monkeypatch.setattr(migrations, "_is_replicated", lambda client, database: True)
    assert migrate(client, empty_clickhouse.database) == []
    assert migrate(client, empty_clickhouse.database, replicas=Replicas()) == []
    pending = migrate(client, empty_clickhouse.database, Retention(7, 7), dry_run=True)
    assert pending == Retention(7, 7).statements(Replicas())


def test_another_retention_is_applied_alone(client: Client, empty_clickhouse: Target) -> None:
    migrate(client, empty_clickhouse.database, Retention(100, 10))
    first = tables(client, empty_clickhouse.database)
    assert first["posts"].count("toIntervalDay(100)") == 2
    assert "toIntervalDay(100)" in first["post_revisions"]
    assert "toIntervalDay(10)" in first["dead_letters"]
    done = migrate(client, empty_clickhouse.database, Retention(200, 20))
    assert done == Retention(200, 20).statements(None)
    second = tables(client, empty_clickhouse.database)
    assert second["posts"].count("toIntervalDay(200)") == 2
    assert "toIntervalDay(20)" in second["dead_letters"]


def test_retention_expires_texts_and_dead_letters_and_keeps_the_rest(client: Client, empty_clickhouse: Target) -> None:
    migrate(client, empty_clickhouse.database, Retention(100, 10))
    client.command("INSERT INTO posts (id, text, likes, stored_at) VALUES ('new', 'т', 1, now64(3))")
    client.command("INSERT INTO posts (id, text, likes, stored_at) VALUES ('old', 'т', 1, now64(3) - toIntervalDay(101))")
    client.command("INSERT INTO dead_letters (id, at) VALUES ('new', now64(3)), ('old', now64(3) - toIntervalDay(11))")
    client.command("OPTIMIZE TABLE dead_letters FINAL")
    client.command("OPTIMIZE TABLE posts FINAL")
    assert client.query("SELECT id, text, likes FROM current_posts ORDER BY id").result_rows == [("new", "т", 1), ("old", "", 1)]
    assert client.query("SELECT id FROM current_dead_letters").result_rows == [("new",)]


async def test_texts_of_old_history_are_kept_from_when_they_were_stored(client: Client, empty_clickhouse: Target) -> None:
    migrate(client, empty_clickhouse.database, Retention(100, 10))
    long_ago = T0 - 10 * 365 * DAY
    writer = ClickHouseWriter(empty_clickhouse)
    await writer.write([post(1, fetched_at=long_ago), revision("vk:-1_1", at(1), fetched_at=long_ago, text="тут")])
    await writer.close()
    for table in ("posts", "post_revisions"):
        client.command(f"OPTIMIZE TABLE {table} FINAL")
    assert client.query("SELECT text FROM current_posts").result_rows == [(post(1).text,)]
    assert client.query("SELECT text FROM current_post_revisions").result_rows == [("тут",)]


def test_what_was_stored_before_migration_4_expires_as_before(
    client: Client, empty_clickhouse: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", whole[:3])
    monkeypatch.setattr(Retention, "statements", lambda retention, replicas: [])
    migrate(client, empty_clickhouse.database)
    client.command("INSERT INTO posts (id, text, fetched_at) VALUES ('new', 'т', now64(3) - toIntervalDay(50))")
    client.command("INSERT INTO posts (id, text, fetched_at) VALUES ('old', 'т', now64(3) - toIntervalDay(101))")
    monkeypatch.undo()
    migrate(client, empty_clickhouse.database, Retention(100, 10))
    client.command("INSERT INTO posts (id, text, fetched_at) VALUES ('replayed', 'т', now64(3) - toIntervalDay(101))")
    client.command("OPTIMIZE TABLE posts FINAL")
    assert client.query("SELECT id, text FROM current_posts ORDER BY id").result_rows == [
        ("new", "т"),
        ("old", ""),
        ("replayed", "т"),
    ]


@pytest.mark.parametrize("cluster", ["{cluster}", "main-2"])
def test_ddl_for_replicas_is_valid_and_differs_only_in_engines(client: Client, cluster: str) -> None:
    replicas = Replicas(cluster)
    one, many = ([*migrations.prologue("other", form), *ddl(form), *Retention().statements(form)] for form in (None, replicas))
    for statement in many:
        client.query(f"EXPLAIN AST {statement}")
        assert f" ON CLUSTER '{cluster}'" in statement
    with pytest.raises(Exception, match="Syntax error"):
        client.query(f"EXPLAIN AST {many[1].replace('ORDER BY', 'ORDERED BY')}")
    engine = "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', "
    assert sum(engine in statement for statement in many) == len(ALL) + 1
    same = [
        text.replace(f" ON CLUSTER '{cluster}'", "")
        .replace(engine, "ReplacingMergeTree(")
        .replace(" replicated_dedup", " non_replicated_dedup")
        for text in many
    ]
    assert same == one


@pytest.mark.parametrize("name", ["", "a b", "a'; DROP", "кластер"])
def test_a_cluster_has_a_name(name: str) -> None:
    with pytest.raises(ConfigError, match="cluster"):
        Replicas(name)


@pytest.mark.parametrize("name", ["", "a-b", "a b", "1a", "a;DROP", "база", "a.b"])
def test_a_database_name_is_an_identifier(name: str) -> None:
    with pytest.raises(ConfigError, match="database"):
        Target(path="/nowhere", database=name)


@pytest.mark.parametrize(
    "wrong", [{}, {"path": "a", "url": "http://b"}, {"url": "localhost:8123"}, {"url": "ftp://host"}, {"path": "a", "timeout": 0}]
)
def test_a_wrong_target_says_what_is_wrong(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="clickhouse:"):
        Target(**wrong)  # type: ignore[arg-type]


def test_each_thread_has_its_own_client(clickhouse: Target) -> None:
    import threading

    clients = Clients(clickhouse)
    seen = [clients.get(), clients.get()]
    thread = threading.Thread(target=lambda: seen.append(clients.get()))
    thread.start()
    thread.join()
    clients.close()
    assert seen[0] is seen[1]
    assert seen[2] is not seen[0]
