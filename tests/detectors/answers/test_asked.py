"""What an answer asks for, and what it only mentions."""

from __future__ import annotations

import pytest

from detectors.answers.asked import DETAILS, asked


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("Здравствуйте! Уточните, пожалуйста, адрес и приложите фото.", ["address", "photo"]),
        ("По какому адресу нет света?", ["address"]),
        ("В обращении не указан номер дома.", ["address"]),
        ("Просим Вас направить номер телефона для связи в личные сообщения", ["phone"]),
        ("Для проверки необходимо указать номер маршрута, дату и время.", ["date", "route"]),
        ("Подскажите, когда это произошло?", ["date"]),
        ("Чтобы проверить начисления, не хватает номера лицевого счёта.", ["account"]),
        ("НАПИШИТЕ НАМ ФИО И КОНТАКТНЫЙ ТЕЛЕФОН", ["phone", "name"]),
        ("Работы завершены. Если течь повторится, пришлите видео.", ["photo"]),
    ],
)
def test_what_is_asked_for(text: str, details: list[str]) -> None:
    assert asked(text) == details


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Обращайтесь по адресу: ул. Ленина, 1, кабинет 5.",
        "Сообщите по телефону 112.",
        "Яма отремонтирована, фото прилагаем.",
        "Направьте обращение на электронный адрес управления.",
        "Автобусы маршрута 46 вышли на линию. Спасибо за обращение!",
        "Дата окончания работ — 5 мая.",
    ],
)
def test_what_is_only_mentioned(text: str) -> None:
    assert asked(text) == []


def test_an_answer_without_end_takes_no_time() -> None:
    assert asked("уточните адрес " * 100_000) == ["address"]
    assert set(asked("Пришлите " + " ".join(("адрес", "фото", "телефон", "дату", "маршрут", "лицевой счет", "фио")))) == set(DETAILS)
