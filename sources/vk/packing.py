"""Comments in few characters: ids and dates as differences of seven bits a byte, hashes as three bytes, all of it in base 85."""

from __future__ import annotations

from base64 import b85decode, b85encode

Held = dict[int, tuple[int, int]]
"""Comments by VK's id: date (s) and 24 bits of the content's hash."""


def pack(held: Held) -> str:
    """Equal comments give an equal string, whatever their order."""
    out = bytearray()
    number = date = 0
    for one in sorted(held):
        when, content = held[one]
        _put(out, one - number)
        change = when - date
        # Dates may go back: the sign is the lowest bit.
        _put(out, change << 1 if change >= 0 else (-change << 1) - 1)
        out += content.to_bytes(3, "big")
        number, date = one, when
    return b85encode(bytes(out)).decode()


def unpack(text: str) -> Held:
    """Raises ValueError for what ``pack`` did not make."""
    data = b85decode(text)
    held: Held = {}
    at = number = date = 0
    try:
        while at < len(data):
            step, at = _get(data, at)
            change, at = _get(data, at)
            number += step
            date += change >> 1 if not change & 1 else -((change + 1) >> 1)
            if at + 3 > len(data):
                raise ValueError("a comment is cut")
            held[number] = (date, int.from_bytes(data[at : at + 3], "big"))
            at += 3
    except IndexError:
        raise ValueError("a number is cut") from None
    return held


def _put(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _get(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
