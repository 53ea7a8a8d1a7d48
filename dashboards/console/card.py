"""The card of an incident: what people wrote, what was answered, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from dashboards.console.store import Store
from dashboards.console.view import Views, safe_url

_EVENTS = {
    "opened": "инцидент открыт",
    "reply": "ответ",
    "overdue": "срок истёк",
    "closed": "инцидент закрыт",
    "reopened": "инцидент открыт снова",
    "void": "обращений не осталось",
    "rejected": "сообщение признано не обращением",
    "withdrawn": "автор изменил сообщение: больше не обращение",
    "deleted": "сообщение удалено в источнике",
    "joined": "инцидент объединён с другим",
    "spike": "всплеск по той же причине: одна тревога",
    "taken": "задание принято ответом",
    "action": "действие",
}
DECISIONS = {
    "not_appeal": "не обращение",
    "split": "отделить сообщение",
    "join": "объединить инциденты",
    "apart": "отделить от общей причины",
    "resolve": "закрыть инцидент",
    "reopen": "открыть инцидент снова",
    "acknowledge": "подтвердить тревогу",
    "claim": "взять тревогу в работу",
    "release": "отдать тревогу",
    "snooze": "отложить тревогу",
    "task": "отправить задание исполнителю",
    "accept": "исполнитель принял задание",
    "close": "закрыть тревогу",
}
_REFUSALS = {
    "closed": "уже закрыт",
    "open": "и так открыт",
    "no_reason": "не сказано, почему",
    "claimed": "уже в работе",
    "over": "тревога уже снята",
    "tasked": "задание уже отправлено",
    "taken": "задание уже принято",
    "no_task": "задания ещё нет",
    "no_body": "исполнитель не определён",
    "too_long": "слишком надолго",
}
_QUALITIES = {"substantive": "по существу", "interim": "промежуточный", "formal": "отписка", "redirect": "переадресация"}
_DETAILS = {
    "address": "адрес",
    "photo": "фото",
    "phone": "телефон",
    "date": "дату и время",
    "route": "номер маршрута",
    "account": "номер счёта или обращения",
    "name": "фамилию и имя",
}
_ACTORS = {"operator": "оператор"}


async def card(store: Store, views: Views, incident: Mapping[str, Any]) -> dict[str, Any]:
    """``{posts, replies, history, cause}`` of an incident's row; ``cause`` is ``{text, incidents: [{id, where, members}]}`` or null.

    A post is ``{id, version, network, source_name, kind, status, urgency, author, published_at, url, where, first, duplicate,
    edited, decided_by, attachments, text}``: ``author`` numbers the writers within the card (0: not known), since who they are stays
    out of it; ``version`` is that of the appeal and what an action is based on. A reply is ``{id, appeal, source_name,
    published_at, quality, url, deleted, text, asks}`` (``asks``: what it asks the citizen
    for, in Russian), an event ``{id, at, text}``. Posts: the first one, then the newest.
    """
    members = await store.members(incident["id"], incident["first_member"])
    writers: dict[str, int] = {}
    for row in sorted(members, key=lambda row: (row["published_at"], row["id"])):
        if row["author"]:
            writers.setdefault(row["author"], len(writers) + 1)
    names = await store.source_names()
    history = await store.history(incident["id"])
    asks = {detail["reply"]: _asks(detail) for row in history if "reply" in (detail := orjson.loads(row["detail"] or "{}"))}
    return {
        "posts": [_post(views, row, names, writers, row["id"] == incident["first_member"]) for row in members],
        "replies": [_reply(row, names, asks.get(row["id"], "")) for row in await store.replies(incident["id"])],
        "history": told(views, history),
        "cause": _cause(views, await store.cause(incident["parent"])) if incident["parent"] else None,
    }


def _cause(views: Views, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": next((row["cause"] for row in rows if row["cause"]), "одна причина"),
        "incidents": [{"id": row["id"], "where": views.where(row), "members": row["members"]} for row in rows],
    }


def _post(views: Views, row: Mapping[str, Any], names: Mapping[str, str], writers: Mapping[str, int], first: bool) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "network", "kind", "status", "urgency", "published_at", "decided_by", "text")},
        "version": str(row["version"]),
        "source_name": names.get(row["source"], row["source"]),
        "author": writers.get(row["author"], 0),
        "url": safe_url(row["url"]),
        "where": views.where(row),
        "first": first,
        "duplicate": bool(row["duplicate_of"]) or row["cluster"] not in ("", row["id"]),
        "edited": row["revision"] > 1,
        "attachments": len(orjson.loads(row["attachments"] or "[]")),
    }


def _asks(detail: Mapping[str, Any]) -> str:
    """What an answer asks for: «адрес, фото»."""
    return ", ".join(_DETAILS.get(one, one) for one in detail.get("asks", ()))


def _reply(row: Mapping[str, Any], names: Mapping[str, str], asks: str) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "appeal", "published_at", "quality", "text")},
        "source_name": names.get(row["source"], row["source"]),
        "url": safe_url(row["url"]),
        "deleted": bool(row["deleted"]),
        "asks": asks,
    }


def told(views: Views, history: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What happened, in words: ``{id, at, text}`` of each event."""
    return [_event(views, row) for row in history]


def _event(views: Views, row: Mapping[str, Any]) -> dict[str, Any]:
    detail = orjson.loads(row["detail"] or "{}")
    quality = _QUALITIES.get(detail.get("quality", ""), "")
    parts = [_EVENTS.get(row["kind"], row["kind"]), quality, _ACTORS.get(row["actor"], row["actor"])]
    if asks := _asks(detail):
        parts.append(f"просят уточнить: {asks}")
    if row["kind"] == "action":
        until = f"до {views.clock(detail['until'])}" if detail.get("until") else ""
        parts.insert(1, " ".join(part for part in (DECISIONS.get(str(detail.get("kind")), ""), until) if part))
        parts.append(str(detail.get("reason", "")))
        refusal = _REFUSALS.get(str(detail.get("conflict")), "запись изменилась")
        parts.append("принято" if detail.get("accepted") else f"не принято: {refusal}")
    return {"id": row["id"], "at": row["at"], "text": " · ".join(part for part in parts if part)}
