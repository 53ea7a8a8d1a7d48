"""What the shipped model learns from."""

from __future__ import annotations

from collections import Counter

from detectors.duplicates import NearDuplicates
from detectors.model.build import corpus
from detectors.model.shipped import KINDS
from monitor.model.verdict import GROUPS


def test_no_text_repeats_another() -> None:
    texts = [one.text for one in corpus()]
    known = NearDuplicates(len(texts))
    assert [text for number, text in enumerate(texts) if known.add(str(number), text, at=0)] == []


def test_every_group_has_texts_of_every_kind_and_there_is_as_much_talk() -> None:
    read = corpus()
    met = Counter((one.group, one.kind) for one in read if one.group)
    assert {group for group, _ in met} == set(GROUPS)
    assert min(met[group, kind] for group in GROUPS for kind in KINDS) >= 5
    assert sum(met.values()) > 5000
    assert sum(not one.group for one in read) > 3000
