"""Masking: what goes, what stays, and that it never breaks anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.post import Attachment, Post
from sources.masking import author_hash, mask, mask_post

GONE = {
    "тел 8 (927) 123-45-67 звоните": "тел <PHONE> звоните",
    "+79271234567": "<PHONE>",
    "89271234567": "<PHONE>",
    "8-927-123-4567, Анна": "<PHONE>, Анна",
    "тел89271234567": "тел<PHONE>",
    "8.927.123.45.67": "<PHONE>",
    "пишите 927 123 45 67": "пишите <PHONE>",
    "8 927 123 45 67 12 квартира": "<PHONE> 12 квартира",
    "(8482) 22-33-44": "<PHONE>",
    "тел. 22-33-44": "тел. <PHONE>",
    "звоните 223322": "звоните <PHONE>",
    "207-30-40 диспетчер": "<PHONE> диспетчер",
    "+375 29 123 45 67": "<PHONE>",
    "снилс 123-456-789 00": "снилс <DOCUMENT>",
    "паспорт 3608 123456": "паспорт <DOCUMENT>",
    "паспорт серия 36 08 номер 123456 выдан": "паспорт серия <DOCUMENT> выдан",
    "36 08 123456": "<DOCUMENT>",
    "ИНН 632112345678": "ИНН <DOCUMENT>",
    "инн: 6321123456": "инн: <DOCUMENT>",
    "500100732259": "<DOCUMENT>",
    "11223344595": "<DOCUMENT>",
    "карта 4276 1234 5678 9012": "карта <CARD>",
    "4276123456789012": "<CARD>",
    "почта ivan.petrov+1@mail.example.ru, жду": "почта <EMAIL>, жду",
}
KEPT = (
    "дом 12 кв 345, 12.05.2024 в 15:30",
    "маршруты 126, 137 и 46",
    "автобусы 7 126 137 46 47",
    "цена 15 000 000 руб",
    "1 500 000 000 рублей на дороги",
    "контракт на 9500000000 руб",
    "в 2021 2022 2023 2024 годах",
    "Ново-Садовая 106-109, дома 102-105",
    "заявка № 123456 от 12.05.24",
    "vk.com/wall-123456_89271234567",
    "с 10-00 до 18-00, обед 12-00-13-00",
    "звонил 12.05.24, звонила в 112",
    "53.5078, 49.4204",
    "кадастровый номер 63:09:0301142:123",
    "полис от 12.05.2024",
    "телефон за 15000 руб",
    "443100, г. Самара",
    "температура +18, минус 24",
    "@admin почему молчите",
    "школа 86, сад 201, 7 класс, 38 человек",
)


@pytest.mark.parametrize(("text", "expected"), GONE.items())
def test_personal_numbers_go(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_numbers_of_complaints_stay(text: str) -> None:
    assert mask(text) == text


def test_a_text_without_numbers_is_the_same_object() -> None:
    text = "нет воды " * 20
    assert mask(text) is text


_number = st.from_regex(re.compile(r"(?:\+7|8) ?\(?9[0-9]{2}\)?[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}", re.ASCII), fullmatch=True)
_words = st.text(alphabet="абвгдежз .,!\n", max_size=120)


@given(before=_words, number=_number, after=_words)
def test_a_mobile_number_never_survives(before: str, number: str, after: str) -> None:
    masked = mask(f"{before} {number} {after}")
    assert number not in masked
    assert masked.startswith(before)
    assert masked.endswith(after)


@given(st.text(max_size=300) | st.text(alphabet="0123456789 -()+.@abтел№\n", max_size=120))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(
    house=st.integers(1, 400), flat=st.integers(1, 999), day=st.integers(1, 28), month=st.integers(1, 12), price=st.integers(1, 10**7)
)
def test_houses_dates_and_prices_survive(house: int, flat: int, day: int, month: int, price: int) -> None:
    text = f"Мира {house}-{flat}, кв. {flat}, {day:02}.{month:02}.2026, {price} руб."
    assert mask(text) == text


def test_long_runs_take_no_time_to_speak_of() -> None:
    # Each of these would take minutes if a pattern tried every beginning with every end.
    for piece in ("a", "1", "1 ", "8 9", "тел. ", "паспорт ", "+", "a.", "("):
        text = piece * 30_000 + "@"
        assert mask(text)


def test_every_field_that_people_fill_is_masked() -> None:
    post = Post("a", "89271234567", place="Мира 5, 89271234567", attachments=[Attachment("doc", title="a@b.ru")])
    mask_post(post)
    assert (post.text, post.place, post.attachments[0].title) == ("<PHONE>", "Мира 5, <PHONE>", "<EMAIL>")


def test_authors_are_stable_per_key_and_strangers_without_it() -> None:
    key = b"k" * 32
    assert author_hash(key, "vk", 1) == author_hash(key, "vk", "1")
    assert re.fullmatch("[0-9a-f]{16}", author_hash(key, "vk", 1))
    others = {author_hash(b"x", "vk", 1), author_hash(key, "ok", 1), author_hash(key, "vk", 2), author_hash(key * 3, "vk", 1)}
    assert len(others | {author_hash(key, "vk", 1)}) == 5
    with pytest.raises(ValueError, match="empty"):
        author_hash(b"", "vk", 1)
