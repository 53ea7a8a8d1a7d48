"""The stock of fragments that texts are composed of, read from the data files beside this module."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from monitor.model.verdict import GROUPS, Kind, Quality

Season = Literal["all", "cold", "warm"]
_MARKS: dict[str, Kind] = {"?": "question", "+": "suggestion", "*": "thanks"}
_SIGNS = frozenset({*_MARKS, "!", "?!"})
_USUAL = 30
"""How much more often people write of what is a nuisance than of what is a danger."""
_FOLDER = Path(__file__).parent


@dataclass(slots=True, frozen=True)
class Theme:
    """A problem of a group. ``lines`` by kind; ``address`` says that a house tells where; ``burst`` that it can hit many at once."""

    group: str
    name: str
    weight: int
    address: bool
    season: Season
    burst: bool
    lines: dict[Kind, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Phrases:
    """All fragments: themes in the order of the file, sentences of details, chatter and replies, small parts, each by section."""

    themes: tuple[Theme, ...]
    details: dict[str, tuple[str, ...]]
    chatter: dict[str, tuple[str, ...]]
    replies: dict[Quality, tuple[str, ...]]
    parts: dict[str, tuple[str, ...]]

    def theme(self, group: str, name: str) -> Theme:
        """Raises ValueError for a theme that does not exist; an empty name is the group's first."""
        for theme in self.themes:
            if theme.group == group and name in (theme.name, ""):
                return theme
        raise ValueError(f"the simulated region knows no theme {group}/{name}")


@cache
def phrases() -> Phrases:
    """The fragments, read once."""
    themes = tuple(_theme(header, lines) for header, lines in _sections("appeals.txt"))
    if {theme.group for theme in themes} != set(GROUPS):
        raise ValueError("appeals.txt must have themes of all groups, and of no other")
    replies: dict[Quality, tuple[str, ...]] = {}
    for name, lines in _sections("replies.txt"):
        replies[name] = tuple(lines)  # type: ignore[index]
    return Phrases(themes, _table("details.txt"), _table("chatter.txt"), replies, _table("parts.txt"))


def _theme(header: str, lines: list[str]) -> Theme:
    group, name, weight, place, season, flag = header.split()
    by_kind: dict[Kind, list[str]] = {}
    for line in lines:
        mark, _, rest = line.partition(" ")
        known = mark in _SIGNS
        kind = _MARKS.get(mark[0], "complaint") if known else "complaint"
        by_kind.setdefault(kind, []).extend([rest if known else line] * (1 if "!" in mark and known else _USUAL))
    return Theme(
        group,
        name,
        int(weight),
        place == "address",
        season,  # type: ignore[arg-type]
        flag == "burst",
        {kind: tuple(found) for kind, found in by_kind.items()},
    )


def _table(name: str) -> dict[str, tuple[str, ...]]:
    return {header: tuple(lines) for header, lines in _sections(name)}


def _sections(name: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in (_FOLDER / name).read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            found.append((line.strip("[]"), []))
        else:
            found[-1][1].append(line)
    return found
