"""What a cursor holds comes out of it again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.vk import search
from sources.vk.marks import CLEAN, Gap, Mark, Progress, WallState, dump, load
from sources.vk.packing import pack, unpack

NUMBERS = st.integers(1, 2**40)
DATES = st.integers(0, 4_102_444_800)
PRINTS = st.integers(0, 2**24 - 1)
HELD = st.dictionaries(NUMBERS, st.tuples(DATES, PRINTS), max_size=20)


@settings(deadline=None)
@given(HELD)
def test_packed_comments(held: dict[int, tuple[int, int]]) -> None:
    assert unpack(pack(held)) == held
    assert pack(dict(reversed(held.items()))) == pack(held)


@given(st.text(max_size=30))
def test_what_is_not_packed_is_refused_or_read(text: str) -> None:
    try:
        held = unpack(text)
    except ValueError:
        return
    assert unpack(pack(held)) == held


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NUMBERS, DATES, PRINTS, HELD, st.integers(0, 500), st.integers(0, 500)), max_size=10))
def test_the_state_of_a_wall(rows: list[tuple[int, int, int, dict[int, tuple[int, int]], int, int]]) -> None:
    state = WallState(-101, 1_768_204_800_123, 1_768_204_000, 1_768_000_000, 5, 6, 7)
    state.told = [1, 2]
    state.gap = Gap(95, 1, 2, 3, [4, 5], 6)
    state.progress = Progress(1, 2, 3, 4, 5, 6, 7, 0, 1, [8, 9], "")
    for number, date, content, held, count, read in rows:
        mark = state.posts[number] = Mark(number, date, content, count, read)
        mark.held, mark.last = pack(held), max(held, default=0)
        mark.since = CLEAN if count == read else state.looked - read
        mark.read_at = (date + 60) * 1000 if read else 0
        mark.gone, mark.again = read % 3, count % 2
    loaded = load(dump(state))
    assert loaded == state
    assert dump(loaded) == dump(state)


def test_posts_without_comments_take_little_room() -> None:
    state = WallState(looked=1_768_204_800_000)
    for number in range(100):
        state.posts[number + 1] = Mark(number + 1, 1_768_000_000 + number * 3600, 2**24 - 5 - number)
    assert len(dump(state)) < 2_500


@pytest.mark.parametrize(
    "cursor", ["", "x", "{}", "[]", "[1]", "[2,[],null,null,[],[]]", "[1,[],null,null,[],[5]]", "[1,5,null,null,[],5]", "5"]
)
def test_a_cursor_that_nobody_can_read_starts_anew(cursor: str) -> None:
    assert load(cursor) == WallState()
    assert search.load(cursor) == search.SearchState()


def test_the_state_of_a_search() -> None:
    state = search.SearchState(1, 2, 3, "30/-1_5", 2, [9], {"vk:-1_5": [4, 5]})
    assert search.load(search.dump(state)) == state
