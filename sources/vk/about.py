"""What a pasted address is: asked of VK before a source is added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from monitor.model.errors import SourceRefused
from sources.vk import decode
from sources.vk.address import Address
from sources.vk.call import READERS, Api, Refusal
from sources.vk.objects import Groups

_NO_GROUP: Final = frozenset((100, 125))


@dataclass(slots=True, frozen=True)
class Community:
    """``owner`` is negative; ``closed``: its wall can't be read by those who are no members."""

    owner: int
    name: str
    domain: str
    members: int
    closed: bool


async def community(api: Api, address: Address, now: int) -> Community | None:
    """The community at an address; None for people and searches. Raises SourceRefused for one that is gone, and as Api.ask."""
    if address.query or address.owner > 0:
        return None
    params = {"group_ids": str(-address.owner) if address.owner else address.domain, "fields": "members_count"}
    try:
        groups = (await api.ask("groups.getById", params, _groups, now, kinds=(*READERS, "community"))).groups
    except Refusal as refusal:
        if refusal.code not in _NO_GROUP:
            raise refusal.error from None
        groups = []
    if not groups:
        if address.owner:
            raise SourceRefused("VK: такого сообщества нет; проверьте адрес", state="gone")
        # A short name may be a person's.
        return None
    group = groups[0]
    if group.deactivated:
        raise SourceRefused("VK: сообщество удалено или заблокировано", state="gone")
    return Community(-group.id, group.name, group.screen_name, group.members_count, group.is_closed > 0)


def _groups(body: bytes) -> Groups:
    return decode.response(body, _GROUPS)


# Made here: two threads must not be the first to look into one type.
_GROUPS: Final = msgspec.json.Decoder(decode.Envelope[Groups])
