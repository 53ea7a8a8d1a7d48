from __future__ import annotations

import pytest

from detectors.duplicates.fold import fold
from detectors.duplicates.normal import LONGEST, normal_form

POST = "Третий день не вывозят мусор с площадки у дома 7"


@pytest.mark.parametrize(
    "text",
    [
        f"Репост! {POST}",
        f"Максимальный репост!!! {POST}. Перешлите всем!",
        f"Админ, опубликуйте пожалуйста анонимно. {POST}",
        f"Можно анонимно? {POST}",
        f"Добрый вечер, соседи! {POST}",
        f"Здравствуйте. Из соседней группы: {POST}",
        f"RT @sosed: {POST}",
        f"{POST}... Показать полностью",
        f"{POST} https://example.org/wall-1_2?w=3",
        f"{POST} vk.com/wall-1_2 #жкх #мусор @admin",
        f"[club123|Городская группа], {POST}",
        f"<div>{POST}</div>",
    ],
)
def test_what_reposting_puts_around_is_dropped(text: str) -> None:
    assert normal_form(text) == fold(POST)


def test_phrases_in_the_middle_are_the_posts_own() -> None:
    assert normal_form("Просил сделать репост всем отказали в группе") == fold("просил сделать репост всем отказали в группе")


def test_nothing_but_wrapping_is_empty() -> None:
    assert normal_form("Репост! https://example.org #всем") == b""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("с 12.05.2021 по ул. Мира", "с 12...05,2021 по ул Мира"),
        ("дом 14 а", "дом 14а"),
        ("д42", "д. 42"),
        ("16мая", "16 мая"),
        ("20,5 градуса", "20.5 градуса"),
    ],
)
def test_numbers_have_one_writing(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(("one", "other"), [("дом 14а", "дом 14б"), ("дом 1 кв 12", "дом 11 кв 2"), ("14, 15", "1415")])
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_an_endless_post_is_cut() -> None:
    assert len(normal_form("вода " * LONGEST)) <= LONGEST
