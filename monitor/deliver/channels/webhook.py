"""Other systems by signed webhooks (Standard Webhooks 1.0.0): the event of the alerts topic without logins, one id on retries."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from monitor.deliver.channels.answers import check, unreachable
from monitor.deliver.channels.base import Letter
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.webhook import headers_of
from sources.wire import Http

REPEAT = "nabat-repeat"
"""A header of ours: the request may have arrived before. Its ``webhook-id`` says it too, and is what receivers go by."""
ANSWER = 100_000


class Webhook:
    """``secrets``: one, or two while the receiver goes over to the second; each signs."""

    def __init__(self, http: Http, url: str, secrets: Sequence[bytes]) -> None:
        self._http = http
        self._url = url
        self._secrets = tuple(secrets)

    async def send(self, letter: Letter) -> str:
        headers = headers_of(self._secrets, letter.id, letter.at, letter.event)
        headers[REPEAT] = "true" if letter.repeat else "false"
        try:
            # The very bytes that are signed.
            answer = await self._http.post(self._url, json=orjson.Fragment(letter.event), headers=headers, limit=ANSWER)
        except (SourceUnavailable, SourceRefused) as error:
            raise unreachable(error) from None
        check(answer, letter.at)
        return ""

    async def close(self) -> None:
        """The client is shared; whoever made it closes it."""
