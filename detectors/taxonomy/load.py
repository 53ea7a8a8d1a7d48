"""Reads the taxonomy: one TOML file a group, and three of cues, urgency and replies.

A table of terms has the keys ``strong`` (6 points), ``fair`` (3), ``weak`` (1) and ``against`` (-6). How a term is written is said in
detectors.classifier.lexicon. In a group's file the table ``general`` speaks for the group, every other table is a theme.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.model.verdict import GROUPS

POINTS = {"strong": 6, "fair": 3, "weak": 1, "against": -6}
SHEETS = ("cues", "urgency", "replies")

Terms = tuple[tuple[str, int], ...]
"""Terms as written, each with its points."""


@dataclass(slots=True, frozen=True)
class Group:
    """A block of life that an authority answers for; ``name`` is what users see."""

    id: str
    name: str
    terms: Terms


@dataclass(slots=True, frozen=True)
class Theme:
    """A kind of problem inside a group; the id is ``group.slug``. ``group.other`` is the theme of what fits no other of its group."""

    id: str
    name: str
    group: str
    terms: Terms


@dataclass(slots=True, frozen=True)
class Taxonomy:
    """Groups and themes by id in a fixed order, the sheets of other cues by name and class, and a hash of all files."""

    groups: dict[str, Group]
    themes: dict[str, Theme]
    sheets: dict[str, dict[str, Terms]]
    digest: str


def _terms(table: dict[str, Any], where: str) -> Terms:
    unknown = [key for key in table if key not in POINTS and key != "name"]
    if unknown:
        raise ValueError(f"{where}: неизвестные ключи: {', '.join(unknown)}; допустимы: name, {', '.join(POINTS)}")
    return tuple(dict.fromkeys((term, points) for key, points in POINTS.items() for term in table.get(key, ())))


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy of the package, read once. A ValueError names the file and table that is wrong."""
    folder = files(__package__)
    groups: dict[str, Group] = {}
    themes: dict[str, Theme] = {}
    digest = hashlib.sha256()
    for group in GROUPS:
        data = (folder / f"{group}.toml").read_bytes()
        digest.update(data)
        tables = tomllib.loads(data.decode())
        name = tables.pop("name")
        groups[group] = Group(group, name, _terms(tables.pop("general"), f"{group}.toml [general]"))
        for slug, table in tables.items():
            theme = f"{group}.{slug}"
            themes[theme] = Theme(theme, table["name"], group, _terms(table, f"{group}.toml [{slug}]"))
        themes[f"{group}.other"] = Theme(f"{group}.other", f"{name}: другое", group, ())
    sheets: dict[str, dict[str, Terms]] = {}
    for sheet in SHEETS:
        data = (folder / f"{sheet}.toml").read_bytes()
        digest.update(data)
        sheets[sheet] = {key: _terms(table, f"{sheet}.toml [{key}]") for key, table in tomllib.loads(data.decode()).items()}
    return Taxonomy(groups, themes, sheets, digest.hexdigest())
