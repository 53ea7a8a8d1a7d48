"""The task of a body: whoever answers people has taken it, and nobody goes on to the deputy."""

from __future__ import annotations

import pytest

from monitor.model.incident import Appeal, Reply
from monitor.model.rows import AlertRow, IncidentEventRow
from monitor.model.verdict import Place, Quality, Urgency, Verdict
from monitor.model.watch import Action, Findings, WatchRecord
from sources.simulated.world import World
from tests.crash.region import EPOCH, MINUTE, REGION, START, use, watch
from tests.crash.stages import watch_record


@pytest.mark.parametrize(
    ("quality", "after", "taken"),
    [("interim", 1, True), ("substantive", 1, True), ("formal", 1, False), ("redirect", 1, False), ("interim", -1, False)],
)
def test_a_reply_to_the_people_takes_the_task(region: World, quality: Quality, after: int, taken: bool) -> None:
    stage = watch(region)
    alerts: dict[str, AlertRow] = {}
    events: list[str] = []

    def take(*records: WatchRecord) -> None:
        for record in records:
            for row in stage.process([watch_record(len(taken_records), record)]).rows:
                if isinstance(row, AlertRow):
                    alerts[row.id] = row
                elif isinstance(row, IncidentEventRow):
                    events.append(row.kind)
            taken_records.append(record)

    taken_records: list[WatchRecord] = []
    place = Place("grad-1", "", "мира", "5")
    verdict = Verdict("complaint", 900, "housing", "housing.heating", place=place, body="teplo", urgency=Urgency.DANGER)
    appeal = Appeal("p1", "Хлещет кипяток на улице Мира, 5", START, START, "s", "sim", verdict, author="a")
    take(use(), Findings((EPOCH, 0, 1), REGION, "s", START, START, 1, appeals=[appeal]))
    (alert,) = alerts.values()
    take(Action("act", "task", REGION, alert.id, str(alert.version), "anna", START + 10 * MINUTE))
    reply = Reply("r1", "p1", "Бригада на месте, до 09:00", START + (10 + after) * MINUTE, "s", quality)
    later = START + 12 * MINUTE
    take(Findings((EPOCH, 0, 2), REGION, "s", later, later, 1, replies=[reply]))
    (alert,) = alerts.values()
    assert bool(alert.tasked_at)
    assert bool(alert.taken_by) == taken
    assert ("taken" in events) == taken
