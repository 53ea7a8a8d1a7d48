"""Which group and theme a text is about, from the points of the lexicon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from detectors.classifier.lexicon import Ints
from detectors.taxonomy import Taxonomy

THEMES = 3
"""How many candidates an operator is shown."""
LEAST_THEME = 3
"""Points of a theme's own words below which it is not named: the text is about the group's "other"."""
LEAST_CHANCE = 250
"""Below this a group is not named where no word of its own is in the text."""
HALF = 8
"""Points that make a theme half certain: one strong term and a little more. Scores approach 1000 and never reach it."""


class Subject(NamedTuple):
    """What a text is about: group, theme, at most THEMES candidates with scores 0 to 1000, and the strength in points."""

    group: str
    theme: str
    themes: list[tuple[str, int]]
    strength: int
    classes: tuple[int, ...]
    """The lexicon's classes that speak for it."""
    chance: int = 1000
    """How likely the group is, of 1000."""


_NONE = -(1 << 30)
"""Less than any points."""


class Themes:
    """Ranks themes. The lexicon's classes must begin with the taxonomy's groups and go on with its themes, in its order."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._groups = tuple(taxonomy.groups)
        self._themes = tuple(taxonomy.themes)
        self._group_of = (*range(len(self._groups)), *(self._groups.index(theme.group) for theme in taxonomy.themes.values()))
        # Every group has a theme ("other" at least), and the taxonomy lists its themes together.
        self._group_of_theme = np.array(self._group_of[len(self._groups) :])
        self._begins = [self._group_of.index(number, len(self._groups)) - len(self._groups) for number in range(len(self._groups))]

    def bound(self, points: Ints) -> Ints:
        """At least the strength of each text's subject; ``points`` has a row a text and a column a class."""
        first, end = len(self._groups), len(self._group_of)
        spread = np.add.reduceat(np.maximum(points[:, first:end], 0), self._begins, axis=1)
        return (points[:, :first] // 2 + spread).max(axis=1, initial=0) + 1  # type: ignore[no-any-return]

    def strength(self, points: Ints) -> Ints:
        """The strength of each text's subject, as ``find`` gives it, without the subject: many times cheaper."""
        first, end = len(self._groups), len(self._group_of)
        themes, groups = points[:, first:end], points[:, :first]
        spread = np.add.reduceat(np.maximum(themes, 0), self._begins, axis=1)
        named = themes >= LEAST_THEME
        support = 2 * groups + spread
        best = np.where(named, 3 * themes + support.take(self._group_of_theme, axis=1), _NONE).max(axis=1, initial=_NONE)
        nameless = ~np.logical_or.reduceat(named, self._begins, axis=1) & ((groups > 0) | (spread > 0))
        best = np.maximum(best, np.where(nameless, support + spread, _NONE).max(axis=1, initial=_NONE))
        return np.where(best > _NONE, best // 4, 0)

    def support(self, points: Ints) -> Ints:
        """What speaks for each group (texts x groups, in alphabetic order): its best theme, its own words, and all its themes."""
        first, end = len(self._groups), len(self._group_of)
        themes = np.maximum(points[:, first:end], 0)
        best = np.maximum.reduceat(themes, self._begins, axis=1)
        return 3 * best + 2 * points[:, :first] + np.add.reduceat(themes, self._begins, axis=1)

    def find(self, points: Ints, likely: Sequence[Mapping[str, int]] | None = None) -> list[Subject]:
        """The subject of each text; ``points`` has a row a text and a column a class, ``likely`` how likely each group is, of
        1000.

        The likeliest group wins, and in it the theme with the most points. Ties go to the order of the taxonomy.
        """
        if likely is None:
            likely = [{}] * len(points)
        groups, end = len(self._groups), len(self._group_of)
        members: list[dict[int, list[tuple[int, int]]]] = [{} for _ in points]
        texts, numbers = (points[:, :end] > 0).nonzero()
        for text, number, value in zip(texts.tolist(), numbers.tolist(), points[texts, numbers].tolist(), strict=True):
            own = members[text].setdefault(self._group_of[number], [])
            if number >= groups:
                own.append((value, number))
        general = points[:, :groups].tolist()
        return [
            self._rank(found, row, each) if found else _by_words(each)
            for found, row, each in zip(members, general, likely, strict=True)
        ]

    def _rank(self, members: Mapping[int, Sequence[tuple[int, int]]], general: Sequence[int], likely: Mapping[str, int]) -> Subject:
        """The subject by the points of themes (with their numbers) by group, and those of the groups themselves."""
        first = len(self._groups)
        found: list[tuple[int, str, str, tuple[int, ...]]] = []
        for number, own in sorted(members.items()):
            group, group_points = self._groups[number], general[number]
            spread = sum(value for value, _ in own)
            named = [(value, place) for value, place in own if value >= LEAST_THEME]
            for value, place in named:
                # Neighbouring themes of one group support each other, but less than a theme's own words do.
                found.append((4 * value + 2 * group_points + (spread - value), self._themes[place - first], group, (number, place)))
            if not named:
                found.append((2 * group_points + 2 * spread, f"{group}.other", group, (number,)))
        scored = [
            (likely.get(own, 1000) * value // (value + 4 * HALF) if value > 0 else 0, value, name, own, classes)
            for value, name, own, classes in found
        ]
        scored.sort(key=lambda item: (-likely.get(item[3], 0), -item[1]))
        _, best, theme, group, classes = scored[0]
        themes = [(name, max(1, score)) for score, value, name, *_ in scored[:THEMES] if value > 0]
        return Subject(group, theme, themes, best // 4, classes, likely.get(group, 1000))


def _by_words(likely: Mapping[str, int]) -> Subject:
    """The subject of a text in which the rules find none: the likeliest group, or none."""
    group = max(likely, key=lambda one: likely[one], default="")
    if likely.get(group, 0) < LEAST_CHANCE:
        return Subject("", "", [], 0, (), likely.get(group, 1000))
    return Subject(group, f"{group}.other", [(f"{group}.other", likely[group])], 0, (), likely[group])
