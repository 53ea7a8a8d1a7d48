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
