"""Which appeals belong to one incident: the same problem at the same address, however its theme and its territory were read."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from monitor.model.incident import Appeal
from monitor.model.rows import AppealRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.profile.model import Calendar, Profile, Territory
from monitor.watch import rows
from monitor.watch.effects import Changes
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents

HOUR = 3_600_000
WINDOW = 72 * HOUR
_TERRITORIES = (
    Territory("oblast", "Область", "region"),
    Territory("grad", "Град", "municipality", "oblast", 600_000),
    Territory("grad-1", "Первый район", "district", "grad", 400_000),
    Territory("village", "Ивантеевка", "settlement", "grad", 900),
    Territory("luga", "Луга", "municipality", "oblast", 40_000),
)
PROFILE = Profile("oblast", "Область", "test", Calendar(ZoneInfo("Europe/Samara")), {one.id: one for one in _TERRITORIES})
HEATING = [("housing.heating", 700), ("housing.management", 300)]
MANAGEMENT = [("housing.management", 600), ("housing.heating", 400)]
LIFT = [("housing.lift", 900)]


class Told:
    """Appeals told one after another; the incident that each joins."""

    def __init__(self) -> None:
        self.incidents = Incidents(PROFILE, WINDOW)
        self._changes = Changes("oblast", 1)
        self._count = 0

    def tell(self, themes: list[tuple[str, int]], place: Place, at: int = HOUR, urgency: Urgency = Urgency.NORMAL) -> str:
        return self.write("", themes, place, at, urgency=urgency).incident

    def write(
        self,
        text: str,
        themes: list[tuple[str, int]],
        place: Place,
        at: int = HOUR,
        like: AppealRow | None = None,
        author: str = "",
        urgency: Urgency = Urgency.NORMAL,
        alike: int = 1000,
    ) -> AppealRow:
        """An appeal, told by its row; ``like``: what its text is a duplicate of, so much ``alike``."""
        self._count += 1
        theme = themes[0][0]
        verdict = Verdict("complaint", 900, theme.partition(".")[0], theme, themes, place, urgency=urgency)
        appeal = Appeal(f"p{self._count}", text, at, at, "s", "sim", verdict, author=author)
        key = self.incidents.key(theme, place, urgency)
        found: Incident = self.incidents.find(appeal, key, like, alike) or self.incidents.open(appeal, key, at)
        row: AppealRow = rows.appeal(appeal, None, found.id, self._changes)
        self.incidents.join(found, row)
        return row

    def restored(self) -> Told:
        state = self.incidents.dump()
        self.incidents = Incidents(PROFILE, WINDOW)
        self.incidents.load(state)
        return self


def _house(number: str, territory: str = "grad") -> Place:
    return Place(territory, street="мира", house=number)


def test_one_house_and_one_problem_read_as_two_themes() -> None:
    told = Told()
    assert told.tell(HEATING, _house("5")) == told.tell(MANAGEMENT, _house("5")) == told.restored().tell(HEATING, _house("5"))


def test_two_problems_in_one_house_stay_apart() -> None:
    told = Told()
    assert told.tell(HEATING, _house("5")) != told.tell(LIFT, _house("5"))


def test_two_houses_and_two_towns_stay_apart() -> None:
    told = Told()
    assert len({told.tell(HEATING, place) for place in (_house("5"), _house("7"), _house("5", "luga"), _house("5", ""))}) == 4


def test_a_house_of_a_town_that_is_not_named_is_the_one_that_is_told_of() -> None:
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell(HEATING, _house("5", "")) == first
    assert told.tell(LIFT, _house("5", "")) != first
    assert told.tell(HEATING, _house("5", ""), 30 * HOUR) != first


def test_a_guess_about_a_house_of_a_town_that_is_not_named_is_of_what_is_told_of() -> None:
    told = Told()
    first = told.tell([("transport.schedule", 900)], _house("5", ""))
    assert told.tell([("housing.other", 50)], _house("5")) == first
    assert told.tell([("housing.other", 50)], _house("5", "luga"), 30 * HOUR) != first


def test_a_district_lies_in_its_town() -> None:
    told = Told()
    assert told.tell(HEATING, _house("5")) == told.tell(HEATING, _house("5", "grad-1"))


def test_a_street_is_long_so_that_its_themes_must_be_the_same() -> None:
    told, street = Told(), Place("grad", street="мира")
    first = told.tell(HEATING, street)
    assert told.tell(MANAGEMENT, street) != first == told.tell(HEATING, street)


def test_an_incident_ends_with_its_window() -> None:
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell(HEATING, _house("5"), HOUR + WINDOW) == first != told.tell(HEATING, _house("5"), 2 * HOUR + 2 * WINDOW)


def test_without_an_address_a_village_has_one_problem_a_big_district_only_an_urgent_one() -> None:
    told, village, district = Told(), Place("village"), Place("grad-1")
    assert told.tell(HEATING, village) == told.tell(HEATING, village)
    assert told.tell(HEATING, district) != told.tell(HEATING, district)
    # Each has the lift of his own house in mind, and his own queue.
    assert told.tell(LIFT, village) != told.tell(LIFT, village)
    assert told.tell([("health.appointment", 900)], village) != told.tell([("health.appointment", 900)], village)
    first = told.tell(HEATING, district, urgency=Urgency.URGENT)
    assert told.tell(HEATING, district, 2 * HOUR, Urgency.URGENT) == first
    assert told.tell(HEATING, district, 12 * HOUR, Urgency.URGENT) != first
    assert told.tell(LIFT, district, urgency=Urgency.URGENT) != told.tell(LIFT, district, urgency=Urgency.URGENT)


def test_what_is_forgotten_is_nowhere() -> None:
    told = Told()
    first = told.tell(HEATING, _house("5"))
    told.incidents.forget_oldest()
    assert told.tell(LIFT, _house("5")) != first
    assert told.tell(HEATING, _house("5")) != first


def test_a_bus_that_is_late_again_tomorrow_is_another_trouble() -> None:
    told = Told()
    bus = Place("grad", facility="маршрут 46")
    late = [("transport.schedule", 900)]
    first = told.tell(late, bus)
    assert told.tell(late, bus, 3 * HOUR) == first
    assert told.tell([("transport.other", 900)], bus, 3 * HOUR) != first
    assert told.tell(late, bus, 24 * HOUR) != first


def test_a_village_without_addresses_is_told_of_for_some_hours() -> None:
    told = Told()
    first = told.tell(HEATING, Place("village"))
    assert told.tell(HEATING, Place("village"), 6 * HOUR) == first
    assert told.tell(HEATING, Place("village"), 40 * HOUR) != first


def test_a_guess_is_of_what_the_neighbours_name() -> None:
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell([("housing.entrance", 200)], _house("5")) == first
    assert told.tell([("housing.lift", 900)], _house("5")) != first


def test_a_second_theme_of_the_same_system_is_enough_at_one_house() -> None:
    told = Told()
    first = told.tell([("transport.stops", 700)], _house("5"))
    assert told.tell([("housing.entrance", 600), ("roads.snow", 500)], _house("5")) == first


def test_what_else_the_first_one_writes_of_is_what_the_next_one_names() -> None:
    told = Told()
    first = told.tell([("housing.cold_water", 700), ("energy.outage", 40)], _house("5"))
    assert told.restored().tell([("energy.outage", 900)], _house("5")) == first


def test_where_several_write_only_sure_words_or_danger_are_another_problem_of_a_house_within_hours() -> None:
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell(HEATING, _house("5")) == first
    assert told.tell([("housing.roof", 550)], _house("5"), 3 * HOUR) == first
    assert told.tell([("housing.lift", 650)], _house("5"), 3 * HOUR) != first
    assert told.tell([("energy.gas", 550)], _house("5"), 3 * HOUR, Urgency.DANGER) != first
    assert told.tell([("housing.entrance", 550)], _house("5"), 30 * HOUR) != first


def test_one_person_is_no_hint_of_what_the_next_one_writes_of_the_house_hours_later() -> None:
    told = Told()
    first = told.tell([("waste.collection", 550)], _house("5"))
    assert told.tell([("roads.potholes", 540)], _house("5")) != first
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell([("services.appeals", 400)], _house("5"), 2 * HOUR) == first
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell([("services.appeals", 400)], _house("5"), 4 * HOUR) != first
    told = Told()
    first = told.tell(HEATING, _house("5"))
    assert told.tell([("housing.lift", 500), ("housing.heating", 300)], _house("5"), 20 * HOUR) != first


def test_what_fits_no_theme_is_no_second_guess() -> None:
    told = Told()
    first = told.tell([("energy.outage", 700), ("services.appeals", 100)], _house("5"))
    assert told.tell([("services.appeals", 200)], _house("5"), 3 * HOUR) != first


def test_a_guess_is_overruled_by_what_the_next_one_names() -> None:
    told = Told()
    first = told.tell([("housing.entrance", 170)], _house("5"))
    assert told.tell([("roads.snow", 700)], _house("5"), 2 * HOUR) == first
    told = Told()
    first = told.tell([("housing.entrance", 800)], _house("5"))
    assert told.tell([("roads.snow", 700)], _house("5"), 2 * HOUR) != first


LONG = "За гаражами стихийная свалка растёт с каждым днём, обещали разобраться до пятницы"
DUMP = [("waste.dumps", 800)]


def test_the_same_words_in_another_town_are_a_repost_for_hours() -> None:
    told = Told()
    first = told.write(LONG, DUMP, Place("grad"))
    assert told.write(LONG, DUMP, Place("luga"), 5 * HOUR, first).incident == first.incident
    assert told.write(LONG, DUMP, Place("grad-1"), 40 * HOUR, first).incident == first.incident
    assert told.write(LONG, DUMP, Place("grad-1"), 5 * HOUR, first, alike=900).incident == first.incident
    assert told.write(LONG, DUMP, Place("grad-1"), 80 * HOUR, first, alike=900).incident != first.incident
    assert told.write(LONG, DUMP, Place("luga"), 40 * HOUR, first).incident != first.incident
    assert told.write(LONG, DUMP, Place("luga"), 40 * HOUR, told.write(LONG, DUMP, _house("5"))).incident != first.incident


def test_an_address_is_the_place_of_a_repost_wherever_it_is_read() -> None:
    told = Told()
    first = told.write(LONG, DUMP, _house("5"))
    assert told.write(LONG, DUMP, Place("luga"), 40 * HOUR, first).incident == first.incident


def test_texts_that_share_some_sentences_are_no_reposts() -> None:
    told = Told()
    first = told.write(LONG, DUMP, Place("grad"), author="a")
    assert told.write(LONG, DUMP, Place("luga"), HOUR, first, "b", alike=770).incident != first.incident
    assert told.write(LONG, DUMP, Place("luga"), HOUR, first, "a", alike=770).incident == first.incident
    assert told.write(LONG, DUMP, Place("luga"), HOUR, first, "b", alike=850).incident == first.incident


def test_who_adds_an_address_to_the_words_of_others_writes_of_another_trouble() -> None:
    told = Told()
    first = told.write(LONG, DUMP, Place("grad"), author="a")
    assert told.write(LONG, DUMP, _house("5", "luga"), HOUR, first, "b", alike=900).incident != first.incident
    assert told.write(LONG, DUMP, _house("6", "grad-1"), HOUR, first, "b", alike=900).incident != first.incident
    assert told.write(LONG, DUMP, _house("7", "grad-1"), HOUR, first, "b", alike=960).incident == first.incident


def test_a_copy_names_the_same_street_however_it_is_spelt() -> None:
    told = Told()
    first = told.write(LONG, DUMP, Place("grad", street="лизы чайкиной", house="9"))
    again = told.write(LONG, DUMP, Place("luga", street="лизы чайкиная", house="9"), HOUR, first, alike=900)
    assert again.incident == first.incident
    other = told.write(LONG, DUMP, Place("luga", street="вилоновская", house="9"), HOUR, first, alike=900)
    assert other.incident != first.incident


def test_a_few_words_without_a_place_are_of_anywhere() -> None:
    told, words = Told(), "Свалка мусора"
    first = told.write(words, DUMP, Place("grad"), author="a")
    assert told.write(words, DUMP, Place("grad"), 2 * HOUR, first, "b").incident == first.incident
    assert told.write(words, DUMP, Place("grad"), 20 * HOUR, first, "a").incident == first.incident
    assert told.write(words, DUMP, Place("grad"), 20 * HOUR, first, "b").incident != first.incident
    nowhere = told.write(words, DUMP, Place("oblast"), author="a")
    assert told.write(words, DUMP, Place("oblast"), HOUR, nowhere, "b").incident != nowhere.incident


def test_smoke_over_a_village_is_one_event_by_whatever_name() -> None:
    told, village = Told(), Place("village")
    first = told.tell([("waste.burning", 800)], village)
    assert told.tell([("ecology.burning", 800)], village, 2 * HOUR) == first
    assert told.tell([("safety.fire", 800)], village, 2 * HOUR) == first
    assert told.tell([("waste.dumps", 800)], village, 2 * HOUR) != first
