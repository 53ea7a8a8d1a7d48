"""Naive Bayes over weighted counts: what a label's texts are made of. Weak alone; with ridge it names the second and third well."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.model.vocabulary import Floats, Ints, Rows
from detectors.table import runs

SMOOTH = 0.01


def weights(rows: Rows, width: int, labels: Ints, count: int) -> tuple[Floats, Floats]:
    """Logs of shares (width x labels), and what each text would score if it were left out (texts x labels)."""
    sums = np.zeros((width, count))
    np.add.at(sums, (rows.column, labels[rows.row]), rows.value)
    totals = sums.sum(axis=0) + SMOOTH * width
    logs = np.log((sums + SMOOTH) / totals)
    left = product(rows, logs)
    # Only the column of a text's own label knows of the text.
    own = labels[rows.row]
    lengths = np.bincount(rows.row, rows.value, rows.texts)
    without = np.log((np.maximum(sums[rows.column, own] - rows.value, 0.0) + SMOOTH) / (totals[own] - lengths[rows.row]))
    left[np.arange(rows.texts), labels] = np.bincount(rows.row, without * rows.value, rows.texts)
    return logs, left


def product(rows: Rows, weights: NDArray[Any]) -> Floats:
    """Rows times weights (texts x labels)."""
    found = np.zeros((rows.texts, weights.shape[1]), np.float64)
    begins = runs(rows.row)
    if len(begins):
        found[rows.row[begins]] = np.add.reduceat(weights.take(rows.column, axis=0) * rows.value[:, None], begins, axis=0)
    return found
