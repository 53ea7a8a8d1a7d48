from __future__ import annotations

import pytest

from detectors.duplicates import text_hash
from detectors.duplicates.fold import fold

POST = "Ёлка упала во дворе, Ленина 14. Уберите!"


@pytest.mark.parametrize(
    "same",
    [
        "ёлка УПАЛА во дворе ленина 14 уберите",
        "Елка упала во дворе,,, Ленина 14!!! Уберите",
        "Ёлкa yпaлa вo двopе, Ленинa 14. Уберитe!",
        "Е\u0308лка упала во дворе, Ленина 14. Уберите! 😡👍🏽",
        "<p>Ёлка упала во&nbsp;дворе,<br>Ленина 14.</p> Уберите!",
        "  Ёлка упа\u00adла во\u200b дворе,\u00a0Ленина １４.\nУберите!",
    ],
)
def test_spellings_of_one_text_have_one_hash(same: str) -> None:
    assert text_hash(same) == text_hash(POST)


@pytest.mark.parametrize("other", [POST.replace("14", "16"), POST.replace("Ленина", "Мира"), POST + " Срочно", ""])
def test_other_words_have_another_hash(other: str) -> None:
    assert text_hash(other) != text_hash(POST)


def test_hash_is_stable_and_fits_64_bits() -> None:
    assert text_hash("набат") == 7687371178929693925
    assert 0 <= text_hash(POST) < 1 << 64


def test_texts_without_words_differ_by_their_signs() -> None:
    assert text_hash("👍") != text_hash("😡")
    assert text_hash("👍 ") == text_hash("👍")
    assert text_hash("\ud83d") != text_hash("!")


def test_letters_of_other_alphabets_count() -> None:
    assert text_hash("нет воды 中") != text_hash("нет воды 文")
    assert text_hash("нет воды 中") != text_hash("нет воды")
    assert not any(chr(code).isdigit() for code in fold("中文"))


def test_letters_of_volga_languages_are_the_nearest_russian_ones() -> None:
    assert fold("Әни өйдә") == fold("Ани ойда")


def test_signs_part_words_and_accents_do_not() -> None:
    assert fold("вода→газ").split() == fold("вода газ").split()
    assert fold("за\u0301мок") == fold("замок")
