"""The sketch of a page: stems by people, bounded, the same words left out of every page."""

from __future__ import annotations

from detectors.topics import Sketcher
from detectors.topics.sketch import EXCERPT, EXCERPTS, POSTS, WORDS, Sketch
from detectors.words import cut


def sketch(*texts: str, author: str = "") -> Sketch:
    return Sketcher().make((author or f"a{number}", text, cut(text)) for number, text in enumerate(texts))


def test_words_become_stems_and_count_once_for_each_person() -> None:
    found = sketch("Ёлка: салют, САЛЮТ!", "салюта не будет, ёлки нет", "Салюты 2026")
    assert found.words == ["салют"] * 3
    assert found.people == 3


def test_short_long_usual_and_numbered_words_are_left_out() -> None:
    assert sketch(f"дом сегодня которые {'ы' * 30} школа7 здравствуйте Плотина").words == ["плотин"]


def test_a_person_counts_once_in_a_page() -> None:
    found = sketch("плотина", "плотина треснула", author="one")
    assert (found.people, found.words) == (1, ["плотин"])


def test_nobody_says_nothing() -> None:
    assert sketch() == Sketch([], 0, [])


def words(seed: int, count: int) -> list[str]:
    letters = "бвгдзклмнрст"
    return [
        "".join(letters[(seed + number) // len(letters) ** place % len(letters)] + "а" for place in range(4))
        for number in range(count)
    ]


def test_of_many_words_the_most_shared_are_kept_and_else_the_same_ones() -> None:
    one, other = sketch("плотина", *words(0, 300)[:30], " ".join(["плотину", *words(0, 300)])), sketch(" ".join(words(0, 300)))
    assert len(set(one.words)) == len(set(other.words)) == WORDS
    assert one.words.count("плотин") == 2
    kept = {word for word in one.words if one.words.count(word) == 1}
    assert kept <= set(other.words)
    assert list(one.words) == sorted(one.words)


def test_posts_and_excerpts_are_bounded() -> None:
    found = sketch(*(f"плотина {word} " + "я" * 200 for word in words(0, POSTS + 20)))
    assert found.people == found.words.count("плотин") == POSTS
    assert len(found.excerpts) == EXCERPTS
    assert {len(text) for text in found.excerpts} == {EXCERPT}
