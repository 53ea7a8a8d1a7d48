"""Couriers in virtual time: a receiver that fails for an hour is tried alone, everything arrives in order, nobody else waits."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

import pytest

from monitor.bench.virtual import VirtualClock, run
from monitor.deliver.channels.base import Letter, NotSent
from monitor.deliver.couriers import Couriers
from monitor.deliver.journal import Journal, message_row
from monitor.deliver.lane import Pace
from monitor.deliver.message import Status
from monitor.deliver.planner import Planner
from monitor.deliver.text import Texts
from monitor.model.rows import DeliveryRow, Row
from monitor.profile.load import load_profile
from tests.monitor.deliver.alerts import NOW, alert, destinations, planned

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
TEXTS = Texts({"samara": load_profile("samara")})


class Receiver:
    """Takes letters, but fails between two times; one that is ``lossy`` has taken them all the same."""

    def __init__(self, clock: VirtualClock, fails: tuple[int, int] = (0, 0), lossy: bool = False) -> None:
        self.got: list[tuple[int, Letter]] = []
        self.asked = 0
        self._clock = clock
        self._fails = fails
        self._lossy = lossy

    async def send(self, letter: Letter) -> str:
        self.asked += 1
        await asyncio.sleep(0.2)
        down = self._fails[0] <= self._clock.now() - NOW < self._fails[1]
        if not down or self._lossy:
            self.got.append((self._clock.now() - NOW, letter))
        if down:
            raise NotSent("unreachable", "нет соединения")
        return "1"

    async def close(self) -> None: ...

    @property
    def ids(self) -> list[str]:
        return [letter.id for _, letter in self.got]


class Counts:
    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def ended(self, channel: str, outcome: Status, seconds: float) -> None:
        self.outcomes[outcome] += 1


class Table:
    """What the store would hold: the newest row of each key, and how many inserts there were."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], DeliveryRow] = {}
        self.inserts = 0

    async def store(self, rows: Sequence[Row]) -> None:
        self.inserts += 1
        await asyncio.sleep(0.01)
        for row in rows:
            assert isinstance(row, DeliveryRow)
            before = self.rows.get((row.id, row.attempt))
            assert before is None or before.version <= row.version
            self.rows[row.id, row.attempt] = row

    def statuses(self, destination: str) -> Counter[str]:
        return Counter(row.status for row in self.rows.values() if row.attempt == 0 and row.destination == destination)


class Nobody:
    async def query(self, sql: str, parameters: object = None) -> list[dict[str, object]]:
        return []


async def play(
    receivers: dict[str, Receiver], kinds: dict[str, str], clock: VirtualClock, times: list[int], until: int, each: int = 1
) -> Table:
    """``each`` alerts fire at each of ``times`` (ms from the start), in one batch; returns the journal at ``until``."""
    table, known = Table(), destinations(**kinds)
    journal = Journal(table.store, Nobody())
    couriers = Couriers(known, receivers, journal, TEXTS.letter, Pace(), clock, Counts(), random.Random(3).random, lambda point: None)
    planner = Planner(known, {}, {})
    tasks = [asyncio.create_task(journal.run()), asyncio.create_task(couriers.run())]
    for number, at in enumerate(times):
        await asyncio.sleep(max(0, at - (clock.now() - NOW)) / SECOND)
        messages = [one for more in range(each) for one in planned(planner, alert(number * each + more), clock.now())]
        await journal.write([message_row(message, "queued") for message in messages])
        couriers.put(messages)
    await asyncio.sleep((until - (clock.now() - NOW)) / SECOND)
    for task in tasks:
        assert not task.done(), task
        task.cancel()
    return table


class Buggy(Receiver):
    """Raises what no channel may, the first two times."""

    async def send(self, letter: Letter) -> str:
        if self.asked < 2:
            self.asked += 1
            raise UnicodeEncodeError("ascii", "дежурный@x", 0, 1, "no such letter")
        return await super().send(letter)


def test_a_bug_in_a_channel_is_its_destination_s_alone() -> None:
    async def night() -> None:
        clock = VirtualClock(NOW)
        receivers = {"good": Receiver(clock), "bad": Buggy(clock)}
        table = await play(receivers, {"good": "webhook", "bad": "webhook"}, clock, [0, 1000], 10 * MINUTE)
        assert table.statuses("good") == table.statuses("bad") == {"sent": 2}
        assert receivers["bad"].asked == 4
        assert [letter.repeat for _, letter in receivers["bad"].got] == [True, False]

    run(night)


