"""State as plain values: what a snapshot is made of.

A stage's state is kept by small pure objects. Each gives its state as plain values and takes it back; what it did before the
snapshot must not be visible in what it does after, and equal state gives equal bytes (dicts keep the order of insertion).
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

Plain = Any
"""None, bool, int, float, str, bytes, list and dict with str or int keys, nested."""


class Stateful(Protocol):
    """An object whose whole state can be taken and put back."""

    def dump(self) -> Plain:
        """The whole state as plain values; the object may go on changing afterwards, the values may not."""

    def load(self, state: Plain) -> None:
        """Replaces the state by one that ``dump`` gave, maybe in another process."""


_decoder = msgspec.msgpack.Decoder(strict=True)


def pack(state: Plain) -> bytes:
    """Plain values as bytes (MessagePack); equal values give equal bytes."""
    return msgspec.msgpack.encode(state)


def unpack(data: bytes) -> Plain:
    return _decoder.decode(data)
