"""What ``nabat sources`` prints: states, tokens, and what a probe of a source has found, a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.model.source import Source
from monitor.profile.model import Profile
from monitor.runtime.health import STATES
from monitor.runtime.probing import Probed
from sources.budgets.pool import REASONS

KINDS = {"complaint": "жалоба", "question": "вопрос", "suggestion": "предложение", "thanks": "благодарность", "chatter": "разговор"}
BAR = 10
TOKENS = {"ready": "готов", "resting": "отдыхает", "parked": "отставлен", "elsewhere": "у другого сборщика"}


def states(rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> str:
    """A line for each source, how many there are of each state, and how much history is read."""
    if not rows:
        return "Источников нет: nabat sources add URL."
    counts = Counter(row["state"] for row in rows)
    total = "Всего: " + ", ".join([str(len(rows)), *(f"{STATES[name]} {counts[name]}" for name in STATES if counts[name])])
    return "\n".join([*(_state(row, zone) for row in rows), total, *filter(None, [_history(rows)])])


def tokens(rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> str:
    return "\n".join(_token(row, zone) for row in rows) or "Токенов нет: файл с ними называют в networks.tokens_file."


def show(source: Source, found: Probed, profile: Profile) -> None:
    members = f", участников: {found.members}" if found.members else ""
    print(f"{source.id}: {source.name or 'без названия'} ({source.network}, {source.kind}{members})")
    if not found.posts:
        print("  Сообщений за последнее время нет.")
    for post in found.posts:
        words = " ".join(str(post["text"]).split())
        where = profile.territories[post["territory"]].name if post["territory"] in profile.territories else ""
        about = ", ".join(filter(None, (KINDS[post["kind"]], post["theme"], where)))
        print(f"  {_when(post['at'], profile.calendar.timezone)}  [{about}] {words[:100]}{'…' * (len(words) > 100)}")


def _state(row: dict[str, Any], zone: ZoneInfo) -> str:
    read, covered = _when(row["fetched_at"], zone), _when(row["covered_until"], zone)
    text = f"{row['source']:32} {STATES.get(row['state'], row['state']):16} прочитан {read}  полно до {covered}  {row['posts']:>7}"
    if "history_percent" in row:
        text += f"  история {_bar(row['history_percent'])} (с {_when(row['history_from'], zone)})"
    return f"{text}  {row['name']}" + (f"  — {row['error']}" if row["error"] else "")


def _history(rows: Sequence[dict[str, Any]]) -> str:
    """How far the history of all sources is that it is read of; empty where none is asked for."""
    shares = [row["history_percent"] for row in rows if "history_percent" in row]
    if not shares:
        return ""
    return f"История: {_bar(sum(shares) // len(shares))}, прочитана у {shares.count(100)} из {len(shares)} источников"


def _bar(percent: int) -> str:
    full = percent * BAR // 100
    return f"{'█' * full}{'░' * (BAR - full)} {percent:>3} %"


def _token(row: dict[str, Any], zone: ZoneInfo) -> str:
    text = f"{row['network']:7} {row['kind']:12} {row['name']:24} {TOKENS[row['state']]}"
    if row.get("reason"):
        text += f": {REASONS[row['reason']]}" + (f" ({row['method']})" if row["method"] else "")
        text += f" до {_when(row['until'], zone)}" if row["until"] else ", пока его не заменят"
    used: Sequence[str] = [f"{method} {row['used'].get(method, 0)}/{quota}" for method, quota in row.get("quota", {}).items()]
    return text + (f"; за сутки: {', '.join(used)}" if used else "")


def _when(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%d.%m %H:%M") if at else "никогда"
