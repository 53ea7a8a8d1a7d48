"""A clock that is years ahead carries no region's time there, hides no news, and does no harm when it is right again."""

from __future__ import annotations

from monitor.model.incident import Appeal
from monitor.model.rows import AlertRow, AppealRow, IncidentEventRow, SeriesRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Findings, SourceState, SourceStates, Tick, WatchRecord
from monitor.watch.believed import LEAP, believed
from monitor.watch.effects import WatchEffects
from tests.crash.region import EPOCH, HOUR, MINUTE, REGION, START, use, watch, world
from tests.crash.stages import watch_record

YEARS = 10 * 365 * 24 * HOUR
DAY = 24 * HOUR


def test_time() -> None:
    assert believed(0, START + YEARS) == START + YEARS, "nothing to hold the first time against"
    assert believed(START, START - HOUR) == START, "it never goes back"
    assert believed(START, START + LEAP) == START + LEAP
    assert believed(START, START + LEAP + 1) == START, "nobody bears it out"
    assert believed(START, START + 60 * DAY, START + 59 * DAY) == START + 60 * DAY, "after two months somebody has written"
    assert believed(START, START + YEARS, START + HOUR) == START + HOUR, "posts move it, the clock that is wrong does not"
    assert believed(START, START + HOUR, START + YEARS) == START + HOUR, "nor does a post that is dated wrongly"


class Region:
    def __init__(self) -> None:
        self.world = world(5)
        self.stage = watch(self.world)
        self.number = 0
        self.take(use(), *(self.page(START, source=one.id) for one in self.world.sources))

    def take(self, *records: WatchRecord) -> WatchEffects:
        first, self.number = self.number, self.number + len(records)
        return self.stage.process([watch_record(first + at, record) for at, record in enumerate(records)])

    def page(self, fetched: int, *appeals: Appeal, source: str = "") -> Findings:
        self.number += 1
        newest = max((one.published_at for one in appeals), default=0)
        name = source or self.world.sources[0].id
        return Findings((EPOCH, 0, self.number), REGION, name, fetched, fetched, appeals=list(appeals), newest=newest)

    @property
    def time(self) -> int:
        return self.stage.clock


def fire(number: int, published: int, fetched: int) -> Appeal:
    verdict = Verdict(
        "complaint",
        900,
        "housing",
        "housing.heating",
        place=Place("grad-1", street="мира", house=str(number)),
        urgency=Urgency.DANGER,
    )
    old = fetched - published > DAY
    return Appeal(f"p{number}", f"хлещет кипяток у дома {number}", published, fetched, "s", "sim", verdict, f"a{number}", past=old)


def test_all_kinds_of_records() -> None:
    region = Region()
    states = SourceStates(REGION, START + YEARS, [SourceState(region.world.sources[0].id, "ok", START)])
    effects = region.take(Tick(START + YEARS), region.page(START + YEARS), states, Tick(START + YEARS + MINUTE))
    assert effects.doubted == 4
    assert region.time == START
    assert not [row for row in effects.rows if isinstance(row, SeriesRow)], "no bucket of years to come is closed"
    assert region.take(Tick(START + MINUTE)).doubted == 0
    assert region.time == START + MINUTE


def test_news_is_told_of_meanwhile() -> None:
    """The crawler's clock is years ahead, so triage takes all posts for history; their own dates say what time it is."""
    region = Region()
    now = START + 10 * MINUTE
    effects = region.take(region.page(now + YEARS, fire(1, now, now + YEARS)))
    assert region.time == now
    assert [row.level for row in effects.rows if isinstance(row, AlertRow)] == ["urgent"]
    (row,) = [row for row in effects.rows if isinstance(row, AppealRow)]
    assert row.fetched_at == now
    old = region.take(region.page(now + YEARS, fire(2, now - 3 * DAY, now + YEARS)))
    assert not [row for row in old.rows if isinstance(row, AlertRow)], "what is old by its own date is still history"


def test_it_is_right_again() -> None:
    """After it as if it had never been: the same rows as without it, but for versions."""
    wrong, right = Region(), Region()
    for number in range(3):
        wrong.take(Tick(START + YEARS + number), wrong.page(START + YEARS + number))
    rows = []
    for region in (wrong, right):
        found = []
        for minutes in range(1, 40):
            now = START + minutes * MINUTE
            appeals = [fire(minutes, now, now)] if minutes % 5 == 0 else []
            found += region.take(region.page(now, *appeals), Tick(now)).rows
        # Events are named by the position that made them.
        rows.append([row[:-1] for row in found if not isinstance(row, IncidentEventRow)])
        assert region.time == START + 39 * MINUTE
    assert rows[0] == rows[1]
    assert any(isinstance(row, AlertRow) for row in found)


def test_a_long_stop() -> None:
    """Two months without Nabat: ticks alone are not believed, the first new post is."""
    region = Region()
    region.take(region.page(START + MINUTE, fire(7, START, START + MINUTE)), Tick(START + HOUR))
    later = START + 60 * DAY
    assert region.take(Tick(later), region.page(later)).doubted == 2
    assert region.time == START + HOUR
    assert region.take(region.page(later, fire(1, later - DAY, later)), Tick(later)).doubted == 0
    assert region.time == later
