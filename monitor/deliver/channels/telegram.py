"""Telegram by the Bot API: sendMessage to a chat, a group or a person who has written to the bot."""

from __future__ import annotations

from typing import Any

from monitor.deliver.channels.answers import reason_of, unreachable
from monitor.deliver.channels.base import Letter, NotSent
from monitor.deliver.channels.markup import html
from monitor.model.codec import DecodeError, decode
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.after import LONGEST
from sources.wire import Http

TEXT = 4000
"""The API takes 4,096 characters without markup; with it we stay below all the more."""
ANSWER = 100_000


class Telegram:
    """``api`` as of the configuration, ``token`` the bot's, ``chat`` the number or @name of where it may write."""

    def __init__(self, http: Http, api: str, token: str, chat: str) -> None:
        self._http = http
        self._url = f"{api.rstrip('/')}/bot{token}/sendMessage"
        self._chat = chat

    async def send(self, letter: Letter) -> str:
        """Returns the number of the message. The API knows no id of the sender's: a repeat is told in the text."""
        body = {
            "chat_id": self._chat,
            "text": html(letter, TEXT),
            "parse_mode": "HTML",
            "disable_notification": letter.quiet,
            "link_preview_options": {"is_disabled": True},
        }
        try:
            answer = await self._http.post(self._url, json=body, limit=ANSWER)
        except (SourceUnavailable, SourceRefused) as error:
            raise unreachable(error) from None
        said = _said(answer.body)
        if answer.status == 200 and said.get("ok") is True:
            result = said.get("result")
            return str(result.get("message_id", "")) if isinstance(result, dict) else ""
        if 200 <= answer.status < 300:
            raise NotSent("server", "ответ Telegram не разобрать")
        raise self._failure(answer.status, said)

    async def close(self) -> None:
        """The client is shared; whoever made it closes it."""

    @staticmethod
    def _failure(status: int, said: dict[str, Any]) -> NotSent:
        parameters = said.get("parameters")
        wait = parameters.get("retry_after", 0) if isinstance(parameters, dict) else 0
        seconds = min(float(wait), LONGEST) if isinstance(wait, int | float) else 0.0
        reason = reason_of(status)
        if status == 400 and "chat not found" in str(said.get("description", "")).lower():
            reason = "forbidden"
        return NotSent(reason, f"Telegram ответил {status}", seconds)


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = decode(body, Any)
    except DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
