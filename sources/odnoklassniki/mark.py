"""The cursor of a group: which topics and comments are watched, and where the reading that is under way stands.

Edits and deletions are not told by this network: they are found by reading again and comparing. So the cursor remembers a digest of
each watched topic, and of each comment that is young enough to be compared.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgspec

from monitor.model.post import Post

TOPICS: Final = 300
COMMENTS: Final = 1_000
"""Remembered at most, the youngest; about sixty bytes each; what falls out goes on again, and its deletion is not seen."""

HOUR: Final = 3_600_000
AGES: Final = ((6, 10), (24, 30), (72, 180), (168, 720), (336, 1440))
"""Topics younger than so many hours have their comments read every so many minutes; older ones if their number changes."""
STALE: Final = HOUR
"""Anchors of the network are opaque and live nobody knows how long: a reading that rests longer begins anew."""
LAG: Final = 600_000
"""What was read is read again for this long before: the network's clock, and times of whole seconds."""


class Topic(msgspec.Struct, array_like=True):
    """A watched topic. ``read``: ms when its comments were last read to the end (0: never).

    ``count`` is their number then, ``listed`` that of the last list (-1: the network did not say).
    """

    id: str
    created: int
    digest: str
    read: int = 0
    count: int = -1
    listed: int = -1

    def due(self, now: int) -> int:
        """ms when its comments are to be read (again); a number that has changed makes it due at once."""
        if not self.read or self.listed != self.count:
            return 0
        age = now - self.created
        minutes = next((minutes for hours, minutes in AGES if age < hours * HOUR), 0)
        return self.read + minutes * 60_000 if minutes else now + 1_000 * HOUR


class Known(msgspec.Struct, array_like=True):
    """A remembered comment."""

    at: int
    digest: str


class Mark(msgspec.Struct, array_like=True):
    """``step`` is what is being read: empty (a new round begins with the list), ``topics``, ``check``, or a topic's id after ``:``.

    ``began`` (ms) is when this step began, ``since`` how far down it reads, ``floor`` how far it has come, ``met`` what it has seen.
    ``listed`` is when the list was last read to its end, ``covered`` up to when all has been read that the schedule asks for.
    """

    listed: int = 0
    covered: int = 0
    topics: list[Topic] = []
    comments: dict[str, dict[str, Known]] = {}
    step: str = ""
    anchor: str = ""
    began: int = 0
    since: int = 0
    floor: int = 0
    met: list[str] = []
    suspects: list[str] = []

    @staticmethod
    def read(cursor: str) -> Mark:
        """A cursor that can't be read is as good as none: the group is read anew, and known posts are known."""
        try:
            return msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
        except msgspec.DecodeError:
            return Mark()

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    def begin(self, step: str, now: int, since: int) -> None:
        self.step, self.anchor, self.began, self.since, self.floor, self.met = step, "", now, since, now, []

    def topic(self, id: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.id == id), None)

    def due(self, now: int) -> Topic | None:
        """The youngest topic whose comments are to be read at a moment (ms)."""
        return max(
            (topic for topic in self.topics if topic.due(now) <= now), key=lambda topic: (topic.created, topic.id), default=None
        )

    def bound(self, youngest: int) -> None:
        """Forgets comments older than ``youngest`` (ms), and what is too much."""
        self.topics.sort(key=lambda topic: (-topic.created, topic.id))
        del self.topics[TOPICS:]
        watched = {topic.id for topic in self.topics}
        kept = [
            (known.at, topic, id, known)
            for topic, found in self.comments.items()
            if topic in watched
            for id, known in found.items()
            if known.at >= youngest
        ]
        kept.sort(key=lambda entry: entry[:3], reverse=True)
        self.comments = {}
        for _, topic, id, known in kept[:COMMENTS]:
            self.comments.setdefault(topic, {})[id] = known


def digest(post: Post) -> str:
    """What a reader would call the post: text and attachments."""
    parts = [post.text, *(f"{item.kind}:{item.id}" for item in post.attachments)]
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=5).hexdigest()
