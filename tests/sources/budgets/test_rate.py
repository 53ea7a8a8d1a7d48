"""Places: no window of the network's own time ever holds more requests than the rate, however long answers take."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sources.budgets.limits import Rate
from sources.budgets.rate import Places


@given(
    rate=st.builds(Rate, st.integers(1, 4), st.sampled_from([0.5, 1.0, 3.0])),
    requests=st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 3), st.floats(0, 1)), min_size=1, max_size=60),
)
def test_no_window_holds_more_than_the_rate(rate: Rate, requests: list[tuple[float, float, float]]) -> None:
    """Each request: the pause before it, how long its answer takes, and at what share of this time it arrives."""
    places = Places(rate)
    now = 0.0
    arrivals: list[float] = []
    open_: list[tuple[float, int]] = []
    for pause, takes, share in requests:
        now += pause
        while True:
            for ended, ticket in [one for one in open_ if one[0] <= now]:
                places.answered(ticket, ended)
            open_ = [one for one in open_ if one[0] > now]
            if (taken := places.take(now)) is not None:
                break
            now = min([now + places.wait(now), *(ended for ended, _ in open_)])
        arrivals.append(now + takes * share)
        open_.append((now + takes, taken))
    arrivals.sort()
    for first, last in zip(arrivals, arrivals[rate.count :], strict=False):
        assert last - first >= rate.seconds - 1e-6


def test_a_request_that_nobody_ended_keeps_its_place_for_a_while() -> None:
    places = Places(Rate(1), hold=10.0)
    assert places.take(0.0) is not None
    assert places.take(9.0) is None
    assert places.wait(9.0) == 2.0
    assert places.take(11.0) is not None


def test_what_was_never_sent_takes_no_place() -> None:
    places = Places(Rate(1))
    ticket = places.take(0.0)
    assert ticket is not None
    places.unused(ticket)
    assert places.take(0.0) is not None


def test_a_pause_holds_everything() -> None:
    places = Places(Rate(3))
    places.pause(5.0)
    assert places.take(4.9) is None
    assert places.paused(4.0) == 1.0
    assert not places.idle(4.0)
    assert places.idle(5.0)


def test_rates_below_one_a_second() -> None:
    assert Rate.per_second(0.2) == Rate(1, 5.0)
    assert Rate.per_second(2.9) == Rate(2)
