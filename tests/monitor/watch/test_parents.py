"""Which incidents have one cause, and which have not."""

from __future__ import annotations

from monitor.model.verdict import Place
from tests.monitor.watch.test_joining import HEATING, HOUR, LIFT, Told

POTHOLES = [("roads.potholes", 900)]
MINUTE = 60_000


class Street(Told):
    """The parent of the last incident that was told of."""

    def parent(self, themes: list[tuple[str, int]], street: str, house: str, at: int, territory: str = "grad-1") -> str:
        name = self.tell(themes, Place(territory, street=street, house=house), at)
        incident = self.incidents.get(name)
        assert incident is not None
        self.incidents.parents.place(incident, (theme for theme, _ in themes))
        return incident.parent


def test_three_houses_of_a_street_within_hours_are_one_failure() -> None:
    told = Street()
    parents = [told.parent(HEATING, "мира", str(number), HOUR + number * MINUTE) for number in range(1, 12)]
    first = next(iter(told.incidents._incidents))
    assert parents == ["", ""] + [first] * 9
    head = told.incidents.get(first)
    assert head is not None
    assert (head.parent, head.cause) == (first, "одна авария: 11 адресов без тепла за 1 час")


def test_eleven_houses_of_a_district_within_hours_are_one_failure() -> None:
    told = Street()
    for number in range(11):
        last = told.parent(HEATING, f"улица {number % 6}", str(number), HOUR + number * 5 * MINUTE)
    assert last == next(iter(told.incidents._incidents))


def test_potholes_are_never_one_cause() -> None:
    told = Street()
    assert {told.parent(POTHOLES, "мира", str(number), HOUR) for number in range(12)} == {""}


def test_other_streets_towns_hours_and_systems_stand_apart() -> None:
    told = Street()
    parent = [told.parent(HEATING, "мира", str(number), HOUR) for number in range(3)][-1]
    assert parent
    assert told.parent(HEATING, "садовая", "1", HOUR) == ""
    assert told.parent(HEATING, "мира", "70", HOUR, "luga") == ""
    assert told.parent(LIFT, "мира", "71", HOUR) == ""
    assert told.parent(HEATING, "мира", "72", 6 * HOUR) == ""
    assert told.parent(HEATING, "мира", "73", 4 * HOUR) == parent


def test_two_houses_that_many_write_of_have_one_failure_two_neighbours_have_not() -> None:
    told = Street()
    assert {told.parent(HEATING, "мира", house, HOUR + int(house) * MINUTE) for house in "1112"} == {""}
    assert {told.parent(HEATING, "садовая", "1", HOUR) for _ in range(9)} == {""}
    assert told.parent(HEATING, "мира", "2", HOUR + 3 * MINUTE) == ""
    assert told.parent(HEATING, "мира", "2", HOUR + 4 * MINUTE) == next(iter(told.incidents._incidents))


def test_who_names_no_town_makes_no_cause_of_two_towns() -> None:
    told = Street()
    assert told.parent(HEATING, "лесная", "1", HOUR, "luga") == ""
    assert {told.parent(HEATING, "лесная", house, HOUR + int(house) * MINUTE, "village") for house in "23"} == {""}
    names = list(told.incidents._incidents)
    assert told.parent(HEATING, "лесная", "4", HOUR + 4 * MINUTE, "") == names[1]
    assert told.parent(HEATING, "лесная", "5", HOUR + 5 * MINUTE, "village") == names[1]
    assert [one.parent for one in told.incidents._incidents.values()] == ["", *[names[1]] * 4]


def test_the_district_around_two_towns_makes_no_cause_of_both() -> None:
    told = Street()
    assert told.parent(HEATING, "лесная", "1", HOUR, "grad-1") == ""
    assert {told.parent(HEATING, "лесная", house, HOUR + int(house) * MINUTE, "village") for house in "23"} == {""}
    names = list(told.incidents._incidents)
    assert told.parent(HEATING, "лесная", "4", HOUR + 4 * MINUTE, "grad") == names[1]
    assert [one.parent for one in told.incidents._incidents.values()] == ["", *[names[1]] * 3]


def test_a_system_that_one_house_tells_of_has_not_failed_with_the_others() -> None:
    told = Street()
    hot, cold = [("housing.hot_water", 900)], [("housing.cold_water", 900)]
    first = [told.parent(HEATING, "мира", str(number), HOUR) for number in range(4)][-1]
    assert told.parent(hot, "мира", "10", HOUR) == first
    told.restored()
    assert told.parent(cold, "мира", "20", HOUR) == ""
    assert {told.parent(hot, "мира", str(number), HOUR) for number in range(11, 13)} == {first}
    assert told.parent(cold, "мира", "21", HOUR) == first


def test_a_second_guess_is_of_a_cause_while_its_street_writes_of_it() -> None:
    told = Street()
    first = [told.parent(SNOW, "мира", str(number), HOUR) for number in range(3)][-1]
    holes = [("roads.potholes", 600), ("roads.snow", 500)]
    assert told.parent(holes, "мира", "20", HOUR + 20 * MINUTE) == first != ""
    assert told.parent(holes, "мира", "21", 2 * HOUR) == ""
    assert told.parent(SNOW, "мира", "22", 2 * HOUR) == first


