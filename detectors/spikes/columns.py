"""Arrays of many series: the last axis is the series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model.plain import Plain

Array = NDArray[Any]


class Columns:
    """The named arrays of one part of the detector, which grow, are dumped and loaded together."""

    def __init__(self, shapes: Mapping[str, tuple[tuple[int, ...], str]]) -> None:
        self._shapes = dict(shapes)
        for name, (shape, kind) in self._shapes.items():
            setattr(self, name, np.zeros((*shape, 0), kind))

    def grow(self, count: int) -> None:
        """Adds so many series, all of them zero."""
        for name, (shape, kind) in self._shapes.items():
            setattr(self, name, np.concatenate([getattr(self, name), np.zeros((*shape, count), kind)], axis=-1))

    def bytes_each(self) -> int:
        """Memory of one series, bytes."""
        return sum(int(np.prod(shape)) * np.dtype(kind).itemsize for shape, kind in self._shapes.values())

    def dump(self) -> Plain:
        return {name: np.ascontiguousarray(getattr(self, name)).tobytes() for name in self._shapes}

    def load(self, state: Plain, count: int) -> None:
        for name, (shape, kind) in self._shapes.items():
            # Older snapshots lack what came later.
            known = np.frombuffer(state[name], kind) if name in state else np.zeros((*shape, count), kind)
            setattr(self, name, known.reshape((*shape, count)).copy())
