"""Ridge regression in its dual form: as many unknowns as texts, all labels at once, left-out predictions for nothing.

After C. Saunders, A. Gammerman, V. Vovk, "Ridge regression learning algorithm in dual variables" (1998); the left-out residual of
text i is alpha_i / (inverse)_ii.
"""

from __future__ import annotations

import numpy as np

from detectors.model.vocabulary import Floats, Ints, Rows

COLUMNS = 2048
"""Columns of a block that is made dense."""


def _blocks(rows: Rows, width: int) -> list[tuple[int, Floats]]:
    order = rows.column.argsort(kind="stable")
    row, column, value = rows.row[order], rows.column[order], rows.value[order]
    blocks = []
    for start in range(0, width, COLUMNS):
        first, end = column.searchsorted((start, start + COLUMNS))
        block = np.zeros((rows.texts, min(COLUMNS, width - start)), np.float32)
        block[row[first:end], column[first:end] - start] = value[first:end]
        blocks.append((start, block))
    return blocks


def gram(rows: Rows, width: int) -> Floats:
    """How alike the texts are: inner products of all rows (texts x texts)."""
    alike = np.zeros((rows.texts, rows.texts), np.float64)
    for _, block in _blocks(rows, width):
        alike += block @ block.T
    return alike


def weights(rows: Rows, width: int, alpha: Floats) -> Floats:
    """The weights of all columns for all labels (width x labels) of a solution ``alpha`` (texts x labels)."""
    found = np.zeros((width, alpha.shape[1]), np.float32)
    for start, block in _blocks(rows, width):
        found[start : start + block.shape[1]] = block.T @ alpha.astype(np.float32)
    return found


def solve(alike: Floats, labels: Ints, count: int, strength: Floats) -> tuple[Floats, Floats]:
    """The solution for labels 0 to ``count`` - 1 as one-against-all (texts x labels), and the left-out predictions;
    ``strength`` is how much each text is held back.
    """
    target = np.eye(count)[labels]
    inverse = np.linalg.inv(alike + np.diag(strength))
    alpha = inverse @ target
    return alpha, target - alpha / np.diag(inverse)[:, None]