@pytest.mark.parametrize("kinds", [{}, {"system": "webhook"}], ids=["nobody is told", "nothing to tell"])
def test_couriers_without_work_end_at_once_when_they_are_stopped(kinds: dict[str, str]) -> None:
    async def night() -> None:
        clock, known = VirtualClock(NOW), destinations(**kinds)
        receivers, journal = {name: Receiver(clock) for name in kinds}, Journal(Table().store, Nobody())
        couriers = Couriers(
            known, receivers, journal, TEXTS.letter, Pace(), clock, Counts(), random.Random(3).random, lambda point: None
        )
        running = asyncio.create_task(couriers.run())
        await asyncio.sleep(1)
        couriers.stop()
        await asyncio.wait([running], timeout=MINUTE / SECOND)
        assert running.done()
        assert clock.now() == NOW + SECOND

    run(night)


def test_a_message_that_can_t_be_written_holds_nothing_up() -> None:
    # Such as one that waits for a region which is no longer configured.
    async def night() -> None:
        clock, table, known = VirtualClock(NOW), Table(), destinations(system="webhook")
        receiver, journal = Receiver(clock), Journal(table.store, Nobody())
        couriers = Couriers(
            known, {"system": receiver}, journal, TEXTS.letter, Pace(), clock, Counts(), random.Random(3).random, lambda point: None
        )
        gone, here = (planned(Planner(known, {}, {}), row)[0] for row in (alert(1, region="gone"), alert(2)))
        tasks = [asyncio.create_task(journal.run()), asyncio.create_task(couriers.run())]
        couriers.put([gone, here])
        await asyncio.sleep(60)
        assert receiver.ids == [here.id]
        assert table.statuses("system") == {"refused": 1, "sent": 1}
        for task in tasks:
            assert not task.done()
            task.cancel()

    run(night)


def test_a_receiver_that_fails_for_an_hour() -> None:
    async def night() -> None:
        clock = VirtualClock(NOW)
        broken, well = Receiver(clock, (10 * MINUTE, 70 * MINUTE)), Receiver(clock)
        times = [number * 2 * MINUTE for number in range(45)]
        kinds = {"broken": "webhook", "well": "webhook"}
        table = await play({"broken": broken, "well": well}, kinds, clock, times, 2 * HOUR)
        # The other is not a second late, and gets each once.
        assert [round((at - due) / SECOND) for (at, _), due in zip(well.got, times, strict=True)] == [0] * 45
        assert len(set(well.ids)) == well.asked == 45
        assert not any(letter.repeat for _, letter in well.got)
        # The broken one alone is tried, seldom, and gets all in order, within the longest rest of its return.
        assert broken.asked < 45 + 30
        order = [table.rows[one, 0].version for one in broken.ids]
        assert order == sorted(order)
        assert len(set(broken.ids)) == len(broken.ids) == 45
        assert [letter.repeat for _, letter in broken.got].count(True) == 1
        late = [at for at, letter in broken.got if letter.repeat]
        assert 70 * MINUTE <= late[0] <= 76 * MINUTE
        assert table.statuses("broken") == table.statuses("well") == {"sent": 45}

    run(night)


def test_what_arrived_without_an_answer_comes_again_under_its_id_and_marked() -> None:
    async def night() -> None:
        clock = VirtualClock(NOW)
        lossy = Receiver(clock, (0, 20 * SECOND), lossy=True)
        await play({"system": lossy}, {"system": "webhook"}, clock, [0, 1], HOUR)
        first = [letter.repeat for _, letter in lossy.got if letter.id == lossy.ids[0]]
        assert len(first) > 1
        assert first == [False] + [True] * (len(first) - 1)
        assert len(set(lossy.ids)) == 2

    run(night)


def test_ten_thousand_alerts_in_an_hour() -> None:
    async def night() -> None:
        clock = VirtualClock(NOW)
        chat = Receiver(clock)
        times = [number * HOUR // 500 for number in range(500)]
        table = await play({"chat": chat}, {"chat": "telegram"}, clock, times, HOUR + 15 * MINUTE, each=20)
        assert len(chat.got) <= Pace().messages + 8
        summaries = [letter for _, letter in chat.got if "о тревогах с" in letter.title]
        assert 5 <= len(summaries) <= 8
        assert all(len(letter.card) <= 14 for letter in summaries)
        # Nothing is lost from the journal: each alert stands there for each destination, at its end.
        ended = table.statuses("chat")
        assert ended["merged"] + ended["sent"] - len(summaries) == 10_000
        merged = [row for row in table.rows.values() if row.status == "merged"]
        assert {row.part_of for row in merged} <= {letter.id for letter in summaries}

    run(night)
