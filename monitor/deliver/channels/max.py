"""The messenger MAX by its Bot API: a message to a chat, or to a person (``user:NUMBER``) who has written to the bot."""

from __future__ import annotations

from typing import Any

from monitor.deliver.channels.answers import check, unreachable
from monitor.deliver.channels.base import Letter, NotSent
from monitor.deliver.channels.markup import html
from monitor.model.codec import DecodeError, decode
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.wire import Http

TEXT = 3900
"""The API takes 4,000 characters."""
ANSWER = 100_000
PERSON = "user:"


class Max:
    """``api`` as of the configuration, ``token`` the bot's, ``chat`` the number of where it may write."""

    def __init__(self, http: Http, api: str, token: str, chat: str) -> None:
        self._http = http
        self._url = f"{api.rstrip('/')}/messages"
        self._token = token
        name, number = ("user_id", chat.removeprefix(PERSON)) if chat.startswith(PERSON) else ("chat_id", chat)
        self._params = {name: number, "disable_link_preview": "true"}

    async def send(self, letter: Letter) -> str:
        """Returns the message's ``mid``."""
        body = {"text": html(letter, TEXT), "format": "html", "notify": not letter.quiet}
        headers = {"Authorization": self._token}
        try:
            answer = await self._http.post(self._url, json=body, params=self._params, headers=headers, limit=ANSWER)
        except (SourceUnavailable, SourceRefused) as error:
            raise unreachable(error) from None
        check(answer, letter.at)
        try:
            said = decode(answer.body, dict[str, Any])
            return str(said["message"]["body"]["mid"])
        except (DecodeError, KeyError, TypeError):
            raise NotSent("server", "ответ MAX не разобрать") from None

    async def close(self) -> None:
        """The client is shared; whoever made it closes it."""
