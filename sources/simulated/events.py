"""What happens in the simulated region on top of the everyday: bursts, surges, and scenes written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.model.errors import ConfigError
from monitor.model.post import Post, PostKind
from monitor.model.verdict import Quality
from sources.simulated.truth import Change, Happening, Truth, TruthKind


@dataclass(slots=True, frozen=True)
class Burst:
    """One cause that many people write about: ``size`` posts within ``minutes`` from ``onset`` (ms), more and more, then fading.

    What is empty is drawn: the theme among those of the group that hit many at once, the territory, the street, the houses.
    ``copies`` is the share of near-copies (per cent).
    """

    onset: int
    group: str
    size: int = 40
    minutes: int = 240
    theme: str = ""
    territory: str = ""
    street: str = ""
    houses: tuple[str, ...] = ()
    copies: int = 15
    id: str = ""


@dataclass(slots=True, frozen=True)
class Surge:
    """A slow rise without one cause: from ``start`` to ``end`` (ms) a group is complained about ``factor`` times as much.

    Four days of snow triple the roads. ``territory`` empty means the whole region; else its communities and those under it.
    """

    start: int
    end: int
    group: str
    factor: float
    territory: str = ""


@dataclass(slots=True, frozen=True)
class Scene:
    """One post written by hand, at a time, in a source (its id). ``key`` makes its id and lets later scenes refer to it.

    ``change`` edits or deletes the post of an earlier scene with this key. ``thread``, ``reply_to`` and ``duplicate_of`` are keys,
    or whole ids if they hold a colon; ``author`` is any name for one person, ``incident`` any name for what belongs together.
    """

    at: int
    source: str
    key: str
    text: str = ""
    post: PostKind = "post"
    change: Change = "new"
    author: str = ""
    official: bool = False
    thread: str = ""
    reply_to: str = ""
    kind: TruthKind = "complaint"
    quality: Quality | Literal[""] = ""
    group: str = ""
    theme: str = ""
    territory: str = ""
    street: str = ""
    house: str = ""
    duplicate_of: str = ""
    incident: str = ""


def play(scenes: Sequence[Scene], authors: dict[str, str]) -> list[Happening]:
    """The scenes as happenings, in order of time; ``authors`` has the hash of each person. Raises ConfigError for a bad reference."""
    sources: dict[str, Scene] = {}
    for scene in scenes:
        if scene.change == "new" and sources.setdefault(scene.key, scene) is not scene:
            raise ConfigError([f"scene {scene.key}: the key is used twice; give each new post its own"])
    found = []
    for scene in sorted(scenes, key=lambda item: item.at):
        first = sources.get(scene.key)
        if first is None or first.at > scene.at:
            raise ConfigError([f"scene {scene.key}: nothing to change; add the new post with this key at an earlier time"])
        deleted = scene.change == "deleted"
        post = Post(
            id=_id(scene.key, sources),
            text="" if deleted else scene.text,
            published_at=first.at,
            kind=first.post,
            edited_at=0 if scene.change == "new" else scene.at,
            author=authors[first.author or first.key],
            official=first.official,
            thread=_id(first.thread, sources),
            reply_to=_id(first.reply_to, sources),
            deleted=deleted,
        )
        truth = Truth(
            post.id,
            scene.at,
            first.source,
            scene.change,
            scene.kind,
            scene.quality,
            scene.group,
            scene.theme,
            scene.territory,
            scene.street,
            scene.house,
            post.reply_to or post.thread,
            scene.incident,
            _id(scene.duplicate_of, sources),
        )
        found.append(Happening(scene.at, post, truth))
    return found


def _id(key: str, sources: dict[str, Scene]) -> str:
    if not key or ":" in key:
        return key
    if key not in sources:
        raise ConfigError([f"scene {key}: no scene has this key; name an existing one"])
    return f"{sources[key].source}:{key}"
