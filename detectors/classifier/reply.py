"""How an official account answered a citizen: substantive, interim, formal or redirect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from detectors.classifier.lexicon import Lexicon
from detectors.classifier.scan import Scan
from detectors.taxonomy import Taxonomy
from detectors.text import Stems
from detectors.words import cut
from monitor.model.verdict import Quality

INFORMATIVE_WORDS = 12
"""From this length a reply with figures in it (hours, dates, sums) answers a question, even where no word of the sheet is met."""
LONGEST = 20_000


class Replies:
    """Judges replies by the sheet replies.toml."""

    def __init__(self, taxonomy: Taxonomy, stems: Stems, limit: int) -> None:
        self._lexicon = Lexicon({quality: taxonomy.sheets["replies"].get(quality, ()) for quality in get_args(Quality)}, stems, limit)

    def judge(self, texts: Sequence[str]) -> list[Quality]:
        """One quality a text. At most scan.TEXTS texts."""
        words = [cut(text[:LONGEST]) for text in texts]
        points = Scan(self._lexicon, words).points.tolist()
        return [_quality(row, found) for row, found in zip(points, words, strict=True)]


def _quality(points: Sequence[int], words: Sequence[bytes]) -> Quality:
    """What is done outweighs what is advised; what will be done is no more than a promise; silence on both is formal."""
    substantive, interim, formal, redirect = points
    if interim and interim >= substantive:
        return "interim"
    if substantive:
        return "substantive"
    if redirect and redirect >= formal:
        return "redirect"
    if not formal and len(words) >= INFORMATIVE_WORDS and any(word[:1].isdigit() for word in words):
        return "substantive"
    return "formal"
