"""What a PromQL expression asks for, and whether Nabat has it. A reader of names only: Prometheus itself checks the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

_STRING = r'"(?:[^"\\]|\\.)*"'
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(rf"([a-zA-Z_:][\w:]*)\s*(?:\{{((?:{_STRING}|[^}}])*)\}})?(?!\s*\(|[\w:])")
_MATCHER = re.compile(rf"(\w+)\s*(=~|!~|!=|=)\s*({_STRING})")
_WORDS = {"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right"}

TARGET = {"job", "instance", "role"}
"""Labels that Prometheus puts on whatever it scrapes (role: see prometheus.yml)."""


@dataclass(frozen=True)
class Selector:
    name: str
    matchers: tuple[tuple[str, str, str], ...]


def selectors(expression: str) -> Iterator[Selector]:
    """The series that it selects."""
    plain = re.sub(r"\[[^\]]*\]", "", _GROUPING.sub(" ", expression))
    for found in _SELECTOR.finditer(plain):
        if found[1] not in _WORDS:
            matchers = ((label, sign, value[1:-1]) for label, sign, value in _MATCHER.findall(found[2] or ""))
            yield Selector(found[1], tuple(matchers))


def grouping(expression: str) -> set[str]:
    """The labels of its by, on and the like."""
    return {label.strip() for inside in _GROUPING.findall(expression) for label in inside.split(",") if label.strip()}


class Known:
    """All series that there are: those of a registry, those that rules record (name to labels), and ``up``."""

    def __init__(self, registry: CollectorRegistry, recorded: dict[str, set[str]]) -> None:
        self._samples: dict[str, list[dict[str, str]]] = {"up": [{}]}
        for family in registry.collect():
            for sample in family.samples:
                self._samples.setdefault(sample.name, []).append(sample.labels)
        self._recorded = recorded

    def faults(self, expression: str) -> list[str]:
        """What the expression names and nobody exposes: metrics, labels, and values of labels."""
        found = list(selectors(expression))
        faults = [fault for one in found for fault in self._of(one)]
        labels = TARGET.union(*(self._labels(one.name) for one in found))
        return faults + [f"by {label}" for label in sorted(grouping(expression) - labels)]

    def _labels(self, name: str) -> set[str]:
        return self._recorded.get(name) or set[str]().union(*self._samples.get(name, ()))

    def _of(self, selector: Selector) -> Iterable[str]:
        name = selector.name
        if name not in self._recorded and name not in self._samples:
            yield name
            return
        for label, sign, value in selector.matchers:
            if label in TARGET:
                continue
            if label not in self._labels(name):
                yield f"{name}{{{label}}}"
            elif name in self._samples:
                alternatives = value.split("|") if "~" in sign else [value]
                there = {labels.get(label) for labels in self._samples[name]}
                yield from (f'{name}{{{label}="{one}"}}' for one in alternatives if one not in there)
