"""Where a problem is: addresses, names in any case, and what is meant where a name is ambiguous."""

from __future__ import annotations

import pytest

from detectors.classifier.place import Places
from monitor.model.verdict import Place
from monitor.profile.load import load_profile
from tests.detectors.classifier.world import PROFILE, verdict

PLACES = Places(PROFILE)
ANYWHERE = Places(None)

TABLE: list[tuple[str, str, Place]] = [
    ("ул. Садовая, д.14", "city", Place("city", street="садовая", house="14")),
    ("на улице Садовой, дом 14а", "city", Place("city", street="садовая", house="14а")),
    ("Садовая ул., 14/2 корп. 1", "city", Place("city", street="садовая", house="14/2к1")),
    ("улица садовая 7", "city", Place("city", street="садовая", house="7")),
    ("На Садовой 7 темно", "city", Place("city", street="садовая", house="7")),
    ("дом 34 по проспекту Победы", "city", Place("south", street="проспект победы", house="34")),
    ("пр-т Победы 5", "city", Place("south", street="проспект победы", house="5")),
    ("по улице 40 лет Победы", "city", Place("south", street="40 лет победы")),
    ("бульвар Гайдара, 3", "city", Place("north", street="бульвар гайдара", house="3")),
    ("на Гайдара 3 нет света", "city", Place("north", street="бульвар гайдара", house="3")),
    ("ул карла маркса 66", "city", Place("city", street="карла маркса", house="66")),
    # The same street in two towns: that of the source, or of the town named.
    ("на Мира хлещет кипяток", "city", Place("north", street="мира")),
    ("на Мира хлещет кипяток", "second", Place("second", street="мира")),
    ("в Луговске на улице Мира", "city", Place("second", street="мира")),
    # A street that no profile knows, as it is written.
    ("ул. Харьковская, д.14", "city", Place("city", street="харьковская", house="14")),
    ("по 1-му Ольховскому пер.", "city", Place("city", street="переулок 1 ольховский")),
    ("По Ленинскому проспекту, 5", "city", Place("city", street="проспект ленинский", house="5")),
    ("Ивантеевка, Центральная, 39, нет воды", "", Place("village", "ивантеевка", "центральная", "39")),
    ("воды нет (Ивантеевка, дом 10 по Центральной)", "", Place("village", "ивантеевка", "центральная", "10")),
    ("ивантеевка, по адресу центральная 63в", "", Place("village", "ивантеевка", "центральная", "63в")),
    ("Центральная, д. 5", "village", Place("village", street="центральная", house="5")),
    ("Новая 3-комнатная квартира", "village", Place("village")),
    ("После Революции 17 года", "village", Place("village")),
    # «дом N по …» tells the house; the number behind the street is of a bus.
    ("дом 23 по Садовой № 13 опять сняли с линии", "city", Place("city", street="садовая", house="23")),
    ("дом 23 по улице Садовой, 13 дней темно", "city", Place("city", street="садовая", house="23")),
    ("ЛЮДИ ПАДАЮТ ПОД АВТОБУС", "city", Place("city")),
    ("в Подах темно", "", Place("unders", "поды")),
    # Territories in all cases, with and without their kind.
    ("в Северном районе", "city", Place("north")),
    ("в Северном р-не", "city", Place("north")),
    ("в Полевском районе", "", Place("rayon")),
    ("в Заречинске", "", Place("city")),
    ("село Ивантеевка", "", Place("village", settlement="ивантеевка")),
    ("у нас в Ивантеевке", "", Place("village", settlement="ивантеевка")),
    ("в Ольховке", "rayon", Place("meadow", settlement="ольховка")),
    ("в Ольховке", "second", Place("meadow2", settlement="ольховка")),
    ("в Заводском посёлке", "city", Place("south", settlement="заводской поселок")),
    ("в деревне Шерекино", "rayon", Place("rayon", settlement="шерекино")),
    # Facilities.
    ("в школе №59", "city", Place("city", facility="школа 59")),
    ("59 школа", "city", Place("city", facility="школа 59")),
    ("поликлиника № 3", "city", Place("city", facility="поликлиника 3")),
    ("в 3-й поликлинике", "city", Place("city", facility="поликлиника 3")),
    ("47 автобус", "city", Place("city", facility="маршрут 47")),
    ("маршрутка №47", "city", Place("city", facility="маршрут 47")),
    ("троллейбус 12", "city", Place("city", facility="троллейбус 12")),
    # The name that a text is about: told with its kind, told more often, told first; villages are in no town.
    ("в Заречинске, а точнее в Полевском районе", "", Place("rayon")),
    ("Полевской район Заречной области", "", Place("rayon")),
    ("в Луговске, Заречинске и снова в Луговске", "", Place("second")),
    ("в Луговске хуже, чем в Заречинске", "", Place("second")),
    ("Ольховка, Луговск", "", Place("meadow2", settlement="ольховка")),
    ("в Ольховке", "", Place("", settlement="ольховка")),
    ("в деревне Шерекино, живу в Заречинске", "", Place("", settlement="шерекино")),
    # Names passed by: the way to a town or from it, the ends of a road, what a thing is called.
    ("яма на трассе на Луговск", "", Place()),
    ("приехали из Луговска, у нас в Ивантеевке темно", "", Place("village", settlement="ивантеевка")),
    ("автодорога Заречинск-Луговск разбита", "", Place()),
    ("автодорога Заречинск - Луговск разбита", "", Place()),
    ("санаторий «Луговск» закрыт", "", Place()),
    ("не доезжая до Луговска", "rayon", Place("rayon")),
    ("по Северному шоссе", "", Place(street="шоссе северное")),
    # A street that every town has tells no town, but the one of the source's town.
    ("на улице Садовой темно", "", Place(street="садовая")),
    ("на улице Садовой темно", "oblast", Place("oblast", street="садовая")),
    ("на улице 40 лет Победы темно", "", Place("south", street="40 лет победы")),
    # Typos, where a name stands; a word that is near two names, or short, is none of them.
    ("г. Заречнск, нет воды", "", Place("city")),
    ("в городе Лугвоске", "", Place("second")),
    ("ул. Садовоя, 5", "city", Place("city", street="садовая", house="5")),
    ("ул. Садовоя, 5", "", Place(street="садовоя", house="5")),
    ("ул. Мера, 5", "city", Place("city", street="мера", house="5")),
    ("зареченцы и луговчане", "", Place()),
    # No places: counts, times, common words, adjectives, a street that is none.
    ("2 школы и 5 автобусов", "city", Place("city")),
    ("в школе 5 лет нет ремонта", "city", Place("city")),
    ("на улице нет света", "city", Place("city")),
    ("северный ветер на улице", "city", Place("city")),
    ("миру мир", "city", Place("city")),
    ("Дом. 5 лет жду", "city", Place("city")),
    ("", "city", Place("city")),
    ("нигде", "", Place()),
    ("нигде", "no such territory", Place()),
]


