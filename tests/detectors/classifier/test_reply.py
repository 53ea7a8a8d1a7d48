"""How official accounts answer, one line a promise."""

from __future__ import annotations

import pytest

from monitor.model.post import Post
from tests.detectors.classifier.world import CLASSIFIER

REPLIES = """
formal      | Обратитесь в вашу управляющую компанию.
formal      | обратитесь в вашу УК
formal      | Здравствуйте! Ваше обращение передано по компетенции.
formal      | Вам перезвонят
formal      | Спасибо за обращение!
formal      | Согласно статье 161 Жилищного кодекса РФ ответственность несёт управляющая организация
formal      | Напишите нам в личные сообщения адрес и телефон
formal      | Добрый день!
interim     | Бригада на месте, до 09:00
interim     | Специалисты выехали на место, ведутся восстановительные работы
interim     | Работы будут выполнены до 1 июня
interim     | Ремонт дороги запланирован на следующий год
interim     | Ваше обращение взято в работу
interim     | Яму засыплем в ближайшее время, срок исполнения до пятницы
substantive | Добрый день! Яма заделана, работы выполнены 12 мая.
substantive | Отопление восстановлено, температура соответствует нормативу
substantive | Мусор вывезен, контейнеры заменены. Приносим извинения
substantive | По вашему обращению выдано предписание управляющей компании
substantive | Перерасчёт произведён, сумма будет видна в следующей квитанции
substantive | Приём идёт по адресу Ленина 5, кабинет 12, с 9:00 до 17:00, перерыв с 13 до 14
redirect    | Вопрос направлен в министерство транспорта области
redirect    | Дорога находится на балансе администрации района
redirect    | Передали информацию в управляющую компанию
"""


@pytest.mark.parametrize("row", REPLIES.strip().splitlines())
def test_replies(row: str) -> None:
    quality, text = (cell.strip() for cell in row.split("|"))
    assert CLASSIFIER.judge([Post("1", text, official=True)]) == [quality]
