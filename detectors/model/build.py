"""Learns the shipped model from our own corpus: ``python -m detectors.model.build`` (make model) writes it anew, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from detectors.classifier.lexicon import Ints, Lexicon
from detectors.classifier.scan import TEXTS, Scan
from detectors.classifier.theme import Themes
from detectors.model import blend, fit, ridge
from detectors.model.model import Head, Model, packed, rows, stacked
from detectors.model.shipped import FILE, evidence
from detectors.model.vocabulary import learn
from detectors.taxonomy import taxonomy
from detectors.text import Stems
from detectors.words import cut
from monitor.model.verdict import GROUPS

APPEAL = ("appeal", "chatter")


def corpus() -> list[tuple[str, str]]:
    """Group (empty for what is no appeal) and text of our own corpus, in a fixed order."""
    folder = files("detectors") / "corpus"
    read: list[tuple[str, str]] = []
    for name in ("chatter", *GROUPS):
        for line in (folder / f"{name}.tsv").read_text("utf-8").splitlines():
            text = line.split("\t")[-1].replace("\\n", "\n")
            read.append(("" if name == "chatter" else name, text))
    return read


def _points(words: Sequence[Sequence[bytes]]) -> tuple[Themes, Ints]:
    known = taxonomy()
    classes = {group.id: group.terms for group in known.groups.values()}
    classes |= {theme.id: theme.terms for theme in known.themes.values()}
    lexicon = Lexicon(classes, Stems())
    parts = [Scan(lexicon, words[start : start + TEXTS]).points for start in range(0, len(words), TEXTS)]
    return Themes(known), np.concatenate(parts)


def build() -> Model:
    """Learns from the corpus. Nothing in it is random."""
    read = corpus()
    words = [cut(text) for _, text in read]
    vocabulary = learn(words)
    found = rows(vocabulary, words, np.zeros((len(words), 0), np.int64), (), ())
    ground = fit.Ground(found, len(vocabulary), ridge.gram(found, len(vocabulary)))
    everything = np.arange(len(words))
    asked = fit.task([group for group, _ in read])
    fitted = fit.fit(ground, asked, everything)
    themes, points = _points([words[text] for text in fitted.among])
    # The weights of words and of the rules beside each other, from what is said of each text by the others.
    left = np.log(fitted.left + 1e-9) / fitted.shared[0]
    shared = blend.fit(stacked(left, [evidence(themes.support(points))]), asked.numbers[fitted.among])
    group = fit.head(ground, asked, fitted)
    kind = fit.task([APPEAL[not group] for group, _ in read])
    appeal = fit.head(ground, kind, fit.fit(ground, kind, everything))
    # What matters is only how much more a text is an appeal than not.
    weights, scale = packed((appeal.weights[:, :1] * appeal.scale[0] - appeal.weights[:, 1:] * appeal.scale[1]).astype(np.float32))
    heads = {"group": Head(asked.labels, group.weights, group.scale, shared), "appeal": Head(APPEAL[:1], weights, scale, np.ones(1))}
    return Model(vocabulary, (), (), heads, {"texts": len(read), "figures": {}})


if __name__ == "__main__":
    (Path(__file__).parent / FILE).write_bytes(build().save())
