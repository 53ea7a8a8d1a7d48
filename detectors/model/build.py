"""Learns the shipped model from our own corpus: ``python -m detectors.model.build`` (make model) writes it anew, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from detectors.classifier import endings
from detectors.classifier.kind import Cues, likeliest, tone
from detectors.classifier.lexicon import Ints, Lexicon
from detectors.classifier.scan import TEXTS, Scan
from detectors.classifier.theme import Themes
from detectors.model import blend, fit, ridge
from detectors.model.model import Head, Model, packed, rows, stacked
from detectors.model.shipped import FILE, KINDS, evidence
from detectors.model.vocabulary import Floats, learn
from detectors.taxonomy import taxonomy
from detectors.text import Stems
from detectors.words import cut
from monitor.model.verdict import GROUPS

APPEAL = ("appeal", "chatter")
HELD_BACK = 0.5
"""How much the weights of kinds are held back."""
TOLD = 1.8
"""How much more the rules' points tell of a group than they do in our corpus, whose short and ironic texts they know little of."""


class Labelled(NamedTuple):
    """A text of our own corpus; group and kind are empty for what is no appeal."""

    group: str
    kind: str
    text: str


def corpus() -> list[Labelled]:
    """Our own corpus, in a fixed order."""
    folder = files("detectors") / "corpus"
    read: list[Labelled] = []
    for name in ("chatter", *GROUPS):
        for line in (folder / f"{name}.tsv").read_text("utf-8").splitlines():
            kind, *_, text = line.split("\t")
            appeal = name != "chatter"
            read.append(Labelled(name if appeal else "", kind if appeal else "", text.replace("\\n", "\n")))
    return read


def _points(words: Sequence[Sequence[bytes]]) -> tuple[Themes, Ints, Ints]:
    known = taxonomy()
    classes = {group.id: group.terms for group in known.groups.values()}
    classes |= {theme.id: theme.terms for theme in known.themes.values()}
    first = len(classes)
    classes |= {f"cue {name}": known.sheets["cues"][name] for name in Cues._fields}
    lexicon = Lexicon(classes, Stems())
    parts = [Scan(lexicon, words[start : start + TEXTS]).points for start in range(0, len(words), TEXTS)]
    points = np.concatenate(parts)
    return Themes(known), points[:, :first], points[:, first:]


def _kinds(alike: Floats, kinds: Ints, said: Floats) -> tuple[Floats, dict[str, float]]:
    """The solution for the kinds of appeals that are so ``alike``, and the F1 of each kind, texts left out."""
    rare = np.sqrt(np.bincount(kinds)[kinds])
    alpha, left = ridge.solve(alike, kinds, len(KINDS), HELD_BACK * rare / rare.mean())
    best = likeliest(left, said)
    both = [2 * int(((best == at) & (kinds == at)).sum()) for at in range(len(KINDS))]
    either = [int((best == at).sum() + (kinds == at).sum()) for at in range(len(KINDS))]
    return alpha, {name: round(b / max(e, 1), 3) for name, b, e in zip(KINDS, both, either, strict=True)}


def _head(labels: tuple[str, ...], weights: Floats) -> Head:
    return Head(labels, *packed(weights.astype(np.float32)), np.ones(1))


def build() -> Model:
    """Learns from the corpus. Nothing in it is random."""
    read = corpus()
    words = [cut(one.text) for one in read]
    vocabulary = learn(words)
    found = rows(vocabulary, words, np.zeros((len(words), 0), np.int64), (), ())
    ground = fit.Ground(found, len(vocabulary), ridge.gram(found, len(vocabulary)))
    everything = np.arange(len(words))
    asked = fit.task([one.group for one in read])
    fitted = fit.fit(ground, asked, everything)
    themes, points, cues = _points([words[text] for text in fitted.among])
    # The weights of words and of the rules beside each other, from what is said of each text by the others.
    left = np.log(fitted.left + 1e-9) / fitted.shared[0]
    shared = blend.fit(stacked(left, [evidence(themes.support(points))]), asked.numbers[fitted.among])
    shared[1] *= TOLD
    group = fit.head(ground, asked, fitted)
    # What a text is and of which kind is also told by how its words end.
    ended = endings.rows(words)
    fuller = fit.Ground(found, ground.width, ground.alike + ridge.gram(ended, endings.COLUMNS))
    kind = fit.task([APPEAL[not one.group] for one in read])
    either = fit.fit(fuller, kind, everything)
    appeal = fit.head(fuller, kind, either)
    # What matters is only how much more a text is an appeal than not.
    more = appeal.weights[:, :1] * appeal.scale[0] - appeal.weights[:, 1:] * appeal.scale[1]
    appeals = [read[at] for at in fitted.among.tolist()]
    own = [words[at] for at in fitted.among.tolist()]
    said = tone(cues, [len(found) for found in own], [one.text for one in appeals], own)
    alike = fuller.alike[np.ix_(fitted.among, fitted.among)] + said @ said.T
    alpha, figures = _kinds(alike, np.array([KINDS.index(one.kind) for one in appeals]), said)
    spread = np.zeros((len(read), len(KINDS)))
    spread[fitted.among] = alpha
    ending = np.hstack((spread, either.alphas[0][:, :1] - either.alphas[0][:, 1:]))
    heads = {
        "group": Head(asked.labels, group.weights, group.scale, shared),
        "appeal": _head(APPEAL[:1], more),
        "kind": _head(KINDS, ridge.weights(found, ground.width, spread)),
        "tone": _head(KINDS, said.T @ alpha),
        "ending": _head((*KINDS, *APPEAL[:1]), ridge.weights(ended, endings.COLUMNS, ending)),
    }
    return Model(vocabulary, (), (), heads, {"texts": len(read), "figures": {"kind": figures}})


if __name__ == "__main__":
    built = build()
    print("kinds, texts left out, F1:", built.about["figures"]["kind"])
    (Path(__file__).parent / FILE).write_bytes(built.save())
