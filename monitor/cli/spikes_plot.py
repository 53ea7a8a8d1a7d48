"""``nabat spikes --plot``: series, what is usual, and alerts, as a picture."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from detectors.spikes import Seen
from monitor.model.errors import ConfigError

_COLOURS = {"notice": "#c99700", "urgent": "#e06c00", "flash": "#c00020"}
_NAMES = {"notice": "обратить внимание", "urgent": "срочно", "flash": "молния"}


class Plot:
    """One panel a file. Raises ConfigError where matplotlib is not installed or the picture can't be written."""

    def __init__(self, path: Path, panels: int) -> None:
        if find_spec("matplotlib") is None:
            raise ConfigError(["--plot: нужен matplotlib: pip install 'nabat[plot]'"])
        self._path = path
        self._panels = panels
        self._rows: dict[str, list[tuple[int, int, Seen]]] = {}

    def add(self, series: str, time: int, value: int, seen: Seen) -> None:
        self._rows.setdefault(series, []).append((time, value, seen))

    def save(self) -> None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(14, 3.2 * self._panels), layout="constrained")
        for panel, (series, rows) in enumerate(self._rows.items(), 1):
            axes = figure.add_subplot(self._panels, 1, panel)
            times = np.array([at for at, _, _ in rows], "datetime64[ms]")
            axes.fill_between(times, 0.0, [seen.usual for _, _, seen in rows], color="#b7d3ea", label="обычно, до двух отклонений")
            axes.plot(times, [value for _, value, _ in rows], color="#30465a", linewidth=0.6, label="сообщений")
            for level, colour in _COLOURS.items():
                fired = [index for index, (_, _, seen) in enumerate(rows) if seen.level == level]
                if fired:
                    axes.plot(times[fired], [rows[index][1] for index in fired], "v", color=colour, markersize=7, label=_NAMES[level])
            axes.set_yscale("symlog", linthresh=10)
            axes.set_ylim(bottom=0)
            axes.set_title(series, loc="left", fontsize=10)
            axes.legend(loc="upper left", fontsize=8, ncols=5)
        try:
            figure.savefig(self._path)
        except (OSError, ValueError) as error:
            raise ConfigError([f"--plot: {self._path}: {error}"]) from None
