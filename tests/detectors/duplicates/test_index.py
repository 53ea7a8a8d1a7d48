from __future__ import annotations

from detectors.duplicates.index import STEPS, Chains, split


def test_finds_what_shares_a_band_once_for_each_of_them() -> None:
    chains = Chains(8, 3)
    assert chains.put(1, [10, 20, 30], 1) == []
    assert chains.put(2, [10, 21, 31], 1) == [1]
    assert chains.put(3, [11, 22, 32], 1) == []
    assert chains.put(4, [10, 21, 99], 1) == [2, 1, 2]
    assert chains.put(5, [20, 10, 30], 1) == [1]


def test_keys_that_share_a_cell_are_told_apart() -> None:
    chains = Chains(16, 1)
    chains.put(1, [5], 1)
    assert chains.put(2, [5 + (1 << 20)], 1) == []
    assert chains.put(3, [5], 1) == [1]


def test_what_left_the_ring_is_never_found() -> None:
    chains = Chains(4, 1)
    for entry in range(1, 9):
        chains.put(entry, [7], 1)
    assert chains.put(9, [7], 6) == [8, 7, 6]
    assert chains.put(10, [7], 10) == []
    for entry in range(11, 14):
        chains.put(entry, [8], entry)
    assert chains.put(14, [7], 11) == []


def test_a_crowded_chain_gives_its_newest_entries() -> None:
    chains = Chains(1000, 1)
    for entry in range(1, 999):
        chains.put(entry, [7], 1)
    assert chains.put(999, [7], 1) == list(range(998, 998 - STEPS, -1))


def test_keys_come_back_as_bytes() -> None:
    chains = Chains(4, 3)
    chains.put(1, [1, 0xFFFFFFFF, 3], 1)
    chains.put(2, [4, 5, 6], 1)
    assert split(chains.keys([2, 1])) == [4, 5, 6, 1, 0xFFFFFFFF, 3]
    assert chains.keys([]) == b""
