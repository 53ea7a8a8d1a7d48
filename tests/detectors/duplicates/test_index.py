from __future__ import annotations

from detectors.duplicates.index import STEPS, Chains, split


def test_finds_what_shares_a_band_once_for_each_of_them() -> None:
    chains = Chains(8, 3)
    chains.add(1, [10, 20, 30])
    chains.add(2, [10, 21, 31])
    chains.add(3, [11, 22, 32])
    assert chains.find([10, 21, 99], 1) == [2, 1, 2]
    assert chains.find([20, 10, 30], 1) == [1]


def test_keys_that_share_a_cell_are_told_apart() -> None:
    chains = Chains(16, 1)
    chains.add(1, [5])
    chains.add(2, [5 + (1 << 20)])
    assert chains.find([5], 1) == [1]


def test_what_left_the_ring_is_never_found() -> None:
    chains = Chains(4, 1)
    for entry in range(1, 10):
        chains.add(entry, [7])
    assert chains.find([7], 6) == [9, 8, 7, 6]
    assert chains.find([7], 9) == [9]
    for entry in range(10, 14):
        chains.add(entry, [8])
    assert chains.find([7], 10) == []


def test_a_crowded_chain_gives_its_newest_entries() -> None:
    chains = Chains(1000, 1)
    for entry in range(1, 1000):
        chains.add(entry, [7])
    assert chains.find([7], 1) == list(range(999, 999 - STEPS, -1))


def test_keys_come_back_as_bytes() -> None:
    chains = Chains(4, 3)
    chains.add(1, [1, 0xFFFFFFFF, 3])
    chains.add(2, [4, 5, 6])
    assert split(chains.keys([2, 1])) == [4, 5, 6, 1, 0xFFFFFFFF, 3]
    assert chains.keys([]) == b""
