"""What is true about each simulated post: what a perfect reader would say."""

from __future__ import annotations

from typing import Literal, NamedTuple

from monitor.model.post import Post
from monitor.model.verdict import Kind, Quality

TruthKind = Kind | Literal["reply"]
Change = Literal["new", "edited", "deleted"]


class Truth(NamedTuple):
    """One event: a new post, its edit or its deletion.

    ``group`` and ``theme`` are of the problem (for a reply: of the appeal in ``thread``), empty for chatter. ``territory`` is where
    the problem is, ``street`` and ``house`` if the text says them. ``duplicate_of`` is the post whose text this one repeats,
    ``burst`` the burst or scene that it belongs to.
    """

    id: str
    at: int
    source: str
    change: Change = "new"
    kind: TruthKind = "chatter"
    quality: Quality | Literal[""] = ""
    group: str = ""
    theme: str = ""
    territory: str = ""
    street: str = ""
    house: str = ""
    thread: str = ""
    burst: str = ""
    duplicate_of: str = ""

    @property
    def incident(self) -> str:
        """What is the same problem at the same place; what says no exact place stands alone with its copies."""
        if self.street:
            return f"{self.burst or self.theme}@{self.territory}/{self.street}/{self.house}"
        return self.burst or self.duplicate_of or self.id

    @property
    def parent(self) -> str:
        """What has one cause: the burst or scene, else the incident itself."""
        return self.burst or self.incident


class Happening(NamedTuple):
    """A post as it stands from ``at`` (ms) on, with the truth about it."""

    at: int
    post: Post
    truth: Truth
