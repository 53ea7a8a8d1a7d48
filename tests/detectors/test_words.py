from __future__ import annotations

import pytest

from detectors.words import cut


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ёлка УПАЛА,14/2 (во дворе)!", "ёлка упала 14 2 во дворе"),
        ("<b>Нет</b> воды&nbsp;третий день", "нет воды третий день"),
        ("моц\u0306ка, Е\u0308лка, за\u0301мок", "моцка ёлка замок"),
        ("сво\u0438\u0306", "свой"),
        ("во\u00adда 😡 газ→свет", "вода газ свет"),
        ("", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    assert b" ".join(cut(text)).decode("cp1251") == words
