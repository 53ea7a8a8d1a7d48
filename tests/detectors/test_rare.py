"""Rare dangers are known by their words; jokes, news, memories and drills have the same words and are doubtful."""

from __future__ import annotations

import pytest

from detectors.rare import doubtful, rare, rare_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("В подъезде на Мира, 5 сильно ПАХНЕТ ГАЗОМ, приезжайте", "gas"),
        ("Утечка бытового газа во дворе", "gas"),
        ("На Победы 12 обрушился балкон, под ним ходят люди", "collapse"),
        ("Взорвался баллон в доме на Полевой", "explosion"),
        ("Ребёнок провалился в открытый люк на Ленина", "child"),
        ("В столовой школы 22 отравились дети", "poisoning"),
        ("Кто-то разлил ртуть, шарики по всей лестнице", "mercury"),
        ("Когда проведут газ? Воняет от печки", ""),
        ("Запах на лестнице такой, что дышать нельзя, а про газ и разговора нет", ""),
        ("Рухнул рынок, дом не продать", ""),
        ("", ""),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert rare_kind(text, rare()) == kind
    assert rare_kind(text, []) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Ахахах у нас после бобов дома пахнет газом",
        "В Магнитогорске обрушился подъезд, сообщает МЧС",
        "По данным следкома, взорвался газовый баллон в доме",
        "Год назад у нас обрушилась крыша школы, помните?",
        "Учения МЧС: условный взрыв газа в доме",
        "Памятка: почувствовали запах газа — звоните 104",
        "Смотрели сериал, там мальчик утонул",
    ],
)
def test_doubts(text: str) -> None:
    assert doubtful(text)
    assert not doubtful("Пахнет газом в подъезде, помогите, звоните в аварийную")


def test_a_long_text_takes_no_longer() -> None:
    assert rare_kind("запах " * 100_000 + "газа", rare()) == ""
