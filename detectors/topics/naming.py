"""What a topic is called: its words as people write them, the phrase first that most of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from detectors.text import clean, words
from detectors.topics.usual import USUAL

WORDS = 4
"""Of a name: more is a text."""
HALF = 0.5
"""Of the texts: what so many share is the phrase."""


def name(members: Sequence[str], texts: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Phrase and words, the main one first. ``members``: stems, the main one first; ``texts``: different ones with their stems."""
    forms: dict[str, Counter[str]] = {}
    pairs: Counter[tuple[str, str]] = Counter()
    for text, stems in texts:
        written = words(clean(text))
        for form, stem in zip(written, stems, strict=True):
            forms.setdefault(stem, Counter())[form] += 1
        told = [stem for form, stem in zip(written, stems, strict=True) if len(form) > 2 and form not in USUAL]
        pairs.update({pair for pair in pairwise(told) if members[0] in pair and pair[0] != pair[1]})
    usual = {stem: min(counts, key=lambda form: (-counts[form], form)) for stem, counts in forms.items()}
    named = list(members[:WORDS])
    best = min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
    if best is not None and pairs[best] >= HALF * len(texts):
        rest = [stem for stem in named if stem not in best]
        return [" ".join(usual[stem] for stem in best), *(usual.get(stem, stem) for stem in rest)]
    return [usual.get(stem, stem) for stem in named]
