"""Appeals and replies as triage tells watch of them, and the spikes that it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from monitor.model.verdict import Quality, Verdict

AlertKind = Literal["spike", "urgent", "overdue", "silent", "topic"]
AlertLevel = Literal["notice", "urgent", "flash"]


class Appeal(Struct, omit_defaults=True, gc=False):
    """A post that concerns what authorities answer for, as triage sends it to watch.

    ``revision`` counts the versions of the post seen so far, from 1. ``duplicate_of`` is the id of the first post with the same
    normalised text among the sources of the same partition, or empty. ``past``: it was old when it was read for the first time, so it
    is history although the page that brought it is not.
    """

    id: str
    text: str
    published_at: int
    fetched_at: int
    source: str
    network: str
    verdict: Verdict
    author: str = ""
    thread: str = ""
    url: str = ""
    duplicate_of: str = ""
    revision: int = 1
    past: bool = False
    reply_to: str = ""


class Reply(Struct, omit_defaults=True, gc=False):
    """An answer by an official account in the thread of an appeal; ``appeal`` is the id of the post it answers."""

    id: str
    appeal: str
    text: str
    published_at: int
    source: str
    quality: Quality
    url: str = ""
    revision: int = 1


@dataclass(slots=True)
class Spike:
    """A statistically surprising rise of one series, judged at the close of a bucket.

    ``surprise`` is minus ten times the common logarithm of the tail probability, rounded (a decibel scale: 60 is one in a
    million). ``expected`` is in thousandths of a post, an integer. ``onset`` is the estimated start, ms.
    """

    series: str
    bucket: int
    level: AlertLevel
    observed: int
    expected: int
    surprise: int
    onset: int = 0
