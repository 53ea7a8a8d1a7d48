"""The records of the watch topic: one ordered input with everything that the watch stage knows.

Findings carry all that one page brought for one region (appeals, replies, later versions, progress and the sketch of words) in one
record, so that they arrive together or not at all, and a repeat is known by the page's position alone.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from monitor.model.codec import DecodeError
from monitor.model.incident import Appeal, Reply
from monitor.model.post import PageOrigin
from monitor.model.works import Works

Change = Literal["edited", "deleted", "chatter"]
ActionKind = Literal[
    "not_appeal", "split", "join", "apart", "resolve", "reopen",
    "acknowledge", "claim", "release", "snooze", "task", "accept", "close",
]  # fmt: skip


class Version(Struct, omit_defaults=True, gc=False):
    """A later version of a post that was sent before. ``appeal`` is its new self, None where it was deleted or is chatter now."""

    id: str
    revision: int
    change: Change
    appeal: Appeal | None = None


class Findings(Struct, tag_field="type", tag="findings", omit_defaults=True):
    """What triage found in one page. ``origin`` is the page's (epoch, partition, offset); ``posts`` counts the page's new posts.

    ``people`` is how many wrote of no known theme, ``stems`` their words, ``excerpts`` what some of them wrote (see
    detectors.topics.sketch). Where nothing was found this is the bare progress.

    ``newest`` is the latest time that a new post is dated (ms; 0: none, or of none is it known), of a file the file's own.
    ``erased`` are posts of a person who is erased, ``quotes`` how their words may be quoted (monitor.triage.erased.quote_hash).
    """

    origin: tuple[int, int, int]
    region: str
    source: str
    fetched_at: int
    covered_until: int = 0
    posts: int = 0
    page: PageOrigin = "live"
    appeals: list[Appeal] = []
    versions: list[Version] = []
    replies: list[Reply] = []
    stems: list[str] = []
    people: int = 0
    excerpts: list[str] = []
    erased: list[str] = []
    quotes: list[str] = []
    newest: int = 0


class Action(Struct, tag_field="type", tag="action"):
    """What a person did. ``based_on`` is the version (decimal) of the row that the person saw: another one now is a conflict.

    ``subject`` is an appeal (``not_appeal``; ``split``: it has an incident of its own), an incident (``join``: it and the incident
    ``into`` are one; ``apart``: its cause is its own; ``resolve``: it is closed for a ``reason`` in words, ``reopen``: it is not) or
    an alert (all else); ``until`` (ms) is the end of a ``snooze``. ``task`` sends the body of an alert its task, ``accept`` takes it
    there, ``close`` ends it for a ``reason``.
    """

    id: str
    kind: ActionKind
    region: str
    subject: str
    based_on: str
    actor: str
    at: int
    until: int = 0
    into: str = ""
    reason: str = ""


class Tick(Struct, tag_field="type", tag="tick"):
    """The passing of time, appended by the partition's owner."""

    at: int


class Use(Struct, tag_field="type", tag="use"):
    """From here on these are in force, named by hash; a worker that lacks them stops and says so."""

    at: int
    region: str
    classifier: str
    profile: str
    settings: str


class SourceState(Struct, omit_defaults=True):
    """How a source stands from ``at`` (ms) on: a state of monitor.runtime.health, and why, where it is in trouble."""

    source: str
    state: str
    at: int
    error: str = ""


class SourceStates(Struct, tag_field="type", tag="sources"):
    """Sources of a region that stand otherwise than before, as their crawler sees it at ``at`` (ms)."""

    region: str
    at: int
    sources: list[SourceState]


class History(Struct, tag_field="type", tag="history"):
    """The past of series that were not watched yet: counts per ``step`` ms from ``start``, by series. Teaches, fires nothing."""

    region: str
    start: int
    step: int
    counts: dict[str, list[int]]


HISTORY_BYTES = 500_000
"""Of one record of the past, about: Kafka takes records of 2 MB, and a week of hours of a region's series is more."""


def parts(history: History) -> list[History]:
    """The past in records that a log takes. Series that differ by their territory alone stay together: their sums are taught too."""
    found: list[History] = []
    size = HISTORY_BYTES
    by_rest: dict[str, dict[str, list[int]]] = {}
    for series, counts in history.counts.items():
        by_rest.setdefault(series.partition("|")[2], {})[series] = counts
    for some in by_rest.values():
        # Four bytes hold most counts with their comma; a series' name is shorter than a hundred.
        more = sum(100 + 4 * len(counts) for counts in some.values())
        if size + more > HISTORY_BYTES:
            found.append(History(history.region, history.start, history.step, {}))
            size = 0
        found[-1].counts.update(some)
        size += more
    return found


WatchRecord = Findings | Action | Tick | Use | History | Works | SourceStates

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[WatchRecord] = msgspec.json.Decoder(WatchRecord)


def encode_record(record: WatchRecord) -> bytes:
    """Equal records give equal bytes."""
    return _encoder.encode(record)


def decode_record(data: bytes) -> WatchRecord:
    """Raises DecodeError for a record of an unknown type too: a newer writer means a newer reader is needed."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(str(error)) from None
