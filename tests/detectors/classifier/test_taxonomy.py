"""The files of the taxonomy: complete, named in Russian, and made of terms that compile."""

from __future__ import annotations

import re
from typing import get_args

from detectors.classifier import RuleClassifier
from detectors.classifier.kind import Cues
from detectors.classifier.lexicon import Lexicon
from detectors.classifier.urgency import CALLING
from detectors.taxonomy import Group, Theme, taxonomy
from detectors.text import Stems
from monitor.model.verdict import GROUPS, Quality

_RUSSIAN = re.compile(r"[А-ЯЁ][а-яёА-ЯЁ0-9 .,:;()«»-]+")


def test_all_groups_and_themes_are_named_in_russian() -> None:
    known = taxonomy()
    assert tuple(known.groups) == GROUPS
    things: list[Group | Theme] = [*known.groups.values(), *known.themes.values()]
    for thing in things:
        assert _RUSSIAN.fullmatch(thing.name), thing.id
    names = [theme.name for theme in known.themes.values()]
    assert len(set(names)) == len(names)


def test_every_group_has_themes_with_terms_and_one_for_the_rest() -> None:
    known = taxonomy()
    for group in known.groups:
        themes = [theme for theme in known.themes.values() if theme.group == group]
        assert len(themes) >= 3, group
        assert themes[-1].id == f"{group}.other"
        for theme in themes[:-1]:
            assert any(points > 0 for _, points in theme.terms), theme.id


def test_every_term_compiles() -> None:
    known = taxonomy()
    things: list[Group | Theme] = [*known.groups.values(), *known.themes.values()]
    for thing in things:
        Lexicon({thing.id: thing.terms}, Stems())
    for name, sheet in known.sheets.items():
        for key, listed in sheet.items():
            Lexicon({f"{name} {key}": listed}, Stems())


def test_the_sheets_have_the_classes_that_the_rules_read() -> None:
    sheets = taxonomy().sheets
    assert set(sheets["cues"]) == set(Cues._fields)
    assert set(CALLING) < set(sheets["urgency"])
    assert set(sheets["replies"]) == set(get_args(Quality))


def test_the_version_names_the_lexicons() -> None:
    assert RuleClassifier(None).version
    assert len(taxonomy().digest) == 64
