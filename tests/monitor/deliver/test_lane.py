"""The queue of a destination: order, rests, and the bound for people."""

from __future__ import annotations

import random

from monitor.deliver.lane import Expire, Lane, Merge, Pace, Rest, Send
from monitor.deliver.message import Message

MINUTE = 60_000
HOUR = 60 * MINUTE
PACE = Pace()


def message(number: int, at: int = 0, level: str = "urgent", region: str = "samara") -> Message:
    return Message(f"msg_{number}", region, "chat", "telegram", "alert", f"a{number}", "fired", level, at, "{}", number)


def lane(people: bool = True) -> Lane:
    return Lane("chat", people, PACE, random.Random(1).random)


def sent(one: Lane, now: int) -> Message:
    step = one.step(now)
    assert isinstance(step, Send)
    one.done(step.message, now, "sent")
    return step.message


def test_messages_leave_in_the_order_in_which_they_came() -> None:
    one = lane(people=False)
    one.add(message(number) for number in range(100))
    assert [sent(one, 0).version for _ in range(100)] == list(range(100))
    assert one.step(0) == Rest(None)


def test_rests_grow_to_the_longest_and_end_with_the_first_success() -> None:
    one = lane(people=False)
    one.add([message(1), message(2)])
    now, rests = 0, []
    for _ in range(12):
        assert isinstance(one.step(now), Send)
        one.failed(now, 0)
        step = one.step(now)
        assert isinstance(step, Rest)
        assert step.until is not None
        rests.append(step.until - now)
        now = step.until
    for number, rest in enumerate(rests):
        full = min(PACE.first * 2**number, PACE.longest)
        assert full // 2 <= rest <= full
    assert len(set(rests[-4:])) == 4
    assert sent(one, now).id == "msg_1"
    assert isinstance(one.step(now), Send)


def test_a_receiver_that_asks_for_rest_has_it() -> None:
    one = lane()
    one.add([message(1)])
    one.failed(0, 3600)
    assert one.step(HOUR - 1) == Rest(HOUR)
    assert isinstance(one.step(HOUR), Send)


def test_a_refused_message_does_not_hold_up_the_next() -> None:
    one = lane()
    one.add([message(1), message(2)])
    one.failed(0, 0)
    one.done(message(1), 0, "refused")
    assert one.step(0) == Send(message(2))


def test_what_waited_too_long_is_given_up() -> None:
    one = lane()
    one.add([message(1, at=0), message(2, at=HOUR)])
    assert one.step(24 * HOUR) == Expire([message(1, at=0)])


def test_a_burst_beyond_what_people_take_is_one_summary_at_once() -> None:
    one = lane()
    flood = [message(number) for number in range(25)]
    one.add(flood)
    assert one.step(0) == Merge(flood)
    summary = message(99)
    summary.kind = "summary"
    one.merged(summary, flood, 0)
    assert sent(one, 0) is summary
    assert one.step(0) == Rest(None)


def test_a_steady_flood_gives_single_messages_then_summaries_at_a_distance() -> None:
    singles = summaries = told = 0
    one = lane()
    for second in range(3600):
        now = second * 1000
        one.add([message(second * 3 + extra, at=now) for extra in range(3)])
        while not isinstance(step := one.step(now), Rest):
            if isinstance(step, Merge):
                summary = message(1_000_000 + second, at=now)
                summary.kind = "summary"
                one.merged(summary, step.messages, now)
                told += len(step.messages) - 1
            else:
                assert isinstance(step, Send)
                one.done(step.message, now, "sent")
                told += 1
                summaries += step.message.kind == "summary"
                singles += step.message.kind == "alert"
    assert singles <= PACE.messages
    assert summaries <= 7
    assert told + len(one) == 10_800


def test_danger_shortens_the_distance_of_summaries() -> None:
    for level, due in (("urgent", PACE.summary), ("flash", PACE.summary // 5)):
        one = lane()
        one.recall([0] * PACE.messages, 0)
        one.add([message(1, level=level), message(2)])
        assert one.step(1) == Rest(due)
        assert isinstance(one.step(due), Merge)


def test_systems_get_every_message() -> None:
    one = lane(people=False)
    one.add(message(number) for number in range(10_000))
    assert all(sent(one, 0).version == number for number in range(10_000))


def test_what_was_tried_is_not_merged_and_regions_are_told_apart() -> None:
    one = lane()
    tried = message(0)
    tried.attempts = 1
    flood = [message(number, region="samara" if number % 2 else "kursk") for number in range(1, 41)]
    one.add([tried, *flood])
    assert one.step(0) == Send(tried)
    one.done(tried, 0, "sent")
    assert one.step(0) == Merge([one for one in flood if one.region == "samara"])


def test_a_clock_that_is_put_back_makes_no_rest_longer() -> None:
    one = lane()
    one.add([message(1, at=5 * HOUR)])
    one.failed(5 * HOUR, 60)
    step = one.step(4 * HOUR)
    assert step == Rest(4 * HOUR + MINUTE)
    assert isinstance(one.step(4 * HOUR + MINUTE), Send)


def test_a_clock_that_is_put_back_holds_no_summary_up() -> None:
    one = lane()
    one.add(message(number, at=5 * HOUR) for number in range(PACE.messages + 1))
    step = one.step(5 * HOUR)
    assert isinstance(step, Merge)
    one.merged(message(900, at=5 * HOUR), step.messages, 5 * HOUR)
    assert sent(one, 5 * HOUR).id == "msg_900"
    one.add(message(number, at=4 * HOUR) for number in range(1000, 1000 + PACE.messages + 1))
    step = one.step(4 * HOUR)
    assert isinstance(step, Rest)
    assert step.until is not None
    assert step.until <= 4 * HOUR + PACE.summary
    assert isinstance(one.step(step.until), Merge)
