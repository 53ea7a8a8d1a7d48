"""A tally that grows by one member at a time says what is said of all members at once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.watch.incident import Incident
from monitor.watch.spots import addresses
from monitor.watch.systems import systems
from monitor.watch.tally import Tally

THEMES = ("energy.outage", "housing.heating", "roads.snow", "safety.fire", "culture.events", "")
PLACES = st.tuples(
    st.sampled_from(("", "мира", "улица мира", "ленина")),
    st.sampled_from(("", "1", "2а")),
    st.sampled_from(("", "школа 5", "маршрут 47")),
)


@given(st.lists(st.tuples(st.sampled_from(THEMES), PLACES, st.integers(1, 50)), max_size=12))
def test_sums_of_members_one_by_one_are_those_of_all(told: list[tuple[str, tuple[str, str, str], int]]) -> None:
    tally = Tally(())
    members: list[Incident] = []
    for number, (theme, (street, house, facility), seen) in enumerate(told):
        one = Incident(f"i-{number}", "", theme, "samara", "", street, house, facility, "p", 0, last_seen=seen)
        members.append(one)
        tally.add(one)
        assert tally.places == addresses(members)
        assert tally.last_seen == max(one.last_seen for one in members)
        assert [*tally.systems.items()] == [*Counter(system for one in members for system in systems(one.theme)).items()]


def test_a_tally_of_nobody_was_never_told_of() -> None:
    assert (Tally(()).places, Tally(()).last_seen) == (0, None)
