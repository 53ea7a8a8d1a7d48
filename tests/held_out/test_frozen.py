"""The held-out texts are those that were frozen: whole, labelled, many enough, and not in what the classifier learns from."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest

import detectors
from monitor.profile.load import load_profile
from tests.held_out.score import FIELDS, FOLDER, KINDS, NOT_ASKED, QUALITIES, SCORES, rows

SUMS = dict(re.findall(r"^\| (\w+)\.tsv \| \d+ \| `([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M))
LABELS = {
    "kinds": ("kind", KINDS, 45),
    "urgency": ("urgency", ("normal", "raised", "urgent", "danger"), 60),
    "answers": ("quality", QUALITIES, 60),
}
LONG = 50
"""Shorter texts («Меры принимаются») two people may write alike."""


@pytest.mark.parametrize("name", SCORES)
def test_no_text_has_changed(name: str) -> None:
    assert hashlib.sha256((FOLDER / f"{name}.tsv").read_bytes()).hexdigest() == SUMS[name]


@pytest.mark.parametrize("name", SCORES)
def test_texts_are_many_and_no_two_alike(name: str) -> None:
    texts = [row["text"] for row in rows(name)]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", LABELS)
def test_each_class_is_there_often_enough(name: str) -> None:
    field, classes, least = LABELS[name]
    counted = Counter(row[field] for row in rows(name))
    assert set(counted) == set(classes)
    assert min(counted.values()) >= least


def test_promised_times_stand_in_their_answers() -> None:
    promised = [row for row in rows("answers") if row["promised"]]
    assert len(promised) >= 60
    assert all(row["quality"] == "interim" and row["promised"] in row["text"] for row in promised)


def test_places_are_of_the_profiles() -> None:
    read = rows("places")
    profiles = {region: load_profile(region) for region in ("samara", "kursk")}
    assert {row["region"] for row in read} == set(profiles)
    for row in read:
        known = profiles[row["region"]].territories
        assert row["source"] in known
        assert row["territory"] in ("", NOT_ASKED) or row["territory"] in known
    assert all(sum(row[field] not in ("", NOT_ASKED) for row in read) >= 30 for field in FIELDS)


def test_the_classifier_learns_from_none_of_them() -> None:
    (folder,) = detectors.__path__
    corpus = [path for path in (FOLDER.parent.parent / folder / "corpus").rglob("*") if path.is_file()]
    learned = "\n".join(path.read_text(encoding="utf-8").casefold() for path in corpus)
    assert len(learned) > 100_000
    copied = sum(
        row["text"].casefold() in learned
        for name in SCORES
        for row in rows(name)
        if len(row["text"]) >= LONG and "\n" not in row["text"]
    )
    assert copied == 0
