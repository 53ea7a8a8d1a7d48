"""What a page tells of the talk in which a topic may begin: new posts of today that no theme names, each person once."""

from __future__ import annotations

import pytest

from monitor.model.watch import Findings
from tests.crash.region import HOUR, START, SteadyClassifier
from tests.monitor.triage.bad_input_pages import page, post, written
from tests.monitor.triage.bad_input_run import Run


def themed(text: str) -> bool:
    return bool(SteadyClassifier().one(text, "").theme)


def texts(*, of_a_theme: bool, count: int) -> list[str]:
    """The first ``count`` texts that have a theme, or none."""
    found = (f"Плотина протекает, соседи волнуются: случай {number}" for number in range(10_000))
    return [text for text in found if themed(text) == of_a_theme][:count]


def talk(texts: list[str], **fields: object) -> Findings:
    """The findings of a page with these texts, whose posts all have ``fields``."""
    posts = [post(number, text=text) | fields for number, text in enumerate(texts, 1)]
    (findings,) = Run(written(page(posts))).effects.findings
    return findings


def test_talk_of_no_theme_is_counted_by_words() -> None:
    found = talk(texts(of_a_theme=False, count=3))
    assert found.people == 3
    assert found.stems.count("плотин") == 3
    assert found.excerpts == texts(of_a_theme=False, count=3)


def test_what_a_theme_names_is_not() -> None:
    found = talk([*texts(of_a_theme=True, count=3), *texts(of_a_theme=False, count=1)])
    assert found.people == 1
    assert len(found.stems) == len(set(found.stems))


@pytest.mark.parametrize(
    "fields",
    [{"deleted": True}, {"official": True}, {"repost_of": "vk:-9_9"}, {"published_at": START - 7 * HOUR}],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_no_talk_is_not(fields: dict[str, object]) -> None:
    found = talk(texts(of_a_theme=False, count=3), **fields)
    assert (found.people, found.stems, found.excerpts) == (0, [], [])


def test_the_same_text_again_is_not() -> None:
    (text,) = texts(of_a_theme=False, count=1)
    assert talk([text, text, text]).people == 1


def test_what_is_read_back_out_of_history_is_not() -> None:
    posts = [post(number, text=text) for number, text in enumerate(texts(of_a_theme=False, count=3), 1)]
    (findings,) = Run(written(page(posts, origin="backfill"))).effects.findings
    assert (findings.posts, findings.people) == (3, 0)


DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("age", "kind", "network", "past"),
    [
        (DAY, "post", "vk", False),
        (DAY + 1, "post", "vk", True),
        (DAY + 1, "comment", "tg", True),
        (3 * DAY, "appeal", "appeal", False),
        (3 * DAY + 1, "appeal", "appeal", True),
        (300 * DAY, "post", "file", False),
    ],
)
def test_what_is_old_when_it_is_first_read_is_history(age: int, kind: str, network: str, past: bool) -> None:
    text = texts(of_a_theme=True, count=1)
    posts = [post(1, text=text[0], published_at=START - age, kind=kind)]
    (findings,) = Run(written(page(posts, network=network))).effects.findings
    assert [one.past for one in findings.appeals] == [past]


def test_a_later_version_is_news_at_any_age() -> None:
    """Whether watch had the first one or not."""
    chatter, appeal, other = *texts(of_a_theme=False, count=1), *texts(of_a_theme=True, count=2)
    old = {"published_at": START - 5 * DAY}
    before = [post(1, text=chatter, **old), post(2, text=appeal, **old)]
    after = [post(1, text=appeal, edited_at=START, **old), post(2, text=other, edited_at=START, **old)]
    _, findings = Run(written(page(before)), written(page(after))).effects.findings
    assert [one.past for one in findings.appeals] == [False]
    assert [one.appeal and one.appeal.past for one in findings.versions] == [False]
