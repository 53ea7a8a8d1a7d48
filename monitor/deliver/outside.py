"""What an event says outside: that somebody on duty did something, never who."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

SOMEBODY: Final = {"claimed_by": "operator", "answered_by": "operator", "tasked_by": "operator", "taken_by": "body"}
"""What stands in place of people's logins."""
_CLOSED: Final = re.compile(r"^(Закрыл|Инцидент закрыл) \S+:")


def outside(event: str) -> bytes:
    """An event of the alerts topic (JSON) without logins; what is none is left as it is. The same event gives the same bytes."""
    read: Any = msgspec.json.decode(event)
    data = read.get("data") if isinstance(read, dict) else None
    if not isinstance(data, dict):
        return event.encode()
    data |= {name: whose for name, whose in SOMEBODY.items() if data.get(name)}
    if "note" in data:
        data["note"] = _CLOSED.sub(r"\1 оператор:", data["note"])
    return msgspec.json.encode(read)
