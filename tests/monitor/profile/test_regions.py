"""The regions that come with the program: they load, and they say what is known of the places."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from importlib.resources import files

import pytest

from monitor.model.verdict import GROUPS, Urgency
from monitor.profile.load import FILES, builtin_names, load_profile
from monitor.profile.model import Profile

REGIONS = ("kursk", "samara")


@pytest.fixture(scope="module", params=REGIONS)
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(request.param)


def _place(profile: Profile, word: str) -> set[str]:
    """Ids of the territories that a name may mean."""
    found = {t.id for t in profile.territories.values() if word in (t.name, *t.aliases)}
    return found | {place.territory for place in profile.places if word in (place.name, *place.aliases)}


def test_both_are_there_as_package_data() -> None:
    assert builtin_names() == list(REGIONS)
    for region in REGIONS:
        assert {entry.name for entry in files(f"monitor.regions.{region}").iterdir()} >= set(FILES)


def test_territories_are_a_tree_below_the_region(profile: Profile) -> None:
    for territory in profile.territories.values():
        assert profile.path(territory.id)[-1] == profile.id
        if territory.kind == "municipality":
            assert territory.parent == profile.id
        if territory.kind == "district":
            assert profile.territories[territory.parent].kind == "municipality"


def test_a_population_has_a_source_and_no_municipality_more_than_the_region(profile: Profile) -> None:
    whole = profile.territories[profile.id].population
    assert whole
    known = [territory for territory in profile.territories.values() if territory.population is not None]
    assert len(known) > 50
    for territory in known:
        assert territory.population_source
        assert territory.id == profile.id or (territory.population or 0) < whole
    municipalities = sum(territory.population or 0 for territory in known if territory.kind == "municipality")
    assert 0.9 * whole < municipalities < 1.1 * whole


def test_every_group_has_an_owner_and_every_municipality_answers_for_its_roads(profile: Profile) -> None:
    assert {route.group for route in profile.routes if not route.territory and not route.theme} == set(GROUPS)
    roads = {route.territory: route.body for route in profile.routes if route.group == "roads"}
    for territory in profile.territories.values():
        if territory.kind == "municipality":
            assert profile.bodies[roads[territory.id]].level == "municipal"


def test_urgent_things_have_shorter_deadlines(profile: Profile) -> None:
    hours = [profile.deadlines[urgency].hours for urgency in Urgency]
    assert hours == sorted(hours, reverse=True)


def test_working_days_of_a_year(profile: Profile) -> None:
    def working_days(year: int) -> int:
        days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
        calendar = profile.calendar
        return sum(day in calendar.working or (day.weekday() in calendar.weekdays and day not in calendar.holidays) for day in days)

    assert working_days(2026) == 247  # as in the production calendar; the one of 2027 is not made yet
    assert working_days(2027) == 261 - 12
    assert all(day.weekday() in profile.calendar.weekdays for day in profile.calendar.holidays)


def test_names_of_bodies_are_clear(profile: Profile) -> None:
    names = Counter(name for body in profile.bodies.values() for name in (body.name, *body.aliases))
    assert [name for name, times in names.items() if times > 1] == []


def test_samara() -> None:
    samara = load_profile("samara")
    assert samara.territories["go-tolyatti"].name == "Тольятти"
    kinds = Counter(territory.kind for territory in samara.territories.values())
    assert (kinds["municipality"], kinds["district"]) == (37, 12)
    assert _place(samara, "Автозавод") == {"tolyatti-avtozavodsky"}
    assert _place(samara, "Безымянка") == {"go-samara"}
    assert samara.path("samara-pribrezhny") == ["samara-pribrezhny", "samara-krasnoglinsky", "go-samara", "samara"]
    assert "tolyatti-tsentralny" in _place(samara, "Мира")
    streets = Counter(samara.path(place.territory)[-2] for place in samara.places if place.kind == "street")
    assert streets["go-samara"] >= 60
    assert streets["go-tolyatti"] >= 40
    assert samara.territories["privolzhsky-rayon"].population is None
    assert samara.calendar.timezone.key == "Europe/Samara"


def test_kursk() -> None:
    kursk = load_profile("kursk")
    kinds = Counter(territory.kind for territory in kursk.territories.values())
    assert (kinds["municipality"], kinds["district"]) == (33, 3)
    for word, district in (("КЗТЗ", "kursk-seymsky"), ("Волокно", "kursk-seymsky"), ("Северо-Запад", "kursk-tsentralny")):
        assert _place(kursk, word) == {district}
    streets = [place for place in kursk.places if place.kind == "street" and "go-kursk" in kursk.path(place.territory)]
    assert len(streets) >= 60
    assert any("Комитет здравоохранения Курской области" in body.aliases for body in kursk.bodies.values())
