"""The model of the package: the group and the kind of an appeal, and whether a text is one. CARD.md says what is in it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from detectors.model.model import Model, load
from detectors.model.vocabulary import Floats, Ints
from monitor.model.verdict import Kind

FILE = "shipped.npz"
KINDS: tuple[Kind, ...] = ("complaint", "question", "suggestion", "thanks")
"""The labels of the heads of kinds."""


@cache
def _file() -> bytes:
    return (files(__package__) / FILE).read_bytes()


def shipped() -> Model:
    """A model of its own for each caller: a vocabulary is not shared between threads."""
    return load(_file())


def evidence(support: Ints) -> Floats:
    """What the rules' points say for each group, on a scale on which twice the points are not twice as certain."""
    return np.sqrt(np.maximum(support, 0)) / 4
