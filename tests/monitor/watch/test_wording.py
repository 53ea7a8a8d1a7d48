"""Places as alerts say them."""

from __future__ import annotations

import pytest

from monitor.model.rows import IncidentRow
from monitor.profile.load import load_profile
from monitor.watch.wording import address
from tests.dashboards.world import incident

SAMARA = load_profile("samara")


def place(street: str = "", house: str = "", settlement: str = "", facility: str = "", territory: str = "") -> IncidentRow:
    one = incident("i1")
    return one._replace(territory=territory, settlement=settlement, street=street, house=house, facility=facility)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"street": "мира", "house": "60"}, "ул. Мира, 60"),
        ({"street": "южное шоссе", "house": "122"}, "Южное шоссе, 122"),
        ({"street": "проспект кирова"}, "Проспект Кирова"),
        ({"street": "60 лет ссср", "house": "24"}, "ул. 60 лет СССР, 24"),
        ({"street": "пугачевский тракт", "house": "5"}, "Пугачевский тракт, 5"),
        ({"street": "1-я ново-садовая"}, "ул. 1-я Ново-Садовая"),
        ({"street": "1-й ввод", "house": "3а"}, "ул. 1-й Ввод, 3а"),
        ({"facility": "школа № 5"}, "школа № 5"),
        ({"street": "мира", "house": "2", "settlement": "рождествено"}, "ул. Мира, 2, Рождествено"),
    ],
)
def test_an_address_is_told_as_people_write_it(known: dict[str, str], told: str) -> None:
    assert address(SAMARA, place(**known)) == f"{told}, {SAMARA.name}"


def test_a_settlement_is_not_told_twice() -> None:
    one = next(one for one in SAMARA.territories.values() if one.name == "Прибрежный")
    assert address(SAMARA, place(territory=one.id, settlement="прибрежный", street="мира", house="60")) == "ул. Мира, 60, Прибрежный"
