"""What is read back out of history is known and counted, and alarms nobody, however much of it comes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from monitor.log.base import Record
from monitor.model.incident import Appeal
from monitor.model.rows import AlertRow, AppealRow, IncidentRow, SeriesRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Findings, History, Tick, Version, WatchRecord
from sources.simulated.world import World
from tests.crash.region import HOUR, MINUTE, REGION, START, use, watch
from tests.crash.stages import Done, run_watch, watch_record

DAY = 24 * HOUR
END = START + 3 * DAY
STEP = HOUR
BURST = START + DAY + HOUR
WORDS = "двор лифт снег яма крыша труба фонарь свет вода тепло мост сквер лавка забор люк ограда бордюр подвал чердак щит".split()


def appeal(chance: random.Random, name: str, at: int, theme: str, urgency: Urgency) -> Appeal:
    place = Place("grad-1", street=f"улица {chance.randint(0, 4)}", house=str(chance.randint(1, 90)))
    verdict = Verdict("complaint", 900, theme.partition(".")[0], theme, place=place, urgency=urgency)
    return Appeal(name, " ".join(chance.choices(WORDS, k=12)), at, at, "", "sim", verdict, author=name)


def town(sources: Sequence[str]) -> list[Findings]:
    """Three quiet days and two hours, and a burst on the second: each source read every hour."""
    chance = random.Random(5)
    found: list[Findings] = []
    for at in range(START, END + 2 * HOUR, STEP):
        for source in sources:
            urgency = Urgency.DANGER if chance.random() < 0.1 else Urgency.NORMAL
            new = [appeal(chance, f"{source}-{at}", at + chance.randrange(STEP), "roads.holes", urgency)]
            if BURST <= at < BURST + HOUR:
                new += [
                    appeal(chance, f"{source}-{at}-{n}", at + n * 3 * MINUTE, "housing.heating", Urgency.URGENT) for n in range(16)
                ]
            found.append(Findings((1, 0, len(found) + 1), REGION, source, at + STEP, at + STEP, len(new), appeals=new))
    return found


def log_of(found: Sequence[Findings]) -> list[Record]:
    """What watch is given, with the ticks of a clock: in the end days in which every deadline passes."""
    usual = History(REGION, START - 7 * DAY, HOUR, {f"grad-1|group|{group}": [1] * 168 for group in ("roads", "housing")})
    entries: list[WatchRecord] = [use(), usual]
    at = START
    for number, finding in enumerate(found, 1):
        if finding.fetched_at > at:
            entries.append(Tick(at))
            at = finding.fetched_at
        entries.append(replace(finding, origin=(1, 0, number)))
    entries += [Tick(at + hours * HOUR) for hours in range(1, 100, 3)]
    return [watch_record(number, entry) for number, entry in enumerate(entries)]


def read_back(found: Sequence[Findings]) -> list[Findings]:
    """The same posts as a crawler brings them that begins at END: history, newest first, within two hours."""
    old = [one for one in reversed(found) if one.fetched_at <= END]
    step = 2 * HOUR // len(old)
    return [replace(one, page="backfill", fetched_at=END + n * step, covered_until=0) for n, one in enumerate(old)]


def mixed(*streams: Sequence[Findings]) -> list[Findings]:
    return sorted([one for some in streams for one in some], key=lambda one: one.fetched_at)


def firing(done: Done) -> Counter[str]:
    return Counter(row.kind for row in done.rows if isinstance(row, AlertRow) and row.status == "firing")


def series(done: Done) -> dict[tuple[int, str], int]:
    found = {(row.bucket, row.series): row.posts for row in done.rows if isinstance(row, SeriesRow)}
    return {key: posts for key, posts in found.items() if posts}


@pytest.fixture(scope="module")
def found(region: World) -> list[Findings]:
    return town([source.id for source in region.sources])


@pytest.fixture(scope="module")
def now(found: list[Findings]) -> list[Findings]:
    return [one for one in found if one.fetched_at > END]


@pytest.fixture(scope="module")
def log(found: list[Findings], now: list[Findings]) -> list[Record]:
    """History comes beside what is written now."""
    return log_of(mixed(now, read_back(found)))


@pytest.fixture(scope="module")
def both(region: World, log: list[Record]) -> tuple[Done, bytes]:
    stage = watch(region)
    return run_watch(stage, log, 1), stage.dump(REGION)


def test_three_days_with_a_burst_raise_no_alert(region: World, found: list[Findings]) -> None:
    live = run_watch(watch(region), log_of(found), 1000)
    told = firing(live)
    assert told["spike"] >= 1
    assert told["urgent"] > 20
    assert told["overdue"] > 20
    back = read_back(found)
    quiet = run_watch(watch(region), log_of(back), 1000)
    assert not firing(quiet)
    appeals = {row.id for row in quiet.rows if isinstance(row, AppealRow)}
    assert appeals == {one.id for finding in back for one in finding.appeals}
    incidents = {row.id: row for row in quiet.rows if isinstance(row, IncidentRow)}.values()
    assert max(row.members for row in incidents) > 3
    assert not any(row.deadline for row in incidents), "nobody owes an answer to what was found in history"
    before = {key: posts for key, posts in series(live).items() if START <= key[0] < END - HOUR}
    assert sum(posts for (_, name), posts in before.items() if name == "grad-1|group|housing") > 50


def first_look(found: Sequence[Findings]) -> list[Findings]:
    """The same posts as the first reading of each source brings them: in live pages, old when they were read."""
    return [
        replace(one, page="live", covered_until=one.fetched_at, appeals=[replace(post, past=True) for post in one.appeals])
        for one in read_back(found)
    ]


def test_the_first_look_at_a_source_raises_no_old_alert(region: World, found: list[Findings], now: list[Findings]) -> None:
    back, looked = read_back(found), first_look(found)
    quiet = run_watch(watch(region), log_of(looked), 1000)
    assert not firing(quiet)
    assert {row.id for row in quiet.rows if isinstance(row, AppealRow)} == {one.id for finding in back for one in finding.appeals}
    assert not any(row.deadline for row in quiet.rows if isinstance(row, IncidentRow))
    alone = firing(run_watch(watch(region), log_of(now), 1000))
    assert alone["urgent"] > 1
    assert firing(run_watch(watch(region), log_of(mixed(now, looked)), 1000))["urgent"] == alone["urgent"]


def test_what_another_system_has_registered_is_owed_an_answer_at_any_age(region: World, found: list[Findings]) -> None:
    handed = [replace(one, appeals=[replace(post, network="appeal") for post in one.appeals]) for one in first_look(found)]
    done = run_watch(watch(region), log_of(handed), 1000)
    assert firing(done).keys() == {"overdue"}
    owed = {row.id: row.deadline for row in done.rows if isinstance(row, IncidentRow)}
    assert all(deadline > END for deadline in owed.values())


def test_what_is_written_now_alarms_as_ever(region: World, now: list[Findings], both: tuple[Done, bytes]) -> None:
    """An incident that history has opened owes an answer from the moment on at which somebody writes of it anew."""
    rows = [row for row in both[0].rows if isinstance(row, AlertRow)]
    mine = {one.id for finding in now for one in finding.appeals}
    touched = {row.incident for row in both[0].rows if isinstance(row, AppealRow) and row.id in mine}
    alone = firing(run_watch(watch(region), log_of(now), 1000))
    assert alone["urgent"] > 1
    assert firing(both[0])["urgent"] == alone["urgent"]
    assert {row.incident for row in rows} <= touched
    owed = {row.id: row for row in both[0].rows if isinstance(row, IncidentRow)}
    assert all((row.deadline > END) == (name in touched) for name, row in owed.items())


def test_what_is_still_to_be_judged_does_not_count_it(region: World, now: list[Findings]) -> None:
    """Also where its bucket is open yet; and what was not counted is not taken out of the counts when it is deleted."""
    young, old = [], []
    for finding in now:
        posts = [replace(one, published_at=finding.fetched_at) for one in finding.appeals]
        young.append(replace(finding, appeals=posts))
        posts = [replace(one, id=f"{one.id}-old", text=" ".join(reversed(one.text.split()))) for one in posts]
        old.append(replace(finding, page="backfill", covered_until=0, appeals=posts))
    now, end = young, young[-1].fetched_at
    gone = [replace(one, fetched_at=end, appeals=[], versions=[Version(p.id, 2, "deleted") for p in one.appeals]) for one in old]
    alone = series(run_watch(watch(region), log_of(now), 1000))
    assert sum(alone.values()) > 20
    assert series(run_watch(watch(region), log_of(mixed(now, old)), 1000)) == alone
    assert series(run_watch(watch(region), log_of(mixed(now, old, gone)), 1000)) == alone


def test_what_is_judged_again_stays_counted(region: World, now: list[Findings]) -> None:
    """Also where its bucket is open yet."""
    live = [replace(one, appeals=[replace(p, published_at=one.fetched_at) for p in one.appeals]) for one in now]
    again = [
        replace(
            one, page="reprocess", covered_until=0, appeals=[], versions=[Version(p.id, p.revision, "edited", p) for p in one.appeals]
        )
        for one in live
    ]
    alone = series(run_watch(watch(region), log_of(live), 1000))
    beside = [one for both in zip(live, again, strict=True) for one in both]
    assert sum(alone.values()) > 20
    assert series(run_watch(watch(region), log_of(beside), 1000)) == alone


@pytest.mark.parametrize("size", [7, 1000])
def test_batches(region: World, log: list[Record], both: tuple[Done, bytes], size: int) -> None:
    stage = watch(region)
    assert run_watch(stage, log, size) == both[0]
    assert stage.dump(REGION) == both[1]


def test_another_process_goes_on(region: World, log: list[Record], both: tuple[Done, bytes]) -> None:
    stage, rows = watch(region), []
    for start in range(0, len(log), 150):
        other = watch(region)
        other.load(REGION, stage.dump(REGION), 0)
        stage = other
        rows += run_watch(stage, log[start : start + 150], 50).rows
    assert rows == both[0].rows
    assert stage.dump(REGION) == both[1]
