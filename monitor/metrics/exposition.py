"""Metrics as text: for Prometheus, and as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Metric, generate_latest

from monitor.metrics.catalogue import Spec

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""Goes with ``text``."""


class _WithoutBirthdays(CollectorRegistry):
    """The client adds a ``_created`` gauge to each counter, which doubles the series and which nobody asks for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()
        self._inner = registry

    def collect(self) -> Iterator[Metric]:
        for family in self._inner.collect():
            family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            yield family


def text(registry: CollectorRegistry) -> bytes:
    """The exposition in Prometheus' text format."""
    return generate_latest(_WithoutBirthdays(registry))


def table(specs: Iterable[Spec]) -> str:
    """The catalogue as a Markdown table."""
    lines = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for spec in specs:
        labels = "; ".join(f"{label}: {', '.join(values)}" if values else label for label, values in spec.labels.items())
        lines.append(f"| `{spec.name}` | {spec.kind} | {labels} | {spec.help} |")
    return "\n".join(lines) + "\n"
