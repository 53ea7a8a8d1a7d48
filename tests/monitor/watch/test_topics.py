"""Unknown topics in watch: alerts that begin and end, in Russian, whatever the batches and restarts."""

from __future__ import annotations

import random

import orjson
import pytest

from detectors.topics import Sketcher
from detectors.words import cut
from monitor.log.base import Record
from monitor.model.incident import Appeal
from monitor.model.rows import AlertRow
from monitor.model.verdict import Verdict
from monitor.model.watch import Findings, WatchRecord
from sources.simulated.world import World
from tests.crash.region import HOUR, MINUTE, REGION, START, use, watch
from tests.crash.stages import watch_record

DAYS = 2
BEGUN = START + 40 * HOUR
WORDS = "двор лифт крыша труба фонарь сквер лавка забор бордюр подвал чердак погода котёнок собака музыка концерт".split()
SAID = (
    "говорят",
    "слышали",
    "соседи видели",
    "пишут в чате",
    "неужели",
    "тётя звонила",
    "муж проезжал",
    "правда ли",
    "ужас",
    "опять",
)


def log(world: World, *, themed: bool = False) -> list[Record]:
    """Two days of talk in every source, three people each quarter of an hour, and a rumour in the last of them."""
    chance = random.Random(3)
    sketcher = Sketcher()
    towns = [source for source in world.sources if source.territory == "luga"] or world.sources
    entries: list[WatchRecord] = [use()]
    number = 0
    for at in range(START, START + DAYS * 24 * HOUR, 15 * MINUTE):
        for place, source in enumerate(world.sources):
            texts = [" ".join(chance.sample(WORDS, 7)) for _ in range(3)]
            if BEGUN <= at < BEGUN + HOUR and (source in towns or place < 3):
                rest = " ".join(chance.sample(WORDS, 4))
                texts += [f"{SAID[number % 10]} дамба {rest} трещина", f"{SAID[number % 7]} трещину дамба {rest[::-1]}"]
            number += 1
            made = sketcher.make((f"{number}-{n}", text, cut(text)) for n, text in enumerate(texts))
            page = Findings((1, 0, number), REGION, source.id, at, at, len(texts))
            page.stems, page.people, page.excerpts = made
            if themed and BEGUN <= at < BEGUN + HOUR:
                verdict = Verdict("complaint", 900, "housing", "housing.water")
                page.appeals = [Appeal(f"p{number}-{n}", "Дамба, трещина", at, at, source.id, "sim", verdict) for n in range(2)]
            entries.append(page)
    return [watch_record(offset, entry) for offset, entry in enumerate(entries)]


@pytest.fixture(scope="module")
def records(region: World) -> list[Record]:
    return log(region)


def topics(rows: list[object]) -> list[AlertRow]:
    return [row for row in rows if isinstance(row, AlertRow) and row.kind == "topic"]


def run(world: World, records: list[Record], size: int = 100) -> list[AlertRow]:
    stage = watch(world)
    rows: list[object] = []
    for first in range(0, len(records), size):
        rows += stage.process(records[first : first + size]).rows
    return topics(rows)


def test_a_rumour_raises_a_notice_and_ends(region: World, records: list[Record]) -> None:
    begun, over = run(region, records)
    assert (begun.level, begun.status, over.status) == ("notice", "firing", "resolved")
    assert begun.id == over.id
    assert begun.title.startswith("Новая тема: ")
    assert "дамба" in begun.title
    assert {word for words in orjson.loads(begun.words) for word in words.split()} <= {"дамба", "трещина", "трещину"}
    assert "Ни одна из известных тем" in begun.text
    assert BEGUN <= begun.since < begun.at <= BEGUN + HOUR
    assert over.at > BEGUN + HOUR
    assert begun.authors >= 8
    assert all("дамба" in text for text in orjson.loads(begun.examples))


def test_a_theme_that_names_it_keeps_it_silent(region: World) -> None:
    assert run(region, log(region, themed=True)) == []


@pytest.mark.parametrize("size", [1, 7])
def test_where_a_batch_ends_does_not_matter(region: World, records: list[Record], size: int) -> None:
    assert run(region, records, size) == run(region, records)


def test_after_a_restart_it_is_the_same(region: World, records: list[Record]) -> None:
    whole = run(region, records)
    middle = next(number for number, record in enumerate(records) if str(whole[0].at).encode() in record.value)
    for cut_at in (len(records) // 2, middle, middle + 1):
        stage = watch(region)
        rows = stage.process(records[:cut_at]).rows
        later = watch(region)
        later.load(REGION, stage.dump(REGION), 0)
        rows += later.process(records[cut_at:]).rows
        assert topics(list(rows)) == whole
