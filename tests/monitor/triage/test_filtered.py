"""What counts for nothing: adverts, and one author's text in many places. It is counted, kept, and told to nobody."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from monitor.log.base import PAGES, Record
from monitor.model.position import Position
from monitor.model.post import Post
from monitor.model.rows import PostRow, Row
from monitor.model.source import Source
from monitor.model.verdict import ADVERT, Verdict
from monitor.triage.repeats import MANY
from monitor.triage.stage import Triage, TriageEffects, TriageSettings
from tests.crash.region import EPOCH, REGION, START, SteadyClassifier
from tests.crash.rows_reader import RowsReader
from tests.monitor.triage.bad_input_pages import page, post, written
from tests.monitor.triage.bad_input_run import Run

TEXT = "Третий день нет отопления на улице Мира, дом 5, дети мёрзнут, помогите"
LIMITS = TriageSettings(remember_repeats=12)


class Selling(SteadyClassifier):
    """Knows adverts by one word."""

    def classify(
        self, posts: Sequence[Post], territory: str | Sequence[str], words: Sequence[Sequence[bytes]] | None = None
    ) -> list[Verdict]:
        found = super().classify(posts, territory, words)
        return [ADVERT if "продам" in one.text else verdict for one, verdict in zip(posts, found, strict=True)]


class Complaining(SteadyClassifier):
    """Every text is a complaint."""

    def one(self, text: str, territory: str) -> Verdict:
        return Verdict("complaint", 900, "housing", "housing.heating")


def wall(number: int, author: str, text: str = TEXT, thread: str = "") -> bytes:
    """A page of a community of its own with one post."""
    source = f"vk:-{number}"
    one = post(1, id=f"{source}_1", text=text, author=author, thread=thread, kind="comment" if thread else "post")
    return written(page([one], source=source, fetched_at=START + number))


def stage() -> Triage:
    sources = {f"vk:-{number}": Source(f"vk:-{number}", "vk", "community", REGION, "1") for number in range(100)}
    return Triage(EPOCH, {REGION: Complaining()}, sources, LIMITS, lambda payload, place: payload)


def records(pages: Sequence[bytes]) -> list[Record]:
    return [Record(PAGES, 0, offset, "", data, START) for offset, data in enumerate(pages)]


def kinds(effects: TriageEffects) -> list[str]:
    return [row.appeal_kind for row in effects.rows if isinstance(row, PostRow)]


def run(pages: Sequence[bytes]) -> TriageEffects:
    triage = stage()
    return triage.process(triage.decode(records(pages)))


def test_adverts_are_counted_and_told_to_nobody() -> None:
    found = Run(written(page([post(1, text="продам гараж"), post(2, text="продам дрова, недорого")])), classifier=Selling()).effects
    assert kinds(found) == ["advert", "advert"]
    assert found.filtered == {"advert": 2}
    (findings,) = found.findings
    assert (findings.appeals, findings.people, findings.posts) == ([], 0, 2)


def test_an_author_who_goes_on_is_no_citizen() -> None:
    """The first few are taken for what they say; each goes to another community."""
    found = run([wall(number, "bot") for number in range(8)])
    assert kinds(found) == ["complaint"] * MANY + ["repetition"] * (8 - MANY)
    assert found.filtered == {"repetition": 8 - MANY}
    assert found.kinds == {"complaint": MANY}
    assert [len(one.appeals) for one in found.findings] == [1] * MANY + [0] * (8 - MANY)


def test_comments_under_many_posts_are_many_places() -> None:
    pages = [wall(1, "bot", thread=f"vk:-1_{number}") for number in range(6)]
    one_source = [data.replace(b'"vk:-1_1"', b'"vk:-1_9%d"' % at) for at, data in enumerate(pages)]
    assert kinds(run(one_source))[-1] == "repetition"


@pytest.mark.parametrize(
    "pages",
    [
        [wall(number, f"author-{number}") for number in range(8)],
        [wall(number, "") for number in range(8)],
        [wall(number, "one", f"{TEXT} в квартире {number}") for number in range(8)],
        [wall(number, "one", "Спасибо!") for number in range(8)],
    ],
    ids=["many authors", "authors not known", "other texts", "a short word"],
)
def test_what_is_no_repetition(pages: list[bytes]) -> None:
    assert set(kinds(run(pages))) == {"complaint"}


def test_the_same_wall_again_is_one_place() -> None:
    again = [post(number, id=f"vk:-5_{number}", text=TEXT, author="one") for number in range(6)]
    assert set(kinds(run([written(page(again, source="vk:-5"))]))) == {"complaint"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_batches_and_restarts_change_nothing(seed: int) -> None:
    chance = random.Random(seed)
    pages = [
        wall(number, chance.choice(["bot", "other", "one"]), chance.choice([TEXT, TEXT.upper(), f"{TEXT}, второй подъезд"]))
        for number in range(60)
    ]
    whole = run(pages)
    assert {*kinds(whole)} == {"complaint", "repetition"}
    rows: list[Row] = []
    found: list[Any] = []
    reader, log, offset = RowsReader(rows), records(pages), 0
    while offset < len(log):
        triage = stage()
        below = Position(EPOCH, 0, offset).pack()
        triage.known.load(reader.recent_posts(below, LIMITS.remember_posts))
        triage.texts.load(reader.recent_texts(below, LIMITS.remember_texts))
        triage.repeats.load(reader.recent_repeats(below, LIMITS.remember_repeats))
        end = offset + chance.randint(1, 9)
        effects = triage.process(triage.decode(log[offset:end]))
        rows += effects.rows
        found += effects.findings
        # What a process that died has written beyond its commit.
        rows += triage.process(triage.decode(log[end : end + 3])).rows
        offset = end
    assert list(dict.fromkeys(rows)) == whole.rows
    assert found == whole.findings
