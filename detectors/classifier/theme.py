"""Which group and theme a text is about, from the points of the lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detectors.taxonomy import Taxonomy

THEMES = 3
"""How many candidates an operator is shown."""
LEAST_THEME = 3
"""Points of a theme's own words below which it is not named: the text is about the group's "other"."""
FULL = 24
"""Points that make a certain theme: four strong terms, or a mixture. More evidence changes nothing for a person who reads it."""


class Subject(NamedTuple):
    """What a text is about: group, theme, at most THEMES candidates with scores 0 to 1000, and the strength in points."""

    group: str
    theme: str
    themes: list[tuple[str, int]]
    strength: int


class Themes:
    """Ranks themes. The lexicon's classes must begin with the taxonomy's groups and go on with its themes, in its order."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._groups = tuple(taxonomy.groups)
        self._members = {group: [] for group in self._groups}  # type: dict[str, list[tuple[int, str]]]
        for number, theme in enumerate(taxonomy.themes.values(), len(self._groups)):
            self._members[theme.group].append((number, theme.id))

    def find(self, points: Sequence[int]) -> Subject:
        """The subject of a text with these points by class; ties go to the order of the taxonomy."""
        found: list[tuple[int, str, str]] = []
        for group_points, group in zip(points, self._groups, strict=False):
            own = [(points[number], theme) for number, theme in self._members[group] if points[number] > 0]
            if not own and group_points <= 0:
                continue
            spread = sum(value for value, _ in own)
            for value, theme in own:
                if value >= LEAST_THEME:
                    # Neighbouring themes of one group support each other, but less than a theme's own words do.
                    found.append((4 * value + 2 * group_points + (spread - value), theme, group))
            if not any(value >= LEAST_THEME for value, _ in own):
                found.append((2 * group_points + 2 * spread, f"{group}.other", group))
        if not found:
            return Subject("", "", [], 0)
        found.sort(key=lambda item: -item[0])
        best, theme, group = found[0]
        themes = [(name, min(1000, value * 1000 // (4 * FULL))) for value, name, _ in found[:THEMES] if value > 0]
        return Subject(group, theme, themes, best // 4)
