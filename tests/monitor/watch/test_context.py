"""Comments that take theme and place from what they answer, whatever the batches are."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from monitor.log.base import Record
from monitor.model.incident import Appeal, Reply
from monitor.model.rows import AppealRow, IncidentEventRow, IncidentRow
from monitor.model.verdict import Kind, Place, Urgency, Verdict
from monitor.model.watch import Findings, Version, WatchRecord
from tests.crash.region import REGION, START, use, watch, world
from tests.crash.stages import Done, run_watch, watch_record

HEATING = Verdict(
    "complaint", 900, "housing", "housing.heating", [("housing.heating", 900)], Place("grad-1", street="мира", house="5")
)
THREAD = "vk:-1_1"


def post(name: str, verdict: Verdict, thread: str = "", reply_to: str = "", text: str = "", revision: int = 1) -> Appeal:
    return Appeal(
        name,
        text or name,
        START,
        START,
        "vk:-1",
        "vk",
        verdict,
        f"author of {name}",
        thread,
        reply_to=reply_to,
        revision=revision,
    )


def echo(name: str, kind: Kind = "complaint", place: Place | None = None, thread: str = THREAD, reply_to: str = "") -> Appeal:
    said = Verdict(score=500, place=place or Place("grad"), echo=kind)
    return post(name, said, thread, reply_to, "у нас тоже")


def page(offset: int, *appeals: Appeal, versions: Sequence[Version] = ()) -> Findings:
    return Findings((1, 0, offset), REGION, "vk:-1", START, START, appeals=[*appeals], versions=[*versions])


def log(*found: WatchRecord) -> list[Record]:
    return [watch_record(offset, record) for offset, record in enumerate((use(), *found))]


class Seen:
    """Current rows of a run."""

    def __init__(self, done: Done) -> None:
        self.appeals = {row.id: row for row in done.rows if isinstance(row, AppealRow)}
        self.incidents = {row.id: row for row in done.rows if isinstance(row, IncidentRow)}

    def incident(self, post: str) -> IncidentRow:
        return self.incidents[self.appeals[post].incident]


def run(*found: WatchRecord, size: int = 1) -> Seen:
    return Seen(run_watch(watch(world(4)), log(*found), size))


@pytest.mark.parametrize("pages", [1, 2], ids=["one page, the comment first", "two pages"])
def test_a_comment_is_of_its_post_s_theme_and_territory(pages: int) -> None:
    answer, opened = echo("c1"), post(THREAD, HEATING)
    seen = run(page(1, answer, opened)) if pages == 1 else run(page(1, opened), page(2, answer))
    row = seen.appeals["c1"]
    assert (row.kind, row.group, row.theme, row.territory) == ("complaint", "housing", "housing.heating", "grad-1")
    assert (row.street, row.house) == ("", ""), "whose house it is, it does not say"
    assert seen.incident("c1").id == seen.incident(THREAD).id
    assert (seen.incident("c1").members, seen.incident("c1").authors) == (2, 2)


def test_its_own_street_is_an_incident_of_its_own() -> None:
    seen = run(page(1, post(THREAD, HEATING), echo("c1", place=Place("", street="ленина"))))
    row = seen.appeals["c1"]
    assert (row.theme, row.territory, row.street) == ("housing.heating", "grad-1", "ленина")
    assert seen.incident("c1").id != seen.incident(THREAD).id


def test_another_town_stays_another() -> None:
    seen = run(page(1, post(THREAD, HEATING), echo("c1", place=Place("luga"))))
    assert (seen.appeals["c1"].theme, seen.appeals["c1"].territory) == ("housing.heating", "luga")


def test_the_post_that_it_replies_to_comes_before_the_one_that_opened_the_thread() -> None:
    lift = Verdict("complaint", 900, "housing", "housing.lift", [("housing.lift", 900)], Place("grad-2"))
    seen = run(page(1, post(THREAD, HEATING), post("c1", lift, THREAD), echo("c2", reply_to="c1"), echo("c3")))
    assert [seen.appeals[name].theme for name in ("c2", "c3")] == ["housing.lift", "housing.heating"]


def test_an_echo_of_an_echo_is_understood() -> None:
    seen = run(page(1, post(THREAD, HEATING)), page(2, echo("c1")), page(3, echo("c2", thread="", reply_to="c1")))
    assert seen.appeals["c2"].theme == "housing.heating"


def test_under_what_is_no_appeal_it_is_none() -> None:
    seen = run(page(1, echo("c1"), echo("c2", thread="vk:-9_9")))
    assert not seen.appeals


def test_a_question_asks_and_who_is_in_danger_says_so() -> None:
    gas = Verdict("complaint", 900, "energy", "energy.gas", [("energy.gas", 900)], Place("grad-1"), urgency=Urgency.URGENT)
    seen = run(page(1, post(THREAD, gas), echo("c1"), echo("c2", "question")))
    assert [(seen.appeals[name].kind, seen.appeals[name].urgency) for name in ("c1", "c2")] == [("complaint", 2), ("question", 0)]


def test_the_same_words_under_two_posts_are_no_duplicates() -> None:
    lift = Verdict("complaint", 900, "housing", "housing.lift", [("housing.lift", 900)], Place("grad-2", street="мира", house="7"))
    seen = run(page(1, post(THREAD, HEATING), post("vk:-2_2", lift), echo("c1"), echo("c2", thread="vk:-2_2")))
    assert [seen.appeals[name].theme for name in ("c1", "c2")] == ["housing.heating", "housing.lift"]
    assert [seen.appeals[name].cluster for name in ("c1", "c2")] == ["c1", "c2"]


def test_a_theme_of_its_own_takes_only_the_place() -> None:
    water = Verdict("complaint", 900, "housing", "housing.cold_water", [("housing.cold_water", 900)], Place("grad"))
    seen = run(page(1, post(THREAD, HEATING), post("c1", water, THREAD)))
    assert (seen.appeals["c1"].theme, seen.appeals["c1"].territory) == ("housing.cold_water", "grad-1")


def test_later_versions() -> None:
    edited, gone = echo("c1"), Version("c2", 2, "deleted")
    edited.revision, edited.thread = 2, ""
    seen = run(page(1, post(THREAD, HEATING), echo("c1"), echo("c2")), page(2, versions=[Version("c1", 2, "edited", edited), gone]))
    assert [seen.appeals[name].status for name in ("c1", "c2")] == ["withdrawn", "deleted"]
    assert seen.incident(THREAD).members == 1


def test_what_an_answer_asks_for_is_in_the_history() -> None:
    answers = [Reply("r1", THREAD, "Уточните, пожалуйста, адрес и приложите фото", START, "vk:-1", "formal")]
    answers.append(Reply("r2", THREAD, "Передано в управляющую компанию", START, "vk:-1", "formal"))
    found = page(1, post(THREAD, HEATING))
    found.replies = answers
    rows = run_watch(watch(world(4)), log(found), 1).rows
    details = [json.loads(row.detail) for row in rows if isinstance(row, IncidentEventRow) and row.kind == "reply"]
    assert details == [
        {"reply": "r1", "quality": "formal", "asks": ["address", "photo"]},
        {"reply": "r2", "quality": "formal"},
    ]


def test_batches_and_a_snapshot_change_nothing() -> None:
    pages = [page(1, post(THREAD, HEATING)), page(2, echo("c1")), page(3, echo("c2", "question", reply_to="c1", thread=""))]
    records = log(*pages)
    whole = run_watch(watch(world(4)), records, 100)
    one_by_one = run_watch(watch(world(4)), records, 1)
    assert whole.rows == one_by_one.rows
    first = watch(world(4))
    rows = run_watch(first, records[:2], 1).rows
    second = watch(world(4))
    second.load(REGION, first.dump(REGION), 0)
    assert rows + run_watch(second, records[2:], 1).rows == whole.rows
