"""Many messages as one: how many, of which level, and the first words of the most serious."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from monitor.deliver.message import Message, message_id
from monitor.deliver.text import Summary
from monitor.log.base import ALERTS
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData

TITLES = 10
"""What a phone shows without much scrolling; the console has the rest."""


def summary_of(messages: Sequence[Message], now: int, levels: Sequence[str]) -> Message:
    """The summary of messages about alerts, of one region to one destination; ``levels`` from the lowest.

    Its id is made of what it stands for.
    """
    first, last = messages[0], messages[-1]
    rank = {level: number for number, level in enumerate(levels)}
    serious = sorted(range(len(messages)), key=lambda place: (-rank[messages[place].level], place))
    payload = Summary(
        first.at,
        dict(sorted(Counter(message.level for message in messages).items())),
        [_title(messages[place]) for place in serious[:TITLES]],
    )
    return Message(
        message_id("summary", first.destination, first.id, last.id, str(len(messages))),
        first.region,
        first.destination,
        first.channel,
        "summary",
        "",
        "flood",
        messages[serious[0]].level,
        now,
        msgspec.json.encode(payload).decode(),
        last.version,
    )


def _title(message: Message) -> str:
    told = read(ALERTS, message.payload.encode()).data
    assert isinstance(told, AlertData)
    return told.title
