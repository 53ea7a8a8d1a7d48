from __future__ import annotations

from typing import Literal

import pytest

from monitor.model.codec import encode
from monitor.model.post import Page, Post

pytest.importorskip("sklearn")
pytest.importorskip("datasketch")

from monitor.bench.rival import BATCH, Rival, RivalFigures

APPEAL = "Третий день нет горячей воды в доме на Садовой улице, батареи тоже холодные, жильцы мёрзнут"
CHATTER = "Отдам котёнка в добрые руки, ласковый, к лотку приучен, пишите в личные сообщения"
TRAINING = [
    (APPEAL, "housing"),
    ("Нет воды и отопления в подъезде", "housing"),
    (CHATTER, "chatter"),
    ("Продам велосипед, торг", "chatter"),
]


def pages(texts: list[str], size: int = 3) -> list[bytes]:
    posts = [Post(id=f"p{number}", text=text) for number, text in enumerate(texts)]
    return [
        encode(Page(source="s", region="r", network="vk", fetched_at=1, posts=posts[at : at + size]))
        for at in range(0, len(posts), size)
    ]


def run(rival: Rival, stream: list[bytes], lsh_on: Literal["all", "appeals"]) -> RivalFigures:
    begun = rival.begin(lsh_on)
    begun.take(stream)
    return begun.figures


def test_every_post_becomes_a_row_with_a_label() -> None:
    texts = [APPEAL, CHATTER, APPEAL + " очень", CHATTER, ""]
    figures = run(Rival(TRAINING), pages(texts), "all")
    assert [row["id"] for row in figures.rows] == [f"p{n}" for n in range(5)]
    assert [row["appeal"] for row in figures.rows[:4]] == [True, False, True, False]
    assert [row["duplicate_of"] for row in figures.rows] == ["", "", "p0", "p1", ""]
    assert (figures.posts, figures.duplicates) == (5, 2)
    assert figures.rate > 0


def test_the_index_may_be_kept_for_appeals_only() -> None:
    figures = run(Rival(TRAINING), pages([APPEAL, CHATTER, APPEAL, CHATTER]), "appeals")
    assert [row["duplicate_of"] for row in figures.rows] == ["", "", "p0", ""]


def test_runs_are_independent_and_batches_are_whole() -> None:
    rival = Rival(TRAINING)
    posts = pages([f"{APPEAL} {n} {n + 1} {n + 2}" for n in range(BATCH + 1)], size=100)
    assert run(rival, posts, "appeals").rows == run(rival, posts, "appeals").rows
    assert run(rival, posts, "appeals").posts == BATCH + 1


def test_a_run_goes_on_where_it_stood() -> None:
    rival = Rival(TRAINING)
    texts = [APPEAL, CHATTER, APPEAL]
    begun = rival.begin("all")
    for page in pages(texts, size=1):
        begun.take([page])
    assert begun.figures.rows == run(rival, pages(texts), "all").rows


def test_letters_know_a_word_in_another_form() -> None:
    training = [("отключили отопление", "housing"), ("продаю велосипед", "chatter")] * 5
    stream = pages(["отопления отключение", "велосипедов продажа"])
    assert [row["label"] for row in run(Rival(training), stream, "appeals").rows] == ["housing", "chatter"]
    assert len({row["score"] for row in run(Rival(training, "words"), stream, "appeals").rows}) == 1
