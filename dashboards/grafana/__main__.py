"""Writes the dashboards: ``python -m dashboards.grafana``."""

from __future__ import annotations

from pathlib import Path

from dashboards.grafana import appeals, hot_path, sources, spikes
from dashboards.grafana.board import text

BOARDS = {
    "hot-path.json": hot_path.BOARD,
    "appeals.json": appeals.BOARD,
    "sources.json": sources.BOARD,
    "spikes.json": spikes.BOARD,
}

if __name__ == "__main__":
    for name, board in BOARDS.items():
        (Path(__file__).parent / name).write_text(text(board), encoding="utf-8")
