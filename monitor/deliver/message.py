"""A message: one thing told to one destination, under an id that does not change however often it is tried."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Kind = Literal["alert", "escalation", "summary", "test", "task"]
Event = Literal[
    "fired", "louder", "wider", "reopened", "reminded", "changed", "resolved", "task", "unanswered", "untaken", "flood", "none"
]
"""What is told of an alert: it fires, by a higher level, of another town or place, again after its end, again because nobody answers;
something else about it changed; it is over; its body has a task; nobody has answered, nobody has taken the task. A summary tells of
a ``flood``, a test of ``none``."""
Status = Literal["queued", "sending", "sent", "failed", "refused", "expired", "merged", "unknown"]
"""Of messages: queued, then sent, refused (will never be taken), expired (too old) or merged (part of a summary). Of attempts:
sending, then sent, failed, refused or unknown (a crash)."""


@dataclass(slots=True)
class Message:
    """``alert`` is its id, ``at`` when it was queued (ms), ``payload`` JSON: an event of the alerts topic, or a summary.

    ``attempts`` were made; ``repeat``: one of them may have arrived. ``version``: the log position that it follows from, packed.
    """

    id: str
    region: str
    destination: str
    channel: str
    kind: Kind
    alert: str
    event: Event
    level: str
    at: int
    payload: str
    version: int
    attempts: int = 0
    repeat: bool = False


def message_id(*parts: str) -> str:
    """A name made of what the message is: the same parts give the same id, in every process. No points: see sources.webhook."""
    return "msg_" + hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
