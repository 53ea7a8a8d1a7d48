"""A part of the queue of incidents, and the condition in SQL that chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COLUMNS = ("theme", "group", "territory", "body")
"""What is searched by its Russian name."""


@dataclass(slots=True, frozen=True)
class Queue:
    """Empty filters match all. ``territories`` are ids, inner territories named too.

    ``block`` is one of the region's own: its groups, its themes, and the themes of its groups that belong to other blocks. ``words``
    are parts of words that must all be found in an incident's address or the names of what it is about; ``names`` gives those, by
    id, for each of COLUMNS.
    """

    status: str = "open"
    territories: tuple[str, ...] = ()
    group: str = ""
    block: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None = None
    words: tuple[str, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limit: int = 100
    offset: int = 0

    def parameters(self) -> dict[str, Any]:
        """Of IN_QUEUE."""
        groups, themes, others = self.block or ((), (), ())
        found: dict[str, Any] = {
            "status": self.status,
            "territories": list(self.territories),
            "group": self.group,
            "any_block": self.block is None,
            "groups": list(groups),
            "themes": list(themes),
            "others": list(others),
            "words": list(self.words) or [" "],
            "any_words": not self.words,
        }
        for column in COLUMNS:
            names = self.names.get(column) or {"": ""}
            found |= {f"{column}_ids": list(names), f"{column}_names": list(names.values())}
        return found


_NAMES = ", ".join(f"transform(`{one}`, {{{one}_ids:Array(String)}}, {{{one}_names:Array(String)}}, '')" for one in COLUMNS)

IN_QUEUE = f"""
    region = {{region:String}} AND ({{status:String}} = '' OR status = {{status:String}})
    AND (empty({{territories:Array(String)}}) OR has({{territories:Array(String)}}, territory))
    AND ({{group:String}} = '' OR `group` = {{group:String}})
    AND ({{any_block:Bool}} OR has({{themes:Array(String)}}, theme)
        OR (has({{groups:Array(String)}}, `group`) AND NOT has({{others:Array(String)}}, theme)))
    AND ({{any_words:Bool}} OR arrayAll(place -> place > 0, multiSearchAllPositionsCaseInsensitiveUTF8(
        replaceAll(replaceAll(concatWithSeparator(' ', settlement, facility, street, house, {_NAMES}), 'ё', 'е'), 'Ё', 'Е'),
        {{words:Array(String)}})))"""
