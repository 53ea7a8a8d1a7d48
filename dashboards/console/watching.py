"""What is watched and what is not: the console's answer to "is it calm, or are we blind?"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.console.store import MINUTE
from monitor.profile.model import Profile

WATCHED = frozenset({"ok", "empty"})
"""States of a source that is read as it should be; in all others the region is partly out of sight."""

STANDSTILL = 15 * MINUTE
"""No answer from any network for so long means that the crawl itself stands still: some source or other is due every minute."""

_TITLES = {
    "catching_up": "Догоняет пропущенное",
    "limited": "Ограничение сети",
    "silent": "Тишина дольше обычного",
    "forbidden": "Доступ закрыт",
    "gone": "Удалено или переехало",
    "broken": "Ответ не разобрать",
    "unavailable": "Не отвечает",
    "parked": "Остановлено из-за ошибок",
    "new": "Ещё не прочитано",
}


def watching(profile: Profile, rows: list[dict[str, Any]], now: int) -> dict[str, Any]:
    """Sources by state, the oldest of those watched, and banners for the blind spots.

    ``rows`` are of source_health; a source of the profile without one is ``new``. Ages are whole seconds since the time up to which
    a source has certainly been read.
    """
    known = profile.sources.values()
    health: dict[str, Mapping[str, Any]] = {source.id: {"source": source.id, "name": source.name} for source in known}
    health |= {row["source"]: row for row in rows if not health or row["source"] in health}
    by_state: dict[str, list[Mapping[str, Any]]] = {}
    for source in health.values():
        by_state.setdefault(source.get("state", "new"), []).append(source)
    seen = [source for state in WATCHED for source in by_state.get(state, []) if _read_until(source)]
    oldest = min(seen, key=lambda source: (_read_until(source), source["source"]), default=None)
    return {
        "total": len(health),
        "watched": sum(len(by_state.get(state, [])) for state in WATCHED),
        "by_state": {state: len(found) for state, found in sorted(by_state.items())},
        "oldest": oldest and {"id": oldest["source"], "name": _name(oldest), "age": max(0, now - _read_until(oldest)) // 1000},
        "banners": _standstill(rows, now) + [_banner(state, by_state[state], now) for state in sorted(by_state.keys() - WATCHED)],
    }


def _read_until(source: Mapping[str, Any]) -> int:
    return int(source["covered_until"] or source["fetched_at"])


def _name(source: Mapping[str, Any]) -> str:
    return str(source["name"] or source["source"])


def _standstill(rows: list[dict[str, Any]], now: int) -> list[dict[str, Any]]:
    newest = max((row["fetched_at"] for row in rows), default=0)
    if newest == 0 or now - newest < STANDSTILL:
        return []
    return [{"state": "standstill", "title": "Сбор данных стоит", "age": (now - newest) // 1000, "sources": []}]


def _banner(state: str, found: list[Mapping[str, Any]], now: int) -> dict[str, Any]:
    sources = [
        {
            "id": source["source"],
            "name": _name(source),
            "age": max(0, now - _read_until(source)) // 1000 if "state" in source and _read_until(source) else None,
            "error": source.get("error", ""),
        }
        for source in found
    ]
    return {"state": state, "title": _TITLES.get(state, state), "age": None, "sources": sources}
