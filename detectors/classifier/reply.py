"""How an official account answered a citizen: substantive, interim, formal or redirect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from detectors.answers.model import Answers
from detectors.classifier.lexicon import Ints, Lexicon
from detectors.classifier.scan import Scan
from detectors.taxonomy import Taxonomy
from detectors.text import Stems
from detectors.words import cut
from monitor.model.verdict import Quality

LONGEST = 20_000


class Replies:
    """Judges replies by the model of answers, which hears what the sheet replies.toml says of them."""

    def __init__(self, taxonomy: Taxonomy, stems: Stems, limit: int) -> None:
        self._lexicon = Lexicon({quality: taxonomy.sheets["replies"].get(quality, ()) for quality in get_args(Quality)}, stems, limit)
        self._model = Answers(limit)

    def judge(self, texts: Sequence[str]) -> list[Quality]:
        """One quality a text. At most scan.TEXTS texts."""
        words = self.read(texts)
        return self._model.judge(words, self.points(words))

    def read(self, texts: Sequence[str]) -> list[list[bytes]]:
        return [cut(text[:LONGEST]) for text in texts]

    def points(self, words: Sequence[Sequence[bytes]]) -> Ints:
        """The sheet's points: a row a text, a column a quality."""
        return Scan(self._lexicon, words).points
