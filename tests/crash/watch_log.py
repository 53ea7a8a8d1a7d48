"""A watch log as triage, people and clocks write it: findings, some of them twice, with actions and ticks between, some of machines
whose clock is years ahead.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from msgspec import structs

from monitor.log.base import Record
from monitor.model.codec import decode
from monitor.model.rows import AppealRow
from monitor.model.watch import Action, Findings, Tick, WatchRecord
from sources.simulated.world import World
from tests.crash.region import EPOCH, HOUR, MINUTE, REGION, START, history, use, watch
from tests.crash.stages import watch_record

PROGRESS, ASTRAY = 90, 91
"""Partitions of pages that no stream has."""
YEARS = 10 * 365 * 24 * HOUR


def watch_log(world: World, findings: Sequence[bytes], seed: int) -> list[Record]:
    """The records in order. Actions are based on what the person could see: the current version, or, now and then, an older one."""
    chance, wild = random.Random(seed), random.Random(seed)
    stage = watch(world)
    records: list[Record] = []
    seen: dict[str, list[str]] = {}

    def append(record: WatchRecord | bytes) -> None:
        records.append(watch_record(len(records), record))
        for row in stage.process(records[-1:]).rows:
            if isinstance(row, AppealRow):
                seen.setdefault(row.id, []).append(str(row.version))

    append(use())
    append(history(world))
    clock = START
    for number, found in enumerate(findings):
        append(found)
        clock = max(clock, decode(found, Findings).fetched_at)
        if chance.random() < 0.1:
            for again in findings[max(0, number - chance.randint(0, 6)) : number + 1]:
                append(again)
        if chance.random() < 0.3:
            append(Tick(clock - chance.randint(0, 3 * MINUTE)))
        if wild.random() < 0.05:
            append(Tick(clock + YEARS + number))
        if wild.random() < 0.05:
            name = f"astray-{number}"
            read = decode(found, Findings)
            appeals = [structs.replace(one, id=f"{one.id}-{name}", past=True) for one in read.appeals]
            origin, fetched = (EPOCH, ASTRAY, number), read.fetched_at + YEARS
            append(Findings(origin, REGION, read.source, fetched, fetched, appeals=appeals, newest=read.newest))
        if seen and chance.random() < 0.1:
            subject = chance.choice(sorted(seen))
            versions = [*seen[subject], "7"]
            based_on = versions[-2] if chance.random() < 0.7 else chance.choice(versions)
            append(Action(f"action-{number}", "not_appeal", REGION, subject, based_on, "operator", clock))
            if chance.random() < 0.3:
                append(Action(f"action-{number}-again", "not_appeal", REGION, subject, based_on, "operator", clock))
        if number == len(findings) // 2:
            append(use())
    append(Action("action-unknown", "not_appeal", REGION, "sim:c1:nothing", "7", "operator", clock))
    for hours in range(1, 4):
        append(Tick(clock + hours * HOUR))
    # Quiet hours that are read: only now anything may be over.
    for minutes in range(0, 50, 5):
        now = clock + 3 * HOUR + minutes * MINUTE
        for place, source in enumerate(world.sources):
            append(Findings((EPOCH, PROGRESS, minutes * len(world.sources) + place), REGION, source.id, now, now))
    return records
