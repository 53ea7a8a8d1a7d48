"""The records of the watch topic: one ordered input with everything that the watch stage knows.

Findings carry all that one page brought for one region (appeals, replies, later versions, progress and the sketch of words) in one
record, so that they arrive together or not at all, and a repeat is known by the page's position alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import orjson

from monitor.model.codec import DecodeError, convert, encode
from monitor.model.incident import Appeal, Reply
from monitor.model.post import PageOrigin

Change = Literal["edited", "deleted", "chatter"]


@dataclass(slots=True)
class Version:
    """A later version of a post that was sent before. ``appeal`` is its new self, None where it was deleted or is chatter now."""

    id: str
    revision: int
    change: Change
    appeal: Appeal | None = None


@dataclass(slots=True)
class Findings:
    """What triage found in one page. ``origin`` is the page's (epoch, partition, offset); ``posts`` counts the page's new posts.

    ``sketch`` counts words of all its new posts (for topics that no theme names). Where nothing was found this is the bare progress.
    """

    origin: tuple[int, int, int]
    region: str
    source: str
    fetched_at: int
    covered_until: int = 0
    posts: int = 0
    page: PageOrigin = "live"
    appeals: list[Appeal] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    sketch: dict[str, int] = field(default_factory=dict)
    type: Literal["findings"] = "findings"


@dataclass(slots=True)
class Action:
    """What a person did. ``based_on`` is the version (decimal) of the row that the person saw: another one now is a conflict."""

    id: str
    kind: Literal["not_appeal"]
    region: str
    subject: str
    based_on: str
    actor: str
    at: int
    type: Literal["action"] = "action"


@dataclass(slots=True)
class Tick:
    """The passing of time, appended by the partition's owner."""

    at: int
    type: Literal["tick"] = "tick"


@dataclass(slots=True)
class Use:
    """From here on these are in force, named by hash; a worker that lacks them stops and says so."""

    at: int
    region: str
    classifier: str
    profile: str
    settings: str
    type: Literal["use"] = "use"


@dataclass(slots=True)
class History:
    """The past of series that were not watched yet: counts per ``step`` ms from ``start``, by series. Teaches, fires nothing."""

    region: str
    start: int
    step: int
    counts: dict[str, list[int]]
    type: Literal["history"] = "history"


WatchRecord = Findings | Action | Tick | Use | History
_KINDS: dict[str, type[WatchRecord]] = {
    "findings": Findings,
    "action": Action,
    "tick": Tick,
    "use": Use,
    "history": History,
}


def encode_record(record: WatchRecord) -> bytes:
    return encode(record)


def decode_record(data: bytes) -> WatchRecord:
    """Raises DecodeError for a record of an unknown type too: a newer writer means a newer reader is needed."""
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise DecodeError(f"not JSON: {error.msg} at byte {error.pos}") from None
    kind = _KINDS.get(raw.get("type", "")) if isinstance(raw, dict) else None
    if kind is None:
        raise DecodeError("a watch record of unknown type")
    return convert(raw, kind)