@pytest.mark.parametrize(("text", "source", "place"), TABLE)
def test_places(text: str, source: str, place: Place) -> None:
    assert PLACES.find(text, "", source) == place


def test_without_a_profile_addresses_are_read() -> None:
    assert ANYWHERE.find("ул. Садовая, д. 5, школа №59", "", "") == Place(street="садовая", house="5", facility="школа 59")


def test_the_address_that_the_source_gave_comes_first() -> None:
    assert PLACES.find("на улице Садовой 5 темно", "Заречинск, пр-т Победы, 8", "") == Place("south", "", "проспект победы", "8", "")
    assert PLACES.find("в школе №59 холодно", "Ивантеевка", "rayon") == Place("village", "ивантеевка", facility="школа 59")


def test_a_place_makes_an_appeal_of_what_is_just_below_one() -> None:
    assert not verdict("Трактор был один раз за зиму").appeal
    assert verdict("Садовая 19, трактор был один раз за зиму, снег не чистят").place == Place("city", street="садовая", house="19")


def test_who_tells_the_house_tells_of_what_is_there() -> None:
    words = "{} после мусоровоза половина остаётся на земле, где контроль. Пишу третий раз. Платим исправно, а получаем вот это"
    found = verdict(words.format("Садовая, дом 26,"))
    assert found.kind == "complaint"
    assert found.place.house == "26"
    assert not verdict("Продаю гараж, Садовая, дом 26, торг").appeal
    assert not verdict("Встречаемся у Саши, Садовая, дом 26, всем быть").appeal
    assert not verdict("С днём рождения, Садовая, дом 26").appeal


def test_bodies_by_the_most_specific_route() -> None:
    cold = "Нет отопления, батареи ледяные, примите меры"
    assert verdict(cold, "rayon").body == "heat"
    assert verdict(cold, "north").body == "city-heat"
    pit = "Огромная яма на дороге, примите меры"
    assert verdict(pit, "north").body == "city-roads"
    assert verdict(pit, "rayon").body == "roads"
    assert verdict("Несанкционированная свалка, прошу убрать", "city").body == ""


