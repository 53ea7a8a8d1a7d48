"""What a disturbed run must have left: compared with undisturbed stages over the same log, column by column."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.classifier import RuleClassifier
from monitor.log.base import ALERTS, DEADLETTERS, INCIDENTS, PAGES, REPLIES, WATCH, Log, Record, partition_of
from monitor.model.codec import decode
from monitor.model.position import Position
from monitor.model.post import Page
from monitor.model.watch import Findings
from monitor.runtime import compose
from monitor.runtime.folder import open_log
from monitor.runtime.keys import Sealer, load_key
from monitor.runtime.triage_runner import GROUP as TRIAGE_GROUP
from monitor.runtime.watch_runner import GROUP as WATCH_GROUP
from sinks.clickhouse.connect import Target
from sinks.clickhouse.writer import ClickHouseWriter
from tests.crash import tables
from tests.crash.child import Order, configuration, understood
from tests.crash.harness import Result
from tests.crash.paced import Paced
from tests.crash.region import END, REGION, SteadyClassifier, profile, small_world
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import Done, run_triage, run_watch


async def differences(order: Order, result: Result, fresh: Target, reference: Result | None = None) -> list[str]:
    """What is wrong, in words; empty if nothing is. ``fresh`` is an empty store, ``reference`` the result of an undisturbed run."""
    log = await open_log(configuration(order))
    try:
        pages = [await read_all(log, PAGES, partition) for partition in range(order.partitions)]
        position = Position.unpack(int(result["position"]))
        records = await read_all(log, WATCH, 0)
        # A tick that was appended while the process stopped is the next process's.
        rest, records = records[position.offset :], records[: position.offset]
        found = [f"watch has left a record undone: {record.value[:100]!r}" for record in rest if not is_kind(record, "tick")]
        triage = [_fresh_triage(order, log, part) for part in pages]
        watch, state = _fresh_watch(order, log, records)
        writer = ClickHouseWriter(fresh)
        await writer.write([row for done in (*triage, watch) for row in done.rows])
        await writer.close()
        expected = await tables.read_tables(fresh)
        found += [f"{name}: {problem}" for name in expected for problem in _compare(expected[name], result["tables"][name])]
        if reference is not None:
            for name in tables.TRIAGE:
                found += [
                    f"{name} of the undisturbed run: {one}" for one in _compare(reference["tables"][name], result["tables"][name])
                ]
        found += compare_findings(records, [one for done in triage for one in done.findings])
        found += await compare_outgoing(log, (INCIDENTS, ALERTS, REPLIES), watch)
        found += await compare_outgoing(log, (DEADLETTERS,), *triage)
        found += await _committed(log, order, position)
        if bytes.fromhex(result["state"]) != state:
            found.append("the last snapshot is not the state of undisturbed watch")
        if order.crawl:
            found += await _crawled(order, log, [record for part in pages for record in part])
        return found
    finally:
        await log.close()


def is_kind(record: Record, kind: str) -> bool:
    return record.value.startswith(f'{{"type":"{kind}"'.encode())


async def read_all(log: Log, topic: str, partition: int) -> list[Record]:
    offset, end = await log.bounds(topic, partition)
    found: list[Record] = []
    while offset < end:
        found += await log.read(topic, partition, offset)
        offset = found[-1].offset + 1
    return found


def _fresh_triage(order: Order, log: Log, records: list[Record]) -> Done:
    config = configuration(order)
    key = config.privacy.dead_letter_key_file
    assert key is not None
    with understood(order):
        seal = Sealer(load_key(key, key)).seal
        stage = compose.triage_stage(config, [profile()], small_world(order.seed).sources, log.layout.epoch, seal)
    done = Done()
    return run_triage(stage, records, 100, RowsReader(done.rows), done.rows)


def _fresh_watch(order: Order, log: Log, records: list[Record]) -> tuple[Done, bytes]:
    config, region, sources = configuration(order), profile(), small_world(order.seed).sources
    classifier = RuleClassifier(region) if order.rules else SteadyClassifier()
    use = compose.use_of(config, region, classifier, sources, END)
    stage = compose.watch_stage(config, [region], sources, [use], log.layout.epoch)
    done = run_watch(stage, records, 100)
    return done, stage.dump(REGION)


def _compare(expected: tables.Rows, found: tables.Rows) -> list[str]:
    """The first differences of two tables, column by column."""
    problems = []
    if len(expected) != len(found):
        problems.append(f"{len(found)} rows, {len(expected)} expected")
    for one, other in zip(expected, found, strict=False):
        columns = [f"{name} is {other[name]!r}, not {one[name]!r}" for name in one if one[name] != other[name]]
        if columns:
            problems.append(f"{one['id'] if 'id' in one else one['series']}: {'; '.join(columns)}")
    return problems[:3]


def compare_findings(records: list[Record], expected: list[bytes]) -> list[str]:
    """Every page's findings once or more, always the same bytes, and nothing else."""
    by_origin: dict[tuple[int, int, int], set[bytes]] = {}
    for record in records:
        if is_kind(record, "findings"):
            by_origin.setdefault(decode(record.value, Findings).origin, set()).add(record.value)
    problems = [f"findings of {origin} came in {len(forms)} forms" for origin, forms in by_origin.items() if len(forms) > 1]
    if {form for forms in by_origin.values() for form in forms} != set(expected):
        problems.append("other findings than those of undisturbed triage")
    return problems


