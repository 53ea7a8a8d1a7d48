"""Makes probabilities of several kinds of evidence: a softmax whose weights are shared by all labels.

So a handful of numbers is learned from thousands of texts, and none of it by heart.
"""

from __future__ import annotations

import numpy as np

from detectors.model.vocabulary import Floats, Ints

ROUNDS = 30
PRIOR = 1e-3


def probabilities(evidence: Floats, shared: Floats) -> Floats:
    """Texts x labels, rows sum to one; ``evidence`` is texts x labels x kinds, ``shared`` a weight a kind."""
    total = evidence @ shared
    total -= total.max(axis=1, keepdims=True)
    np.exp(total, out=total)
    total /= total.sum(axis=1, keepdims=True)
    return total


def fit(evidence: Floats, labels: Ints) -> Floats:
    """The weights that make the right labels likeliest (Newton's method; the problem is convex)."""
    kinds = evidence.shape[-1]
    shared = np.zeros(kinds)
    right = evidence[np.arange(len(labels)), labels]
    for _ in range(ROUNDS):
        found = probabilities(evidence, shared)
        mean = np.einsum("tl,tlk->tk", found, evidence)
        slope = (mean - right).mean(axis=0) + PRIOR * shared
        second = np.einsum("tl,tlk,tlj->kj", found, evidence, evidence, optimize=True) - mean.T @ mean
        step = np.linalg.solve(second / len(labels) + PRIOR * np.eye(kinds), slope)
        # Far from the goal a whole step can overshoot.
        shared = shared - step / max(1.0, float(np.abs(step).max()) / 3.0)
        if float(np.abs(step).max()) < 1e-6:
            break
    return shared
