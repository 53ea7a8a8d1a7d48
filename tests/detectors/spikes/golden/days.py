"""A log of complaints, a line each, played through watch: what happened in and which alerts come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from detectors.duplicates import NearDuplicates
from detectors.spikes import Spikes
from monitor.model.incident import Appeal
from monitor.model.rows import AlertRow
from monitor.model.source import Source
from monitor.model.verdict import Verdict
from monitor.model.watch import Findings, History, Tick, WatchRecord
from monitor.model.works import Works
from monitor.profile.model import Profile, Territory
from monitor.watch.region import Region
from monitor.watch.settings import Names
from monitor.watch.stage import Watch
from tests.crash.region import EPOCH, HOUR, MINUTE, REGION, START, WATCH, profile, use
from tests.crash.stages import run_watch, watch_record

FOLDER = Path(__file__).parent
BEGIN = START - START % (24 * HOUR) - 4 * HOUR
"""Midnight in the region."""
WEEKS = 2
DISTRICTS = tuple(f"d{number}" for number in range(9))
GROUPS = {"energy": "energy.outage", "housing": "housing.water", "roads": "roads.snow", "waste": "waste.bins"}
STEP = 5
SOURCE = Source("vk:-1", "vk", "community", REGION, "-1", "Подслушано", REGION)


def region() -> Profile:
    named = [Territory(REGION, "Тестовая область", "region")]
    named += [Territory(one, f"Район {one[1:]}", "municipality", REGION) for one in DISTRICTS]
    return replace(profile(), territories={one.id: one for one in named}, sources={SOURCE.id: SOURCE})


def stage() -> Watch:
    def make() -> Region:
        return Region(region(), WATCH, Names(), NearDuplicates(5_000), Spikes(WATCH.spikes), [SOURCE.id])

    return Watch(EPOCH, {REGION: make}, {REGION: use()})


def entries(name: str) -> Iterator[WatchRecord]:
    """The log ``name``.log: hourly counts of each series of the past, then lines of minute, district, group and words; ``dark`` and
    ``light`` with a minute say when nothing can be read, ``frost`` with a minute that it is -20 °C from then on.
    """
    lines = [line.split("\t") for line in (FOLDER / f"{name}.log").read_text(encoding="utf-8").splitlines()]
    yield use()
    past = {series: [int(count) for count in counts.split()] for kind, series, counts in (x for x in lines if x[0] == "past")}
    yield History(REGION, BEGIN - WEEKS * 168 * HOUR, HOUR, past)
    yield Tick(BEGIN)
    posts = [line for line in lines if line[0].isdigit()]
    dark, light = ([int(line[1]) for line in lines if line[0] == word] for word in ("dark", "light"))
    frost = [int(line[1]) for line in lines if line[0] == "frost"]
    sent = page = 0
    for minute in range(STEP, int(lines[-1][1]) + 1, STEP):
        now = BEGIN + minute * MINUTE
        yield Tick(now)
        if minute in frost:
            yield Works(REGION, now, temperature=-20, measured=now)
        if any(begin <= minute < end for begin, end in zip(dark, light, strict=True)):
            continue
        found = []
        while sent < len(posts) and int(posts[sent][0]) < minute:
            at, district, group, words = posts[sent]
            sent += 1
            verdict = Verdict("complaint", 900, group, GROUPS[group])
            verdict.place.territory = district
            when = BEGIN + int(at) * MINUTE
            found.append(Appeal(f"vk:-1_{sent}", words, when, when, SOURCE.id, "vk", verdict, author=f"a{sent}"))
        page += 1
        yield Findings((EPOCH, 0, page), REGION, SOURCE.id, now, now, appeals=found)


def told(name: str, every: int = 0) -> list[str]:
    """The spikes' alerts, a line where one is told of, rises or ends. ``every`` so many records watch begins anew from a snapshot."""
    records = [watch_record(number, entry) for number, entry in enumerate(entries(name))]
    size = every or len(records)
    rows = []
    going = stage()
    for start in range(0, len(records), size):
        if start:
            fresh = stage()
            fresh.load(REGION, going.dump(REGION), 0)
            going = fresh
        rows += run_watch(going, records[start : start + size], 7).rows
    # An alert that nobody answers is told of again and again.
    changes: dict[tuple[str, str, str], AlertRow] = {}
    for row in rows:
        if isinstance(row, AlertRow) and row.kind == "spike":
            changes.setdefault((row.id, row.status, row.level), row)
    return [_line(row) for row in changes.values()]


def _line(row: AlertRow) -> str:
    day, minute = divmod((row.at - BEGIN) // MINUTE, 24 * 60)
    when = f"день {day + 1} {minute // 60:02}:{minute % 60:02}"
    return " | ".join([when, row.status, row.level, row.subject, row.title, row.text])