async def compare_outgoing(log: Log, topics: Sequence[str], *stages: Done) -> list[str]:
    """Records for other systems may be repeated, but only byte by byte, and the first appearances of each stage's are in order."""
    problems = []
    for topic in topics:
        seen = list(dict.fromkeys((record.key, record.value) for record in await read_all(log, topic, 0)))
        orders = [[(one.key, one.value) for one in stage.outgoing if one.topic == topic] for stage in stages]
        own = [(order, set(order)) for order in orders]
        if sum(map(len, orders)) != len(seen) or any([one for one in seen if one in known] != order for order, known in own):
            problems.append(f"topic {topic}: other records than those of undisturbed stages")
    return problems


async def _committed(log: Log, order: Order, snapshot: Position) -> list[str]:
    problems = []
    if (committed := await log.committed(WATCH_GROUP, WATCH, 0)) != snapshot.offset:
        problems.append(f"watch has committed {committed}, its last snapshot stands at {snapshot.offset}")
    for partition in range(order.partitions):
        (_, end), committed = await log.bounds(PAGES, partition), await log.committed(TRIAGE_GROUP, PAGES, partition)
        if committed != end and (committed or end):
            problems.append(f"triage has committed {committed} of {end} in partition {partition}")
    return problems


async def _crawled(order: Order, log: Log, records: list[Record]) -> list[str]:
    """Every answer of every source is in the log once, whole and in order, and the cursors agree."""
    problems = []
    region = small_world(order.seed)
    cursors = await log.cursors()
    for source in region.sources:
        partition = partition_of(source.id, order.partitions)
        pages = [decode(record.value, Page) for record in records if (record.key, record.partition) == (source.id, partition)]
        answers = await Paced(region).answers(source)
        expected = [page for answer in answers for page in answer.pages]
        if [page.posts for page in pages] != [page.posts for page in expected]:
            problems.append(f"{source.id}: other posts than the source has")
        if [(page.cursor, page.covered_until) for page in pages] != [(page.cursor, page.covered_until) for page in expected]:
            problems.append(f"{source.id}: a page is missing, doubled, or out of order")
        if sum(len(page.broken) for page in pages) != sum(len(answer.broken) for answer in answers):
            problems.append(f"{source.id}: broken items were lost")
        if cursors.get(source.id) != pages[-1].cursor:
            problems.append(f"{source.id}: cursor and pages disagree")
    return problems
