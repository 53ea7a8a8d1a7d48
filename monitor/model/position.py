"""A place in the log, and its one number.

ClickHouse's ReplacingMergeTree takes one column as a row's version, so (epoch, partition, offset, item) is packed into an
unsigned 128-bit integer whose order is the order of the tuple: 16 bits of epoch, 16 of partition, 64 of offset, 32 of item.
"""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """Epoch of the layout, partition, offset of the record, item inside the record (a post in its page)."""

    epoch: int
    partition: int
    offset: int
    item: int = 0

    def pack(self) -> int:
        return (self.epoch << 112) | (self.partition << 96) | (self.offset << 32) | self.item

    @staticmethod
    def unpack(number: int) -> Position:
        return Position(number >> 112, (number >> 96) & 0xFFFF, (number >> 32) & 0xFFFF_FFFF_FFFF_FFFF, number & 0xFFFF_FFFF)
