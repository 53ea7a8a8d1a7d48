"""SMS by a gateway's HTTP endpoint: what it calls number, text and id is configuration, since each gateway differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.deliver.channels.answers import check, unreachable
from monitor.deliver.channels.base import Letter, cut, unlinked
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.wire import Http

TEXT = 201
"""Three parts of a Russian SMS: what a locked screen shows, at a price that a bad night does not make absurd."""
ANSWER = 100_000


@dataclass(slots=True, frozen=True)
class Gateway:
    """``url`` takes POST. Names of fields: the phone number's, the text's, the message id's (empty: not sent). ``extra`` goes along.

    ``json``: the fields are a JSON object, else a form. ``authorization`` is the header's value, empty for none.
    """

    url: str
    phone_field: str = "phone"
    text_field: str = "text"
    id_field: str = ""
    json: bool = False
    authorization: str = field(default="", repr=False)
    extra: Mapping[str, str] = field(default_factory=dict)


class Sms:
    """``phone`` as the gateway wants it."""

    def __init__(self, http: Http, gateway: Gateway, phone: str) -> None:
        self._http = http
        self._gateway = gateway
        self._phone = phone

    async def send(self, letter: Letter) -> str:
        gateway = self._gateway
        text = cut(unlinked(letter.short).replace("\n", " "), TEXT)
        fields = {**gateway.extra, gateway.phone_field: self._phone, gateway.text_field: text}
        if gateway.id_field:
            fields[gateway.id_field] = letter.id
        headers = {"Authorization": gateway.authorization} if gateway.authorization else {}
        form, body = (None, fields) if gateway.json else (fields, None)
        try:
            answer = await self._http.post(gateway.url, form=form, json=body, headers=headers, limit=ANSWER)
        except (SourceUnavailable, SourceRefused) as error:
            raise unreachable(error) from None
        check(answer, letter.at)
        return ""

    async def close(self) -> None:
        """The client is shared; whoever made it closes it."""
