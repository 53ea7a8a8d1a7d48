"""Cleaning of texts as people type and paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.text import Cache, Stems, clean, words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Ёлка  и\n\nёж\t!", "Елка и еж !"),
        ("<p>Нет <b>света</b></p>", "Нет света"),
        ("Нет&nbsp;света &lt;уже&gt; день", "Нет света <уже> день"),
        ("5 < 6 и 7 > 6", "5 < 6 и 7 > 6"),
        ("мycop", "мусор"),
        ("Kypcк", "Курск"),
        ("VK и GPS", "VK и GPS"),
        ("во\u00adда, во\u0301ды, во\u200bде", "вода, воды, воде"),
        ("и\u0306 е\u0308", "й е"),
        ("нет\x00света", "нет света"),
        ("", ""),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_words_are_lower_case_letters_and_digits() -> None:
    assert words("Ул. Мира, д.14А — 3-й подъезд!") == ["ул", "мира", "д", "14а", "3", "й", "подъезд"]


@given(st.text())
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = clean(text)
    if "&" not in once and "<" not in once:
        assert clean(once) == once


def test_stems() -> None:
    stems = Stems()
    assert stems.one("дорогами") == stems.one("дорог")
    assert stems.one("я" * 1000) == "я" * 1000


def test_a_cache_is_bounded_and_keeps_no_long_words() -> None:
    asked: list[str] = []

    def look_up(word: str) -> int:
        asked.append(word)
        return len(word)

    cache = Cache(look_up, limit=3)
    assert [cache[word] for word in ("а", "бб", "а", "я" * 100, "я" * 100)] == [1, 2, 1, 100, 100]
    assert asked == ["а", "бб", "я" * 100, "я" * 100]
    for number in range(10):
        assert cache[f"слово{number}"]
        assert len(cache) <= 3
