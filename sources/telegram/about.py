"""What a channel's preview says of the channel itself. Pure."""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser

from sources.telegram.preview import count

_HEAD: Final = 200_000
"""The head of a page; its posts come after it."""


def about(body: bytes) -> tuple[str, int]:
    """Title and subscribers; empty and 0 where the page does not say."""
    end = body.find(b"tgme_widget_message_wrap")
    tree = LexborHTMLParser(body[: min(_HEAD, end if end >= 0 else _HEAD)])
    title = tree.css_first(".tgme_channel_info_header_title")
    counters = (
        (kind.text(strip=True), value.text(strip=True))
        for counter in tree.css(".tgme_channel_info_counter")
        if (kind := counter.css_first(".counter_type")) is not None and (value := counter.css_first(".counter_value")) is not None
    )
    members = next((count(value) for kind, value in counters if kind.startswith(("subscriber", "подписчик"))), 0)
    return title.text(strip=True) if title is not None else "", members
