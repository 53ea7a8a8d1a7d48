"""Rare and grave dangers of which one mention counts: a smell of gas, a collapse, a child in danger.

What each looks like stands in taxonomy/rare.toml, and what makes a text doubtful: jokes, news, memories, drills and advice have the
same words as somebody who is there. It is asked only of appeals that are urgent already.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from detectors.text import clean

BETWEEN: Final = 4
"""Words between the two that tell it: more is chance."""
LONGEST: Final = 2_000
"""Characters that are looked at: who is in danger says so soon."""


@dataclass(slots=True, frozen=True)
class Rare:
    """A kind of danger: its id, what people read, and the texts that tell of it; each has one of ``begun`` in it."""

    id: str
    name: str
    begun: tuple[str, ...]
    near: re.Pattern[str]
    without: re.Pattern[str]


@cache
def rare() -> dict[str, Rare]:
    """All kinds by id, read once."""
    return {kind: _made(kind, **table) for kind, table in _sheet().items() if kind != "doubts"}


def rare_kind(text: str, kinds: Iterable[str]) -> str:
    """The first of some kinds that a text tells of; empty for none."""
    known, read = rare(), _read(text)
    return next((kind for kind in kinds if _tells(known[kind], read)), "")


def doubtful(text: str) -> bool:
    """Whether a text is likely no voice of somebody who is there."""
    return _doubts().search(_read(text)) is not None


@cache
def _sheet() -> dict[str, Any]:
    return tomllib.loads((files("detectors.taxonomy") / "rare.toml").read_text(encoding="utf-8"))


@cache
def _doubts() -> re.Pattern[str]:
    return re.compile(_any(_sheet()["doubts"]))


def _tells(rare: Rare, read: str) -> bool:
    # To look for a few words is much quicker than the pattern, and nearly all texts have none of them.
    return any(map(read.__contains__, rare.begun)) and rare.near.search(read) is not None and rare.without.search(read) is None


@lru_cache(maxsize=10)
def _read(text: str) -> str:
    return clean(text[:LONGEST]).lower()


def _made(kind: str, name: str, first: Sequence[str], second: Sequence[str], without: Sequence[str]) -> Rare:
    one, other, gap = _any(first), _any(second), rf"(?:\W+\w+){{0,{BETWEEN}}}\W+"
    begun = tuple(word.rstrip("*") for word in first)
    return Rare(kind, name, begun, re.compile(f"{one}{gap}{other}|{other}{gap}{one}"), re.compile(_any(without)))


def _any(words: Sequence[str]) -> str:
    """A pattern of any of these words, by their first letters: few are tried at each word of a text."""
    letters: dict[str, list[str]] = {}
    for word in words:
        letters.setdefault(word[0], []).append(re.escape(word[1:].removesuffix("*")) + (r"\w*" if word.endswith("*") else ""))
    return r"\b(?:" + "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in letters.items()) + r")\b"
