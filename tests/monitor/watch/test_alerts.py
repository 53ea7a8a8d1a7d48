"""An alert's life: what makes a sound and what does not, one cause, planned works, repeats, what ends and what begins anew."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.model.incident import AlertLevel, Spike
from monitor.model.rows import AlertRow, AppealRow, IncidentRow
from monitor.model.works import Work, Works
from monitor.profile.load import load_profile
from monitor.watch.alerts import Alerts, Seen
from monitor.watch.answers import wake
from monitor.watch.bell import REPEAT
from monitor.watch.cause import Posts
from monitor.watch.effects import Changes
from monitor.watch.settings import Names

HOUR = 3_600_000
PROFILE = load_profile("samara")
TOWNS = [one.id for one in PROFILE.territories.values() if one.kind == "municipality"]
STREET: dict[str, Any] = {"street": "мира", "territory": TOWNS[0]}


def incident(number: int = 1, authors: int = 1, **changes: Any) -> IncidentRow:
    values: dict[str, Any] = dict.fromkeys(IncidentRow._fields, "")
    values |= {name: 0 for name, kind in IncidentRow.__annotations__.items() if kind in (int, "int")}
    values |= {
        "id": f"i{number}", "region": "samara", "status": "open", "group": "housing", "theme": "housing.heating", "urgency": 2,
        "territory": TOWNS[0], "first_member": f"p{number}", "first_seen": HOUR, "members": authors, "authors": authors,
        "body": "teplo",
    }  # fmt: skip
    return IncidentRow(**(values | changes))


def appeal(author: str, **changes: Any) -> AppealRow:
    values: dict[str, Any] = dict.fromkeys(AppealRow._fields, "")
    return AppealRow(**(values | {"id": f"p-{author}", "author": author, "territory": TOWNS[0]} | changes))


class Desk:
    def __init__(self) -> None:
        self.alerts = Alerts(PROFILE, Names())
        self.at = HOUR
        self.version = 10

    def danger(self, row: IncidentRow, author: str = "a", **place: Any) -> AlertRow | None:
        self.version += 1
        rows = self.alerts.danger(row, self.at, "нет тепла", self.version, appeal(author, **place))
        return rows[-1] if rows else None

    def told(self, row: IncidentRow, author: str = "a", **place: Any) -> tuple[str, int, str]:
        """Level, sounds and what the last was for, of an alert that has to change."""
        found = self.danger(row, author, **place)
        assert found is not None
        return found.level, found.sounds, found.why

    def again(self) -> None:
        """As after a restart."""
        state = self.alerts.dump()
        self.alerts = Alerts(PROFILE, Names())
        self.alerts.load(state)


def work(**changes: Any) -> Works:
    values: dict[str, Any] = {"name": "опрессовка", "group": "housing", "begins": 0, "ends": 3 * HOUR, "theme": "housing.heating"}
    temperature = changes.pop("temperature", None)
    return Works("samara", HOUR, (Work(**(values | {"territory": TOWNS[0]} | changes)),), temperature)


@pytest.mark.parametrize("restarts", [False, True])
def test_each_new_thing_sounds_once_and_growth_is_silent(restarts: bool) -> None:
    desk = Desk()
    steps = [
        (incident(), {}, ("urgent", 1, "fired")),
        (incident(authors=2), {}, ("urgent", 1, "fired")),
        (incident(authors=3), {"territory": TOWNS[1]}, ("urgent", 2, "territory")),
        (incident(authors=4), {"facility": "школа 59"}, ("urgent", 3, "facility")),
        (incident(authors=10), {}, ("flash", 4, "level")),
    ]
    for row, place, told in steps:
        assert desk.told(row, **place) == told
        if restarts:
            desk.again()
    for place in ({"territory": TOWNS[1]}, {"facility": "школа 59"}, {"facility": "маршрут 7"}, {"territory": "samara"}):
        assert desk.danger(incident(authors=11), **place) is None
    assert desk.told(incident(authors=30)) == ("flash", 4, "level")


def test_fewer_authors_make_nothing_quieter() -> None:
    desk = Desk()
    desk.told(incident(authors=12))
    assert desk.danger(incident(authors=3)) is None
    assert desk.told(incident(authors=20)) == ("flash", 1, "fired")


def test_one_burst_main_is_one_alert_with_its_addresses() -> None:
    desk = Desk()
    desk.told(incident(1, theme="housing.cold_water", street="мира"), "a0")
    for number in range(2, 13):
        desk.danger(incident(number, house=str(number), street="мира"), f"a{number}")
        desk.again()
    assert desk.danger(incident(2, 2, house="2", street="мира"), "a2") is None
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert (row.authors, row.sounds, row.level, row.theme, row.body) == (10, 2, "flash", "housing.heating", "teplo")
    assert "адресов" in row.title
    # Eleven of them are over, one is left: so is the alert.
    assert [one for number in range(1, 12) for one in desk.alerts.over(f"i{number}", 5, 90)] == []
    assert [one.status for one in desk.alerts.over("i12", 5, 91)] == ["resolved"]


@pytest.mark.parametrize(
    "other",
    [
        {"territory": TOWNS[1], "street": "мира"},
        {"theme": "housing.other", "street": "мира"},
        {"theme": "housing.cold_water", "street": "победы"},
        {"group": "safety", "theme": "safety.fire", "street": "мира"},
    ],
)
def test_another_danger_is_another_alert(other: dict[str, Any]) -> None:
    desk = Desk()
    desk.told(incident(1, **STREET))
    assert desk.told(incident(2, **(STREET | other))) == ("urgent", 1, "fired")


def test_what_grew_by_less_than_a_step_is_shown_after_a_minute() -> None:
    desk = Desk()
    desk.told(incident(authors=20))
    assert desk.danger(incident(authors=20)) is None
    desk.at += 60_000
    assert desk.danger(incident(authors=20)) is None
    assert desk.told(incident(authors=27)) == ("flash", 1, "fired")
    assert desk.danger(incident(authors=28)) is None


def test_hours_later_it_is_another_cause() -> None:
    desk = Desk()
    desk.told(incident(1, **STREET))
    desk.at += 7 * HOUR
    assert desk.told(incident(2, **STREET)) == ("urgent", 1, "fired")


def test_a_broken_promise_sounds_and_a_missed_deadline_does_not() -> None:
    desk = Desk()
    late = desk.alerts.overdue(incident(1, deadline=HOUR), HOUR, 11)
    assert (late.level, late.sounds) == ("notice", 0)
    broken = desk.alerts.overdue(incident(2, deadline=HOUR, last_reply="interim"), HOUR, 12)
    assert (broken.level, broken.sounds, broken.why) == ("urgent", 1, "promise")
    assert broken.text.startswith("Обещали до 05:00")


def test_what_was_over_and_begins_again_is_reopened_and_keeps_its_count() -> None:
    desk = Desk()
    desk.told(incident())
    assert [row.status for row in desk.alerts.over("i1", 5, 20)] == ["resolved"]
    desk.again()
    assert desk.told(incident()) == ("urgent", 2, "reopened")


def test_works_explain_until_they_do_not() -> None:
    desk = Desk()
    assert desk.alerts.plan(work(authors=5), HOUR, 11) == []
    row = desk.danger(incident())
    assert row is not None
    assert (row.level, row.sounds, row.note) == ("notice", 0, "Плановые работы: опрессовка, до 07:00.")
    desk.again()
    # More people than they explain.
    assert desk.told(incident(authors=6)) == ("urgent", 1, "works")
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert "жалоб больше" in row.note


@pytest.mark.parametrize(
    ("works", "row", "sounds"),
    [
        (work(), incident(), 0),
        (work(frost=-15, temperature=-24), incident(), 1),
        (work(frost=-15, temperature=-5), incident(), 0),
        (work(frost=-15), incident(), 1),
        (work(), incident(urgency=3), 1),
        (work(theme="housing.hot_water"), incident(), 1),
        (work(territory=TOWNS[1]), incident(), 1),
        (work(streets=("победы",)), incident(street="мира"), 1),
        (work(streets=("мира",)), incident(street="мира"), 0),
        (work(begins=2 * HOUR), incident(), 1),
        (work(ends=HOUR), incident(), 1),
    ],
)
def test_scope_term_and_frost(works: Works, row: IncidentRow, sounds: int) -> None:
    desk = Desk()
    desk.alerts.plan(works, HOUR, 11)
    found = desk.danger(row)
    assert found is not None
    assert found.sounds == sounds


def test_the_term_of_works_ends_and_the_alert_sounds_once() -> None:
    desk = Desk()
    desk.alerts.plan(work(), HOUR, 11)
    desk.danger(incident())
    for now, woken in ((3 * HOUR - 1, []), (3 * HOUR, ["works"]), (3 * HOUR + 1, [])):
        changes = Changes("samara", 20 + now)
        wake(desk.alerts, now, changes)
        assert [row.why for row in changes.alerts.values()] == woken


def test_works_that_are_announced_later_annotate_what_has_sounded() -> None:
    desk = Desk()
    desk.danger(incident())
    (row,) = desk.alerts.plan(work(), HOUR, 30)
    assert (row.level, row.sounds, row.version) == ("urgent", 1, 30)
    assert row.note


def test_an_alert_that_nobody_works_on_asks_again_once_an_interval() -> None:
    desk = Desk()
    desk.told(incident(1))
    desk.told(incident(2, territory=TOWNS[1]))
    row = desk.alerts.get("urgent:i2")
    assert row is not None
    desk.alerts.put(row._replace(claimed_by="anna", answered_by="anna", answered_at=HOUR))
    heard = []
    for minutes in range(0, 10 * 60, 10):
        changes = Changes("samara", 100 + minutes)
        wake(desk.alerts, HOUR + minutes * 60_000, changes)
        heard += [(minutes, name, one.why, one.sounds) for name, one in changes.alerts.items()]
    assert heard == [(240, "urgent:i1", "again", 2), (480, "urgent:i1", "again", 3)]
    assert REPEAT == 240 * 60_000


def spike(desk: Desk, where: str, group: str, level: AlertLevel, themes: dict[str, int], **more: Any) -> Any:
    """The spike of a series, judged at the desk's time; ``incidents``: what its posts are of, ``wide``: many places share it."""
    desk.version += 1
    observed = sum(themes.values())
    series = f"{where}|group|{group}"
    posts = Posts(series, desk.at - HOUR // 4, themes, more.get("incidents", {}), more.get("wide", False))
    found = Spike(series, more.get("bucket", desk.at), level, observed, 500, 70, desk.at - HOUR // 4)
    return desk.alerts.spike(found, Seen(posts, observed, [], ["vk:-1"], True), desk.at, desk.version)


COLD = {"housing.heating": 20, "housing.lift": 2}


def test_a_spike_joins_the_alert_of_the_incident_that_makes_it() -> None:
    desk = Desk()
    desk.told(incident(authors=5))
    desk.again()
    row, louder = spike(desk, TOWNS[0], "housing", "notice", COLD)
    assert (row.id, row.kind, row.level, row.sounds, louder) == ("urgent:i1", "urgent", "urgent", 1, False)
    assert (row.subject, row.incident, row.authors) == (f"{TOWNS[0]}|group|housing", "i1", 5)
    assert "Всплеск" in row.text
    desk.again()
    row, louder = spike(desk, TOWNS[0], "housing", "flash", COLD)
    assert (row.id, row.level, row.sounds, row.why, louder) == ("urgent:i1", "flash", 2, "level", True)
    # It grows on, silently, and tells of both.
    assert desk.told(incident(authors=12)) == ("flash", 2, "level")
    assert desk.alerts.calm(f"{TOWNS[0]}|group|housing", 2 * HOUR, 90) is None
    (ended,) = desk.alerts.over("i1", 2 * HOUR, 91)
    assert (ended.status, ended.level) == ("resolved", "flash")


def test_an_incident_joins_the_alert_of_the_spike_that_tells_of_it() -> None:
    desk = Desk()
    first, louder = spike(desk, TOWNS[0], "housing", "notice", COLD)
    assert (first.kind, first.sounds, louder) == ("spike", 0, True)
    desk.again()
    assert desk.told(incident(urgency=3)) == ("urgent", 1, "level")
    desk.again()
    row = desk.alerts.get(first.id)
    assert row is not None
    assert (row.kind, row.subject, row.incident, row.authors, row.observed) == ("spike", first.subject, "i1", 22, 22)
    assert row.title.startswith("Опасно: housing.heating")
    # The incident was none: what is left is the spike, and then nothing.
    (left,) = desk.alerts.over("i1", 2 * HOUR, 90)
    assert (left.status, left.incident, left.title) == ("firing", "", first.title)
    ended = desk.alerts.calm(first.subject, 3 * HOUR, 91)
    assert ended is not None
    assert ended.status == "resolved"


@pytest.mark.parametrize(
    ("row", "where", "group", "themes", "incidents"),
    [
        ({"theme": "energy.gas"}, TOWNS[0], "housing", COLD, {}),
        ({"theme": "energy.gas", "group": "energy"}, TOWNS[0], "energy", {"energy.outage": 20, "energy.gas": 1}, {"i1": 1, "i2": 20}),
        ({}, TOWNS[1], "housing", COLD, {}),
        ({}, TOWNS[0], "housing", {"housing.lift": 20, "housing.heating": 2}, {}),
        ({}, TOWNS[0], "roads", {"roads.potholes": 9}, {}),
        ({"theme": "safety.fire", "group": "safety"}, TOWNS[0], "safety", {"safety.fire": 9}, {"i2": 9}),
    ],
)
def test_another_cause_in_the_same_place_is_another_alert(
    row: dict[str, Any], where: str, group: str, themes: dict[str, int], incidents: dict[str, int]
) -> None:
    """Whichever comes first."""
    desk = Desk()
    assert desk.told(incident(**row)) == ("urgent", 1, "fired")
    found, louder = spike(desk, where, group, "flash", themes, incidents=incidents)
    assert (found.kind, found.incident, found.sounds, louder) == ("spike", "", 1, True)
    desk = Desk()
    spike(desk, where, group, "flash", themes, incidents=incidents)
    assert desk.told(incident(**row)) == ("urgent", 1, "fired")


def test_an_incident_that_a_good_part_of_the_spike_is_of_is_its_cause() -> None:
    fire = incident(theme="safety.fire", group="safety")
    desk = Desk()
    desk.told(fire)
    row, louder = spike(desk, TOWNS[0], "safety", "flash", {"safety.fire": 9}, incidents={"i1": 5, "i2": 4})
    assert (row.id, row.level, louder) == ("urgent:i1", "flash", True)
    desk = Desk()
    first, _ = spike(desk, TOWNS[0], "safety", "flash", {"safety.fire": 9}, incidents={"i1": 5, "i2": 4})
    told = desk.danger(fire)
    assert told is not None
    assert (told.id, told.sounds) == (first.id, 1)


def test_a_spike_of_hours_later_is_another_one() -> None:
    desk = Desk()
    desk.told(incident(authors=5))
    desk.at += 7 * HOUR
    row, louder = spike(desk, TOWNS[0], "housing", "urgent", COLD)
    assert (row.kind, row.sounds, louder) == ("spike", 1, True)


def test_the_same_failure_in_another_group_is_no_second_alert() -> None:
    """Of a town without light some write to the energy company, others to the house's."""
    desk = Desk()
    first, _ = spike(desk, TOWNS[0], "energy", "urgent", {"energy.outage": 9})
    desk.again()
    second, louder = spike(desk, TOWNS[0], "housing", "urgent", {"housing.electricity": 8, "housing.lift": 1})
    assert (second.id, second.subject, second.sounds, louder) == (first.id, first.subject, 1, False)
    assert desk.alerts.calm(first.subject, 2 * HOUR, 90) is None
    ended = desk.alerts.calm(f"{TOWNS[0]}|group|housing", 2 * HOUR, 91)
    assert ended is not None
    assert ended.id == first.id


def test_incidents_that_turn_out_to_have_one_parent_have_one_alert() -> None:
    desk = Desk()
    lamps: dict[str, Any] = {"group": "landscaping", "theme": "landscaping.lighting"}
    desk.told(incident(1, street="мира", **lamps), "a")
    desk.told(incident(2, street="победы", **lamps), "b")
    desk.again()
    desk.told(incident(1, 2, street="мира", parent="i1", **lamps), "c")
    desk.version += 1
    ended, row = desk.alerts.danger(
        incident(2, 2, street="победы", parent="i1", **lamps), desk.at, "темно", desk.version, appeal("d")
    )
    assert (ended.id, ended.status) == ("urgent:i2", "resolved")
    assert (row.id, row.status, row.authors) == ("urgent:i1", "firing", 4)


def test_scattered_houses_of_a_large_town_are_one_alert_and_no_catastrophe() -> None:
    large = next(one.parent for one in PROFILE.territories.values() if one.kind == "district")
    desk = Desk()
    for number in range(1, 15):
        desk.danger(incident(number, street=f"улица {number}", territory=large), f"a{number}", territory=large)
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert (row.level, row.authors, row.sounds) == ("urgent", 10, 1)


def test_a_blackout_of_the_region_is_one_alert_and_a_danger_beside_a_snowfall_another() -> None:
    desk = Desk()
    first, _ = spike(desk, "samara", "energy", "urgent", {"energy.outage": 40}, wide=True)
    dark: dict[str, Any] = {"group": "energy", "theme": "energy.outage"}
    for number, town in enumerate(TOWNS[:3]):
        desk.danger(incident(number, territory=town, urgency=3, **dark), f"a{number}", territory=town)
        desk.again()
    row = desk.alerts.get(first.id)
    assert row is not None
    assert (row.level, row.sounds, row.title, row.territory, row.incident) == ("urgent", 1, first.title, "samara", "i0")
    desk = Desk()
    desk.told(incident(theme="roads.snow", group="roads"))
    snow, louder = spike(desk, "samara", "roads", "notice", {"roads.snow": 40}, incidents={"i1": 20}, wide=True)
    assert (snow.kind, snow.incident, louder) == ("spike", "", True)
    assert desk.told(incident(2, theme="roads.snow", group="roads", territory=TOWNS[1])) == ("urgent", 1, "fired")


def test_a_spike_that_was_closed_is_told_of_again_only_when_it_is_louder() -> None:
    desk = Desk()
    first, _ = spike(desk, TOWNS[0], "housing", "urgent", COLD)
    desk.alerts.close(first, "Закрыл anna: учения")
    desk.again()
    assert spike(desk, TOWNS[0], "housing", "urgent", COLD) == (None, False)
    row, louder = spike(desk, TOWNS[0], "housing", "flash", COLD)
    assert row is not None
    assert (row.id, row.why, row.sounds, louder) == (first.id, "reopened", 2, True)
    desk.alerts.close(row, "Закрыл anna: учения")
    # It is over: the next one is another.
    assert desk.alerts.calm(first.subject, 2 * HOUR, 90) is None
    row, louder = spike(desk, TOWNS[0], "housing", "urgent", COLD, bucket=3 * HOUR)
    assert row is not None
    assert (row.id != first.id, row.why, row.sounds, louder) == (True, "fired", 1, True)


def test_what_is_shown_whole_and_was_closed_begins_anew_when_it_has_doubled() -> None:
    desk = Desk()
    row = desk.alerts.rows.plain("silent:x", "silent", "samara", "urgent", HOUR, "Не видно", "", 1)._replace(observed=10)
    desk.alerts.close(desk.alerts.show(row, HOUR), "Закрыл anna: знаем")
    assert desk.alerts.show(row._replace(observed=20, version=2), HOUR).status == "resolved"
    again = desk.alerts.show(row._replace(observed=21, version=3), HOUR)
    assert (again.status, again.why, again.sounds) == ("firing", "reopened", 2)
