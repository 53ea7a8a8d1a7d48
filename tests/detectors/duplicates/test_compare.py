"""Pairs of texts; the first is the base, what it is compared with differs by what reposters do or by what matters."""

from __future__ import annotations

import pytest

from detectors.duplicates.compare import Likeness, compare
from detectors.duplicates.normal import normal_form

BASE = (
    "Уже вторую неделю на улице Садовой возле дома 14 не горит ни один фонарь, дети возвращаются из школы в полной темноте. "
    "Звонили в диспетчерскую, там обещали прислать бригаду, но никто так и не приехал. Просим восстановить освещение."
)


def likeness(text: str, base: str = BASE) -> Likeness:
    one, other = normal_form(base), normal_form(text)
    forth, back = compare(one, other), compare(other, one)
    assert forth is back
    return forth


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("не горит ни один фонарь", "не горти ни одинн фонрь"),
        ("дома 14 не горит", "дом а14 не горит"),
        ("улице Садовой", "улцие Садовйо"),
        ("диспетчерскую", "диспечерскую"),
        ("Просим восстановить", "Очень просим восстановить"),
        ("Уже вторую", "Люди, уже вторую"),
        ("освещение.", "освещение. Сколько можно терпеть"),
    ],
)
def test_slips_and_wrapping_leave_the_same_text(old: str, new: str) -> None:
    assert old in BASE
    assert likeness(BASE.replace(old, new)) is Likeness.SAME


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("дома 14", "дома 16"),
        ("дома 14", "дома 14а"),
        ("дома 14", "дома"),
        ("улице Садовой", "улице Луговой"),
        ("улице Садовой", "улице Новой Садовой"),
        ("на улице Садовой возле", "на Луговой улице возле"),
        ("из школы", "из школы 3"),
        ("из школы", "из бассейна"),
        ("вторую неделю на", "вторую неделю в поселке Мирный на"),
    ],
)
def test_another_detail_is_another_post(old: str, new: str) -> None:
    assert old in BASE
    assert likeness(BASE.replace(old, new)) is Likeness.CONFLICT


def test_a_cut_copy_may_lack_details_but_have_no_others() -> None:
    base = BASE + " Дом 14, подъезд 2."
    assert likeness(BASE, base) is Likeness.PART
    assert likeness(BASE + " Дом 14, подъ", base) is Likeness.PART
    assert likeness(BASE + " Дом 14, подъезд 3.", base) is Likeness.CONFLICT
    assert likeness(BASE + " Дом 1", base) is Likeness.CONFLICT


def test_a_short_text_without_the_address_is_another() -> None:
    short = "Опять нет горячей воды на улице Садовой"
    assert likeness(short + " 14", short) is Likeness.CONFLICT
    assert likeness("Опять нет горячей воды на улице", short) is Likeness.CONFLICT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Опять нет горячей воды весь день", "Опять нет холодной воды весь день"),
        ("Когда дадут нам горячую воду", "Когда дадут нам денег"),
        ("Кредит физическим лицам без справок", "Кредит юридическим лицам без справок"),
        ("Спасибо за уборку нашего двора", "Совсем другой текст о чем-то своем"),
    ],
)
def test_in_a_short_text_every_word_counts(one: str, other: str) -> None:
    assert likeness(other, one) in (Likeness.OTHER, Likeness.CONFLICT)


def test_a_long_text_that_contains_a_short_one_is_another() -> None:
    assert likeness(BASE, "Уже вторую неделю на улице Садовой не горит фонарь") is not Likeness.SAME