def test_bodies_are_ranked_with_scores() -> None:
    found = verdict("В подъезде холодно, батареи ледяные, а дорога у дома вся в ямах, асфальт разбит", "north").bodies
    assert {"city-heat", "city-roads"} <= {body for body, _ in found} <= {"city-heat", "minzhkh", "city-roads"}
    assert [score for _, score in found[1:]] == sorted((score for _, score in found[1:]), reverse=True)
    assert all(0 < score <= 1000 for _, score in found)


@pytest.mark.parametrize(
    ("text", "territory"),
    [
        ("Здравствуйте. Магнитный, ул. Мира, нет света", "zheleznogorsky-magnitny"),
        ("третий день нет воды, Касторное", "kastorensky-kastornoe"),
        ("Полевая, 5: нет света", ""),
        ("в Магнитный магазин не завозят хлеб", ""),
        ("у нас в обояни нет воды", "oboyansky-oboyan"),
        ("в глушково темно", "glushkovsky-glushkovo"),
        ("свобода слова", ""),
        ("врач Некрасова хамит", ""),
        ("позвоните Романову", ""),
        ("едем из Некрасова, у нас в Крупце темно", "rylsky-krupets"),
        ("в Льговском р-оне нет автобуса", "lgovsky-rayon"),
        ("в Щиграх дороги хуже, чем в Курске", "go-shchigry"),
        ("перекрасьте автобусы, как и в Курске", ""),
        ("дорогу не доводят до новой дороги Солнцевского района, в деревне Полевая темно", "kursky-polevaya"),
        ("до границы с Курским районом яма на яме", ""),
        ("яма на границе Курского района", "kursky-rayon"),
    ],
)
def test_how_settlements_are_meant(text: str, territory: str) -> None:
    """In an address, in lower case, as somebody's name, compared with, and where something ends."""
    assert Places(load_profile("kursk")).find(text, "", "").territory == territory


def test_a_district_is_no_street_of_its_name() -> None:
    assert Places(load_profile("samara")).find("по Волжскому району", "", "").territory == "volzhsky-rayon"


@pytest.mark.parametrize(
    ("text", "street", "house"),
    [
        ("Это 40 лет Победы, д. 144. Примите меры", "40 лет победы", "144"),
        ("нет тепла, дом 97 по 40 лет Победы", "40 лет победы", "97"),
        ("на 40 лет Победы холодно", "40 лет победы", ""),
        ("к 9 Мая все будет готово", "", ""),
        ("Набережная 5. Приезжайте сами", "набережная", "5"),
        ("дом 7 по Набережной! Сколько можно", "набережная", "7"),
        ("набережная Неведомского 3", "набережная неведомского", "3"),
        ("на набережной темно", "", ""),
    ],
)
def test_streets_whose_names_are_numbers_or_kinds(text: str, street: str, house: str) -> None:
    found = Places(load_profile("samara")).find(text, "", "go-tolyatti")
    assert (found.street, found.house) == (street, house)
    if street == "40 лет победы":
        assert found.territory == "tolyatti-avtozavodsky"


@pytest.mark.parametrize(
    ("text", "territory"),
    [
        ("в 1-й Мокве нет света", "kursky-1-ya-mokva"),
        ("деревня 1 Моква, нет света", "kursky-1-ya-mokva"),
        ("Яма на проезжей части дороги г.Обоянь, ул.Луначарского", "oboyansky-oboyan"),
        ("на дороге Обоянь яма за ямой", ""),
        ("1 декабря нет воды", ""),
        ("в селе Михайловка был парк", ""),
        ("в сл. Михайловка был парк", "zheleznogorsky-mikhaylovka"),
        ("в слободе Михайловке был парк", "zheleznogorsky-mikhaylovka"),
        ("нет дороги по ул. Баклашовка. Д. 1 Моква. Прошу ответить", "kursky-1-ya-mokva"),
        ("с. 1-е Цветово, нет света", "kursky-1-e-tsvetovo"),
    ],
)
def test_villages_with_numbers_and_towns_beside_roads(text: str, territory: str) -> None:
    """Of two villages with one name neither is meant, as long as nothing else tells."""
    assert Places(load_profile("kursk")).find(text, "", "").territory == territory
