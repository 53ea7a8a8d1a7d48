"""What is watched: the description of a source in the region profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["community", "official", "feed", "intake"]
SourceClass = Literal["critical", "ordinary", "rare"]


@dataclass(slots=True, frozen=True)
class Source:
    """One watched community, official account, feed or intake.

    ``id`` is unique in the region (``vk:-123`` …), ``address`` is what the network's adapter needs to read it, ``territory`` the
    profile's territory whose people write there (empty: the whole region).
    """

    id: str
    network: str
    kind: SourceKind
    region: str
    address: str
    name: str = ""
    territory: str = ""
    weight: SourceClass = "ordinary"
    members: int = 0