def test_what_is_usual_in_a_street_is_no_failure() -> None:
    told = Street()
    parents = [told.parent(HEATING, "мира", str(number), HOUR + number * HOUR * 3 // 2) for number in range(60)]
    assert set(parents[20:]) == {""}


def test_parents_go_on_after_a_restart_and_end_with_their_incidents() -> None:
    told = Street()
    parent = [told.parent(HEATING, "мира", str(number), HOUR) for number in range(3)][-1]
    told.restored()
    assert told.parent(HEATING, "мира", "70", HOUR) == parent
    for _ in range(4):
        told.incidents.forget_oldest()
    assert told.incidents.parents.dump()[2:] == [[], []]


def test_whoever_is_taken_out_stays_out_and_the_others_keep_together() -> None:
    told = Street()
    parent = [told.parent(HEATING, "мира", str(number), HOUR + number) for number in range(4)][-1]
    head = told.incidents.get(parent)
    assert head is not None
    told.incidents.parents.part(head)
    assert (head.parent, head.cause) == ("", "")
    assert told.parent(HEATING, "мира", "0", HOUR) == ""
    left = {one.parent for one in told.incidents._incidents.values() if one is not head}
    assert len(left) == 1
    assert not left & {"", parent}


STOP = [("transport.stops", 800)]
SNOW = [("roads.snow", 800)]


def test_one_street_under_snow_is_one_cause_by_whatever_words() -> None:
    told = Street()
    first = [told.parent(STOP, "мира", str(number), HOUR) for number in range(3)][-1]
    assert first
    assert {told.parent(SNOW, "мира", str(number), HOUR + MINUTE) for number in range(3, 8)} == {first}
    head = told.incidents.get(first)
    assert head is not None
    assert head.cause == "одна причина: 8 адресов с неубранным снегом за 1 час"
    told.restored()
    assert told.parent(SNOW, "мира", "20", 2 * HOUR) == told.parent(STOP, "мира", "21", 2 * HOUR) == first
    assert told.parent([("roads.potholes", 900)], "мира", "22", 2 * HOUR) == ""


def test_who_names_no_address_in_a_village_writes_of_what_has_failed_there() -> None:
    told = Street()
    assert told.parent(HEATING, "", "", HOUR, "village") == ""
    first = [told.parent(HEATING, "мира", str(number), HOUR, "village") for number in range(3)][-1]
    assert first
    assert told.parent(HEATING, "", "", HOUR + MINUTE, "village") == first
    assert told.parent(LIFT, "", "", HOUR + MINUTE, "village") == ""
    assert told.parent(HEATING, "", "", HOUR + MINUTE, "luga") == ""
    assert [told.parent(HEATING, "лесная", str(number), HOUR) for number in range(3)][-1]
    assert told.parent(HEATING, "", "", HOUR + MINUTE, "grad-1") == ""


def test_what_fails_in_one_street_has_one_cause_if_somebody_tells_of_both() -> None:
    told = Street()
    dark, dry = [("energy.outage", 900)], [("housing.cold_water", 900)]
    first = [told.parent(dark, "мира", str(number), HOUR) for number in range(3)][-1]
    second = [told.parent(dry, "мира", str(number), HOUR + MINUTE) for number in range(10, 13)][-1]
    assert first != second != ""
    assert told.parent([("energy.outage", 700), ("housing.cold_water", 400)], "мира", "1", HOUR + MINUTE) == first
    heads = {one.parent: one.cause for one in told.incidents._incidents.values() if one.cause}
    assert heads == {first: "одна авария: 6 адресов без света за 1 час"}
    assert told.parent(dry, "мира", "11", HOUR + MINUTE) == told.parent(dry, "мира", "30", HOUR + MINUTE) == first


def test_who_wrote_of_the_street_before_any_house_was_known_belongs_to_its_cause() -> None:
    told = Street()
    burst = [("housing.cold_water", 600), ("housing.heating", 500)]
    assert told.parent(burst, "мира", "", HOUR) == ""
    early = next(iter(told.incidents._incidents))
    assert told.parent([("housing.sewerage", 600)], "мира", "", HOUR) == ""
    assert told.parent(burst, "садовая", "", HOUR) == ""
    assert told.parent(burst, "мира", "", HOUR, "luga") == ""
    told.restored()
    parents = [told.parent(HEATING, "мира", str(number), HOUR + number * MINUTE) for number in range(1, 12)]
    assert parents == ["", ""] + [early] * 9
    assert [one.parent for one in told.incidents._incidents.values()][:4] == [early, "", "", ""]
    head = told.incidents.get(early)
    assert head is not None
    assert head.cause == "одна авария: 11 адресов без тепла за 1 час"
    assert told.parent(burst, "мира", "", HOUR + 15 * MINUTE) == early


def test_a_cause_that_is_founded_anew_shows_only_what_has_changed() -> None:
    told = Street()
    hot, cold = [("housing.hot_water", 900)], [("housing.cold_water", 900)]
    for number in range(11):
        head = told.parent(hot, f"улица {number % 6}", str(number), HOUR + number * 5 * MINUTE)
    last = told.incidents.get(told.tell(cold, Place("grad-1", street="садовая", house="1"), 2 * HOUR))
    assert last is not None
    assert [one.id for one in told.incidents.parents.place(last)] == [head, last.id]
    assert last.parent == head


def test_a_cause_counts_the_addresses_that_are_open() -> None:
    told = Street()
    house = Place("grad-1", street="мира", house="3")
    for number in range(6):
        head = told.incidents.get(told.parent(HEATING, "мира", str(number), HOUR))
    gone = told.incidents.get(told.tell(HEATING, house, HOUR))
    assert head is not None
    assert gone is not None
    top = told.incidents.get(head.parent)
    assert top is not None
    told.incidents.recount(gone, {})
    told.parent(HEATING, "мира", "5", 3 * HOUR)
    causes = [top.cause]
    told.incidents.join(gone, told.write("", HEATING, house, HOUR))
    told.parent(HEATING, "мира", "5", 3 * HOUR)
    causes.append(top.cause)
    assert causes == ["одна авария: 5 адресов без тепла за 2 часа", "одна авария: 6 адресов без тепла за 2 часа"]
