"""Rare and grave dangers of which one mention counts: a smell of gas, a collapse, a child in danger.

What each looks like stands in taxonomy/rare.toml, and what makes a text doubtful: jokes, news, memories, drills and advice have the
same words as somebody who is there. It is asked only of appeals that are urgent already.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from detectors.text import clean

BETWEEN: Final = 4
"""Words between the two that tell it: more is chance."""
LONGEST: Final = 2_000
"""Characters that are looked at: who is in danger says so soon."""


@dataclass(slots=True, frozen=True)
class Rare:
    """A kind of danger: its id, what people read, and the texts that tell of it."""

    id: str
    name: str
    near: re.Pattern[str]
    without: re.Pattern[str]


@cache
def rare() -> dict[str, Rare]:
    """All kinds by id, read once."""
    return {kind: _made(kind, **table) for kind, table in _sheet().items() if kind != "doubts"}


def rare_kind(text: str, kinds: Iterable[str]) -> str:
    """The first of some kinds that a text tells of; empty for none."""
    known, read = rare(), _read(text)
    return next((kind for kind in kinds if known[kind].near.search(read) and not known[kind].without.search(read)), "")


def doubtful(text: str) -> bool:
    """Whether a text is likely no voice of somebody who is there."""
    return _doubts().search(_read(text)) is not None


@cache
def _sheet() -> dict[str, Any]:
    return tomllib.loads((files("detectors.taxonomy") / "rare.toml").read_text(encoding="utf-8"))


@cache
def _doubts() -> re.Pattern[str]:
    return re.compile(_any(_sheet()["doubts"]))


def _read(text: str) -> str:
    return clean(text[:LONGEST]).lower()


def _made(kind: str, name: str, first: Sequence[str], second: Sequence[str], without: Sequence[str]) -> Rare:
    one, other, gap = _any(first), _any(second), rf"(?:\W+\w+){{0,{BETWEEN}}}\W+"
    return Rare(kind, name, re.compile(f"{one}{gap}{other}|{other}{gap}{one}"), re.compile(_any(without)))


def _any(words: Sequence[str]) -> str:
    return r"\b(?:" + "|".join(re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in words) + r")\b"
