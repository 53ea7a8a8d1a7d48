"""The alert of a danger and a spike ends when both are over: the spike calm, the danger answered, and everything read. So does that
of a danger alone, when an answer has held for an hour or nobody writes of it any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from detectors.base import Judgement, Match
from monitor.model.incident import Appeal, Reply, Spike
from monitor.model.plain import Plain
from monitor.model.rows import AlertRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Findings, Tick
from monitor.watch.effects import WatchEffects
from monitor.watch.region import Region
from monitor.watch.settings import Names, WatchSettings
from tests.monitor.watch.desk import COLD, HOUR, PROFILE, TOWNS, Desk, incident, spike

BUCKET = 300_000
SERIES = f"{TOWNS[0]}|group|housing"


def joined() -> Desk:
    desk = Desk()
    desk.told(incident(authors=5), source="vk:-2")
    spike(desk, TOWNS[0], "housing", "notice", COLD)
    desk.again()
    return desk


@pytest.mark.parametrize("first", ["calm", "answer"])
def test_it_ends_when_both_are_over_whichever_comes_first(first: str) -> None:
    desk = joined()
    for step in (first, "answer" if first == "calm" else "calm"):
        assert desk.alerts.settle((), 2 * HOUR, 90) == []
        if step == "calm":
            assert desk.alerts.calm(SERIES, 2 * HOUR, 91) is None
        else:
            desk.alerts.stands(incident(authors=5, last_reply="substantive"))
        desk.again()
    # Of the two sources one told of the danger, the other of the spike.
    for unread in ("vk:-1", "vk:-2"):
        assert desk.alerts.settle({unread}, 2 * HOUR, 92) == []
    (ended,) = desk.alerts.settle({"vk:-3"}, 2 * HOUR, 93)
    assert (ended.id, ended.status, ended.at, ended.sounds, ended.version) == ("urgent:i1", "resolved", 2 * HOUR, 1, 93)
    assert desk.alerts.get("urgent:i1") is None


@pytest.mark.parametrize("changes", [{"last_reply": "formal"}, {"last_reply": "interim"}, {"last_reply": "redirect"}, {}])
def test_an_answer_that_answers_nothing_ends_nothing(changes: dict[str, Any]) -> None:
    desk = joined()
    desk.alerts.calm(SERIES, 2 * HOUR, 90)
    desk.alerts.stands(incident(authors=5, last_reply="substantive"))
    desk.alerts.stands(incident(authors=5, **changes))
    assert desk.alerts.settle((), 2 * HOUR, 91) == []


def test_one_of_two_answered_is_not_all_and_closed_is_answered() -> None:
    desk = joined()
    desk.danger(incident(2, street="мира"), "b")
    desk.alerts.calm(SERIES, 2 * HOUR, 90)
    desk.alerts.stands(incident(1, last_reply="substantive"))
    assert desk.alerts.settle((), 2 * HOUR, 91) == []
    desk.alerts.stands(incident(2, status="closed", street="мира"))
    assert [row.status for row in desk.alerts.settle((), 2 * HOUR, 92)] == ["resolved"]


def test_one_more_complaint_reopens_it_until_the_answer_has_held_for_an_hour() -> None:
    desk = joined()
    desk.alerts.calm(SERIES, 2 * HOUR, 90)
    desk.alerts.stands(incident(authors=5, last_reply="substantive"))
    desk.alerts.settle((), 2 * HOUR, 91)
    desk.again()
    desk.at = 2 * HOUR
    assert desk.told(incident(authors=6, last_reply="substantive")) == ("urgent", 2, "reopened")
    assert desk.alerts.settle((), 3 * HOUR - 1, 92) == []
    assert [row.status for row in desk.alerts.settle((), 3 * HOUR, 93)] == ["resolved"]


@pytest.mark.parametrize(
    ("changes", "hours"), [({"last_reply": "substantive"}, 1), ({"last_reply": "interim"}, 6), ({}, 6), ({"authors": 12}, 24)]
)
def test_a_danger_that_nobody_writes_of_any_more_is_over(changes: dict[str, Any], hours: int) -> None:
    desk = Desk()
    desk.told(incident(**changes), source="vk:-2")
    desk.again()
    over = HOUR + hours * HOUR
    assert desk.alerts.settle((), over - 1, 90) == []
    assert desk.alerts.settle({"vk:-2"}, over, 91) == []
    assert [row.status for row in desk.alerts.settle((), over, 92)] == ["resolved"]
    assert desk.alerts.settle((), over + HOUR, 93) == []
    # Whoever writes of it now tells of something new.
    desk.at = over + 2 * HOUR
    assert desk.told(incident(**(changes | {"authors": 3})))[1:] == (2, "reopened")


def test_what_somebody_works_on_waits_for_them() -> None:
    desk = Desk()
    desk.told(incident())
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    for worked in ({"claimed_by": "anna"}, {"tasked_by": "anna", "tasked_at": HOUR}):
        desk.alerts.put(row._replace(**worked))
        assert desk.alerts.settle((), 100 * HOUR, 90) == []
    desk.alerts.put(row._replace(tasked_by="anna", tasked_at=HOUR, taken_by="ЖКХ"))
    assert len(desk.alerts.settle((), 100 * HOUR, 91)) == 1


def test_what_a_person_has_closed_stays_closed() -> None:
    desk = joined()
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    desk.alerts.close(row, "Закрыл anna: учения")
    desk.alerts.calm(SERIES, 2 * HOUR, 90)
    desk.alerts.stands(incident(authors=5, last_reply="substantive"))
    assert desk.alerts.settle((), 2 * HOUR, 91) == []
    assert desk.alerts.closed("urgent:i1") is not None


class Spiking:
    """A spike in the bucket of each appeal, active for the next ones until it is told to be over. Nothing resembles anything."""

    over = False

    def close(self, start: int, complete: bool, counts: Mapping[str, tuple[int, int]]) -> dict[str, Judgement]:
        told = Spike(SERIES, start, "urgent", 9, 500, 70, start) if SERIES in counts and not self.over else None
        return {SERIES: Judgement(500, 70, told, not self.over)}

    def history(self, start: int, step: int, counts: Mapping[str, Sequence[int]]) -> None:
        """Nothing is learnt."""

    def add(self, post: str, text: str, at: int) -> Match | None:
        return None

    def add_all(self, posts: Sequence[tuple[str, str]], at: int) -> list[Match | None]:
        return [None for _ in posts]

    def forget(self, post: str) -> None:
        """Nothing is kept."""

    def dump(self) -> Plain:
        return []

    def load(self, state: Plain) -> None:
        """Nothing is kept."""


class Town:
    """A region of two sources in which somebody writes of a burst main; ``alert`` as it was written last."""

    def __init__(self) -> None:
        self.spiking = Spiking()
        self.region = Region(PROFILE, WatchSettings(bucket=BUCKET), Names(), self.spiking, self.spiking, ["vk:-1", "vk:-2"])
        self.alert: AlertRow | None = None
        self._version = 0

    def take(self, record: Findings | Tick) -> None:
        self._version += 1
        effects = WatchEffects()
        self.region.apply(record, self._version, effects)
        self.alert = next((row for row in effects.rows if isinstance(row, AlertRow)), self.alert)

    def read(self, source: str, at: int, **found: Any) -> None:
        self.take(Findings((1, int(source[-1:]), self._version + 1), "samara", source, at, at, 1, **found))

    def status(self) -> tuple[str, str]:
        assert self.alert is not None
        return self.alert.kind, self.alert.status


def test_in_a_region_nothing_ends_while_a_source_that_told_of_it_is_not_read() -> None:
    town, place, themes = Town(), Place(TOWNS[0], street="мира", house="5"), [("housing.heating", 900)]
    verdict = Verdict("complaint", 900, "housing", "housing.heating", themes, place, urgency=Urgency.DANGER)
    appeal = Appeal("p1", "Хлещет кипяток на улице Мира, 5", HOUR, HOUR, "vk:-1", "vk", verdict, author="a")
    town.read("vk:-1", HOUR, appeals=[appeal])
    town.read("vk:-2", HOUR)
    assert town.status() == ("urgent", "firing")
    for source in ("vk:-1", "vk:-2"):
        town.read(source, HOUR + BUCKET)
    assert town.alert is not None
    assert town.alert.subject == SERIES
    town.spiking.over = True
    reply = Reply("r1", "p1", "Авария устранена", HOUR + BUCKET, "vk:-2", "substantive")
    town.read("vk:-2", HOUR + 2 * BUCKET, replies=[reply])
    # The grace is over: the bucket closes, but the source of the appeal has not been read.
    town.take(Tick(HOUR + 4 * BUCKET))
    assert town.status() == ("urgent", "firing")
    for source in ("vk:-1", "vk:-2"):
        town.read(source, HOUR + 5 * BUCKET)
    assert town.status() == ("urgent", "resolved")
