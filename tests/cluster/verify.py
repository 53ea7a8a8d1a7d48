"""What a disturbed cluster must have left: compared with undisturbed stages over the same log, row by row."""

from __future__ import annotations

from clickhouse_connect.driver.client import Client

from detectors.classifier import RuleClassifier
from monitor.cluster.settings import shared_key
from monitor.log.base import ALERTS, DEADLETTERS, INCIDENTS, PAGES, REPLIES, WATCH, Log, Record, partition_of
from monitor.model.position import Position
from monitor.runtime import compose
from monitor.runtime.keys import Sealer
from monitor.runtime.triage_runner import GROUP as TRIAGE_GROUP
from monitor.runtime.watch_runner import GROUP as WATCH_GROUP
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.snapshots import ClickHouseSnapshots
from sinks.clickhouse.tables import BY_NAME
from sinks.clickhouse.views import current
from sinks.clickhouse.writer import ClickHouseWriter
from tests.cluster.country import PARTITIONS, Country
from tests.cluster.harness import Cluster
from tests.crash import tables
from tests.crash.region import SteadyClassifier
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import Done, run_triage, run_watch
from tests.crash.verify import compare_findings, compare_outgoing, is_kind, read_all

BATCH = 100


async def differences(cluster: Cluster, target: Target, fresh: Target) -> list[str]:
    """What is wrong, in words; empty if nothing is. ``target`` is the cluster's store, ``fresh`` an empty one beside it."""
    with cluster.order.understood():
        return [one[:500] for one in await _differences(cluster, target, fresh)]


async def _differences(cluster: Cluster, target: Target, fresh: Target) -> list[str]:
    country, log = cluster.order.country(), cluster.log
    pages = [await read_all(log, PAGES, number) for number in range(PARTITIONS)]
    triage = [_triage(cluster, country, part) for part in pages]
    found: list[str] = []
    watch: list[Done] = []
    records: list[Record] = []
    for number in range(PARTITIONS):
        part = await read_all(log, WATCH, number)
        done, problems = await _watch(cluster, country, target, number, part)
        watch.append(done)
        records += part
        found += problems
    writer = ClickHouseWriter(fresh)
    for done in (*triage, *watch):
        await writer.write(done.rows)
    await writer.close()
    clients = Clients(target)
    posts = {row[0] for row in clients.get().query(f"SELECT id FROM {target.database}.posts FINAL").result_rows}
    if posts != country.posts():
        found.append(f"{len(country.posts() - posts)} posts are missing, {len(posts - country.posts())} are not known")
    for name in (*tables.TRIAGE, *tables.WATCH):
        found += _compare(clients.get(), current(BY_NAME[name]), target.database, fresh.database)
    clients.close()
    found += compare_findings(records, [one for done in triage for one in done.findings])
    found += await compare_outgoing(log, (INCIDENTS, ALERTS, REPLIES), *watch)
    found += await compare_outgoing(log, (DEADLETTERS,), *triage)
    found += await _committed(log)
    return found


async def repeats(log: Log) -> int:
    """How many findings are in the watch log for a second time: what the disturbances cost, and watch passed over."""
    records = [record for number in range(PARTITIONS) for record in await read_all(log, WATCH, number)]
    values = [record.value for record in records if is_kind(record, "findings")]
    return len(values) - len(set(values))


def _triage(cluster: Cluster, country: Country, records: list[Record]) -> Done:
    config = cluster.config
    seal = Sealer(shared_key(config.privacy.dead_letter_key_file, "")).seal
    stage = compose.triage_stage(config, country.profiles, country.sources, cluster.log.layout.epoch, seal)
    done = Done()
    return run_triage(stage, records, BATCH, RowsReader(done.rows), done.rows)


async def _watch(cluster: Cluster, country: Country, target: Target, number: int, records: list[Record]) -> tuple[Done, list[str]]:
    """Undisturbed watch up to the last snapshot, which must be its state; behind it only ticks may lie."""
    snapshots = ClickHouseSnapshots(target)
    profiles = [profile for profile in country.profiles if partition_of(profile.id, PARTITIONS) == number]
    classifier = RuleClassifier if cluster.order.rules else SteadyClassifier
    uses = [compose.use_of(cluster.config, one, classifier(one), country.sources, country.end) for one in profiles]
    stage = compose.watch_stage(cluster.config, profiles, country.sources, uses, cluster.log.layout.epoch)
    problems = []
    (profile,) = profiles
    found = await snapshots.latest(profile.id)
    await snapshots.close()
    assert found is not None
    end = Position.unpack(found[0]).offset
    done = run_watch(stage, records[:end], BATCH)
    if stage.dump(profile.id) != found[1]:
        problems.append(f"the last snapshot of {profile.id} is not the state of undisturbed watch")
    problems += [f"watch has left a record undone: {one.value[:100]!r}" for one in records[end:] if not is_kind(one, "tick")]
    if (committed := await cluster.log.committed(WATCH_GROUP, WATCH, number) or 0) > end:
        problems.append(f"watch has committed {committed} in partition {number}, its last snapshot stands at {end}")
    return done, problems


def _compare(client: Client, view: str, found: str, expected: str) -> list[str]:
    """The first rows that only one of two databases has."""
    counts = [client.query(f"SELECT count() FROM {database}.{view}").result_rows[0][0] for database in (found, expected)]
    problems = [] if counts[0] == counts[1] else [f"{view}: {counts[0]} rows, {counts[1]} expected"]
    for title, one, other in (("not expected", found, expected), ("missing", expected, found)):
        rows = client.query(f"SELECT * FROM (SELECT * FROM {one}.{view} EXCEPT SELECT * FROM {other}.{view}) LIMIT 2").result_rows
        problems += [f"{view}: {title}: {row}" for row in rows]
    return problems


async def _committed(log: Log) -> list[str]:
    problems = []
    for number in range(PARTITIONS):
        (_, end), committed = await log.bounds(PAGES, number), await log.committed(TRIAGE_GROUP, PAGES, number)
        if committed != end:
            problems.append(f"triage has committed {committed} of {end} in partition {number}")
    return problems
