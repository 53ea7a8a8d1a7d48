"""A learned model: one head a question (theme, body, group), all on the same words and evidence. A file of numpy arrays.

A head's weights are bytes with a scale a label: a hundredth of the size of what was fitted, and scores differ in the third digit.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.model.bayes import product
from detectors.model.blend import probabilities
from detectors.model.form import NAMES, columns
from detectors.model.vocabulary import Floats, Ints, Rows, Vocabulary

FORMAT = 1
FORMED = 2
"""The format of a model that reads the form of texts, too: who knows only the first would ask it without."""
EVIDENCE = 0.55
"""Length of the part of a row that the rules' points make; words have length one."""
PLACE = 0.35
"""The same for the territory that a text names."""
_STAMP = (2020, 1, 1, 0, 0, 0)
"""The date of every part of a file: equal models are equal bytes."""


@dataclass(slots=True, frozen=True)
class Head:
    """``weights`` is columns x labels (bytes), ``scale`` one number a label, ``shared`` the weights of the kinds of evidence: the
    score, and what the caller adds. ``given`` (labels of the first head x labels) tells of what follows from that head, ``form``
    (columns x labels) of how a text is written.
    """

    labels: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: Floats
    shared: Floats
    given: Floats | None = None
    form: Floats | None = None

    def scores(self, rows: Rows) -> Floats:
        """Texts x labels."""
        return product(rows, self.weights) * self.scale

    def by_form(self, form: Floats) -> Floats:
        """What the form of texts (see Model.form) adds to their scores; nothing if the head does not read it."""
        return np.zeros((len(form), len(self.labels))) if self.form is None else form @ self.form

    def judge(self, scores: Floats, more: Sequence[Floats] = ()) -> Floats:
        """Probabilities (texts x labels) from the scores and further evidence of the same shape."""
        return probabilities(stacked(scores, more), self.shared)


def stacked(scores: Floats, more: Sequence[Floats] = ()) -> Floats:
    """Texts x labels x kinds of evidence."""
    return np.stack((scores, *more), axis=-1)


def follows(first: Floats, given: Floats) -> Floats:
    """The log of what the first head's probabilities say of this head's labels."""
    return likely(first @ given)


def likely(said: Floats) -> Floats:
    """The log of probabilities, of which none is impossible."""
    return np.log(np.maximum(said, 0.0) + 1e-4)


@dataclass(slots=True, frozen=True)
class Model:
    """``classes`` are the rules' classes and ``territories`` the places that have a column, after those of the vocabulary;
    ``about`` is what people want to know of it: figures, texts, seed. ``digest`` names it. ``usual`` is the form of a usual text,
    where a head reads forms.
    """

    vocabulary: Vocabulary
    classes: tuple[str, ...]
    territories: tuple[str, ...]
    heads: Mapping[str, Head]
    about: Mapping[str, Any]
    digest: str = ""
    usual: Floats | None = None

    @property
    def width(self) -> int:
        return len(self.vocabulary) + len(self.classes) + len(self.territories)

    def rows(self, texts: Sequence[Sequence[bytes]], points: Ints, territories: Sequence[str] = ()) -> Rows:
        """Sparse rows of texts (detectors.words), the rules' ``points`` (texts x classes) and the territories they name."""
        return rows(self.vocabulary, texts, points, territories, self.territories)

    def form(self, texts: Sequence[str], words: Sequence[Sequence[bytes]]) -> Floats:
        """How texts are written, less what is usual; zeros if no head reads it."""
        return np.zeros((len(texts), len(NAMES))) if self.usual is None else columns(texts, words) - self.usual

    def save(self) -> bytes:
        """The file of the model. Equal models give equal bytes."""
        parts: dict[str, NDArray[Any]] = {
            "stems": np.array("\n".join(self.vocabulary.stems).encode()),
            "pairs": self.vocabulary.pairs,
            "rarity": self.vocabulary.rarity.astype(np.float32),
        }
        if self.usual is not None:
            parts["usual"] = self.usual
        for name, head in self.heads.items():
            parts |= {f"{name}.{key}": value for key in _ARRAYS if (value := getattr(head, key)) is not None}
        text = {
            **({"format": FORMAT} if self.usual is None else {"format": FORMED, "form": NAMES}),
            "classes": self.classes,
            "territories": self.territories,
            "heads": [[name, head.labels] for name, head in self.heads.items()],
            "about": self.about,
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("model.json", _STAMP), orjson.dumps(text, option=orjson.OPT_SORT_KEYS))
            for name, array in parts.items():
                info = zipfile.ZipInfo(f"{name}.npy", _STAMP)
                info.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(info, "w") as part:
                    np.lib.format.write_array(part, array, allow_pickle=False)
        return out.getvalue()


_ARRAYS = ("weights", "scale", "shared", "given", "form")


def rows(
    vocabulary: Vocabulary,
    texts: Sequence[Sequence[bytes]],
    points: Ints,
    territories: Sequence[str],
    places: Sequence[str],
    around: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Rows:
    """Rows of words, then of the rules' points, then of the territory, if it is one of ``places``; in its place those that ``around``
    has for it.
    """
    words = vocabulary.rows(texts)
    strength = np.sqrt(np.maximum(points, 0))
    strength *= EVIDENCE / np.maximum(np.sqrt((strength * strength).sum(axis=1, keepdims=True)), 1e-9)
    row, column = strength.nonzero()
    numbers = {place: number for number, place in enumerate(places)}
    named = [
        (text, numbers[place])
        for text, territory in enumerate(territories)
        for place in around.get(territory, (territory,))
        if place in numbers
    ]
    where = np.array(named, np.int64).reshape(-1, 2)
    first = len(vocabulary)
    joined = (
        np.concatenate((words.row, row, where[:, 0])),
        np.concatenate((words.column, first + column, first + points.shape[1] + where[:, 1])),
        np.concatenate((words.value, strength[row, column], np.full(len(where), PLACE))),
    )
    order = joined[0].argsort(kind="stable")
    return Rows(joined[0][order], joined[1][order], joined[2][order], len(texts))


def packed(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights as bytes, and the scale of each label."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return np.rint(weights / scale).astype(np.int8), scale.astype(np.float32)


def load(data: bytes) -> Model:
    """Reads what ``save`` wrote. A ValueError says what is wrong; nothing of the file is ever executed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = orjson.loads(archive.read("model.json"))
            parts = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name.endswith(".npy")
            }
        if text["format"] not in (FORMAT, FORMED):
            raise ValueError(f"формат {text['format']}, а читаются {FORMAT} и {FORMED}")
        if text["format"] == FORMED and tuple(text["form"]) != NAMES:
            raise ValueError("признаки формы письма в ней не те, что в этой версии")
        stems = bytes(parts["stems"].item()).decode().split("\n")
        vocabulary = Vocabulary(stems, parts["pairs"], parts["rarity"].astype(np.float64))
        heads = {
            name: Head(tuple(labels), *(parts.get(f"{name}.{key}") for key in _ARRAYS))  # type: ignore[arg-type]
            for name, labels in text["heads"]
        }
    except (KeyError, zipfile.BadZipFile, orjson.JSONDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise ValueError(f"no model: {error}") from None
    digest = hashlib.sha256(data).hexdigest()[:16]
    return Model(vocabulary, tuple(text["classes"]), tuple(text["territories"]), heads, text["about"], digest, parts.get("usual"))


def load_file(path: Path) -> Model:
    """As ``load``; an OSError if the file can't be read."""
    return load(path.read_bytes())
