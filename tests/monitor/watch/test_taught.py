"""A past that comes in several records teaches what one record would."""

from __future__ import annotations

import random

from monitor.log.base import Record
from monitor.model.rows import SeriesRow
from monitor.model.verdict import Urgency
from monitor.model.watch import Findings, History, Tick, WatchRecord
from sources.simulated.world import World
from tests.crash.region import HOUR, MINUTE, REGION, START, use, watch
from tests.crash.stages import watch_record
from tests.monitor.watch.test_past import appeal

ROADS = {"grad-1|group|roads": [6] * 168}
WASTE = {"luga|group|waste": [3] * 168}


def log(world: World, *histories: dict[str, list[int]]) -> list[Record]:
    chance = random.Random(1)
    source = world.sources[0].id
    some = [appeal(chance, f"p{number}", START + number * MINUTE, "roads.holes", Urgency.NORMAL) for number in range(4)]
    entries: list[WatchRecord] = [use(), *(History(REGION, START - 168 * HOUR, HOUR, counts) for counts in histories)]
    entries += [Tick(START), Findings((1, 0, 1), REGION, source, START + 5 * MINUTE, START, 4, appeals=some), Tick(START + HOUR)]
    return [watch_record(number, entry) for number, entry in enumerate(entries)]


def expected(world: World, records: list[Record], cut: int = 0) -> dict[tuple[int, str], int]:
    stage = watch(world)
    rows = list(stage.process(records[:cut]).rows)
    again = watch(world)
    again.load(REGION, stage.dump(REGION), 0)
    rows += again.process(records[cut:]).rows
    return {(row.bucket, row.series): row.expected for row in rows if isinstance(row, SeriesRow)}


def test_parts_of_a_past_teach_what_the_whole_does(region: World) -> None:
    whole = expected(region, log(region, ROADS | WASTE))
    assert max(whole.values()) > 100
    parts = log(region, ROADS, WASTE)
    assert expected(region, parts) == whole
    for cut in (2, 3, 4):
        assert expected(region, parts, cut) == whole
