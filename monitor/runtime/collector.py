"""The garbage collector of a process that handles many small objects and hardly makes a cycle.

CPython looks for cycles after every 700 new objects, and now and then through all that there are: measured, a fifth of the hot
path's time. What start-up has made (lexicons, gazetteers, code) stays for ever and need not be looked at; the rest is, once a batch.
"""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""Thresholds of the three generations: see ``gc.set_threshold``."""


def settle() -> None:
    """Called once, when a process has started and before its work begins."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
