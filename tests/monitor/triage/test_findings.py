"""The sketch of a page: words that several of its new posts share."""

from __future__ import annotations

from tests.monitor.triage.bad_input_pages import page, post, written
from tests.monitor.triage.bad_input_run import Run


def sketch(*texts: str, **fields: object) -> dict[str, int]:
    posts = [post(number, text=text) for number, text in enumerate(texts, 1)]
    posts[-1] |= fields
    (findings,) = Run(written(page(posts))).effects.findings
    return findings.sketch


def test_words_that_three_posts_share() -> None:
    assert sketch("Ёлка: концерт, ярмарка", "ёлка КОНЦЕРТ ёлка ярмарка", "«Концерт» 😡 ёлка ярмарку", "Концерт будет") == {
        "концерт": 4
    }
    assert sketch("Салют", "салют") == {}


def test_a_word_counts_once_for_each_post() -> None:
    assert sketch("салют " * 9, "салют салют", "без него") == {}


def test_a_deleted_post_does_not_count() -> None:
    assert sketch("салют", "салют", "салют", deleted=True) == {}


def test_only_the_most_shared_in_a_fixed_order() -> None:
    words = [f"слово{number:02}" for number in range(30)]
    found = sketch(*[" ".join(words), " ".join(reversed(words)), " ".join(words), f"{words[29]} {words[5]}"])
    assert list(found.items()) == [
        ("слово05", 4),
        ("слово29", 4),
        *[(word, 3) for word in words if word not in ("слово05", "слово29")][:18],
    ]


def test_a_word_without_an_end_is_left_out() -> None:
    assert sketch(*["ы" * 1000] * 3) == {}
