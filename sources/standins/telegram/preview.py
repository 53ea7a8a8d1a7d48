"""Public previews as t.me serves them: twenty messages a page, ``before`` and ``after``, redirects where there is no preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from aiohttp import web

from sources.standins.telegram.chats import Chats, FakeMessage
from sources.standins.telegram.server import FakeServer

PAGE = 20
_BUBBLE = (
    '<i class="tgme_widget_message_bubble_tail"><svg class="bubble_icon" viewBox="0 0 9 20"><path d="M8,1 L9,1 Z"></path></svg></i>'
)


class PreviewServer(FakeServer):
    """``hidden``: channels without preview. ``blank``: an overloaded host, which says "no posts" instead of any.

    ``dressed``: how a page is changed on its way (other markup, say).
    """

    def __init__(self, chats: Chats, clock: Callable[[], int], rate: int = 0) -> None:
        super().__init__(clock, rate)
        self.chats = chats
        self.hidden: set[str] = set()
        self.blank = False
        self.dressed: Callable[[str], str] = lambda page: page

    async def answer(self, request: web.Request) -> web.Response:
        steps = request.path.strip("/").split("/")
        name = steps[-1].lower()
        known = name in set(self.chats.names())
        if steps[0] != "s":
            return _html(_card(name) if known else _invitation(name))
        if not known or name in self.hidden:
            return web.Response(status=302, headers={"Location": f"/{name}"})
        return _html(self.dressed(self._page(name, request.query.get("before"), request.query.get("after"))))

    def _page(self, name: str, before: str | None, after: str | None) -> str:
        items = [list(parts) for _, parts in groupby(self.chats.messages(name), key=lambda one: one.album or one.number)]
        if self.blank:
            items = []
        if after:
            shown = [parts for parts in items if parts[0].number > int(after)][:PAGE]
        else:
            shown = [parts for parts in items if not before or parts[0].number < int(before)][-PAGE:]
        body = "".join(_item(name, parts) for parts in shown) or _nothing()
        older = shown and shown[0][0].number > items[0][0].number
        newer = shown and shown[-1][0].number < items[-1][0].number
        return _document(
            name,
            _more(name, "before", shown[0][0].number) * bool(older) + body + _more(name, "after", shown[-1][0].number) * bool(newer)
            if shown
            else body,
        )


def _html(text: str) -> web.Response:
    return web.Response(body=text.encode(), content_type="text/html", charset="utf-8")


def _document(name: str, body: str) -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{name} – Telegram</title></head><body><main>"
        f'<div class="tgme_channel_info"><div class="tgme_channel_info_header_title"><span dir="auto">{name}</span></div></div>'
        f'<section class="tgme_channel_history js-message_history">{body}</section></main></body></html>'
    )


def _card(name: str) -> str:
    return (
        f'<html><body><div class="tgme_page"><div class="tgme_page_title"><span dir="auto">{name}</span></div>'
        f'<div class="tgme_page_extra">1 234 subscribers</div></div></body></html>'
    )


def _invitation(name: str) -> str:
    return (
        '<html><body><div class="tgme_page"><div class="tgme_page_icon"><i class="tgme_icon_user"></i></div>'
        f'<div class="tgme_page_description">If you have <strong>Telegram</strong>, you can contact @{name} right away.</div>'
        "</div></body></html>"
    )


def _nothing() -> str:
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message_centered">'
        '<div class="tme_no_messages_found">No posts found</div></div></div>'
    )


def _more(name: str, kind: str, number: int) -> str:
    return (
        '<div class="tgme_widget_message_centered js-messages_more_wrap">'
        f'<a href="/s/{name}?{kind}={number}" class="tme_messages_more js-messages_more" data-{kind}="{number}"></a></div>'
    )


def _item(name: str, parts: Sequence[FakeMessage]) -> str:
    """A message, or the parts of an album, which the preview shows as one item under the number of the first."""
    first = parts[0]
    shown = name.capitalize()
    moment = datetime.fromtimestamp((first.at // 1000), UTC).isoformat()
    text = next((part for part in parts if part.text), first)
    body = text.markup or escape(text.text).replace("\n", "<br/>")
    media = "".join(_media(shown, part) for part in parts)
    if first.album:
        media = f'<div class="tgme_widget_message_grouped_wrap"><div class="tgme_widget_message_grouped_layer">{media}</div></div>'
    kind = "service_message " if first.service else ""
    views = f'<span class="tgme_widget_message_views">{first.views}</span><span class="copyonly"> views</span>' if first.views else ""
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message {kind}js-widget_message" '
        f'data-post="{shown}/{first.number}" data-view="eyJjIjotMTB9"><div class="tgme_widget_message_user"></div>'
        f'<div class="tgme_widget_message_bubble">{_BUBBLE}<div class="tgme_widget_message_author accent_color">'
        f'<a class="tgme_widget_message_owner_name" href="https://t.me/{shown}"><span dir="auto">{shown}</span></a></div>'
        f"{_reply(shown, first)}{_forwarded(first)}{media}"
        + (f'<div class="tgme_widget_message_text js-message_text" dir="auto">{body}</div>' if body else "")
        + f'<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short">{views}'
        f'<span class="tgme_widget_message_meta">{"edited &nbsp;" if first.edited_at else ""}'
        f'<a class="tgme_widget_message_date" href="https://t.me/{shown}/{first.number}">'
        f'<time datetime="{moment}" class="time">00:00</time></a></span></div></div></div></div></div>'
    )


def _reply(name: str, message: FakeMessage) -> str:
    if not message.answers:
        return ""
    return (
        f'<a class="tgme_widget_message_reply" href="https://t.me/{name}/{message.answers}"><div class="tgme_widget_message_author">'
        f'{name}</div><div class="tgme_widget_message_text js-message_reply_text" dir="auto">слова другого поста</div></a>'
    )


def _forwarded(message: FakeMessage) -> str:
    if message.forwarded is None:
        return ""
    chat, number = message.forwarded
    inner = (
        f'<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/{chat}/{number}"><span>{chat}</span></a>'
        if number
        else f'<span class="tgme_widget_message_forwarded_from_name">{chat}</span>'
    )
    return f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from {inner}</div>'


def _media(name: str, message: FakeMessage) -> str:
    address = f"https://t.me/{name}/{message.number}?single"
    made = {
        "photo": f'<a class="tgme_widget_message_photo_wrap 51{message.number} 12" href="{address}" '
        f"style=\"width:9px;background-image:url('https://cdn.example/file/{message.number}.jpg')\"></a>",
        "video": f'<a class="tgme_widget_message_video_player blured" href="{address}">'
        '<time class="message_video_duration">0:05</time></a>',
        "voice": f'<a class="tgme_widget_message_voice_player" href="{address}"></a>',
        "document": f'<a class="tgme_widget_message_document_wrap" href="{address}">'
        '<div class="tgme_widget_message_document_title">Ответ.pdf</div></a>',
        "location": '<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q=53.2,50.1&amp;amp;z=9" '
        'onclick="return true"></a>',
        "poll": '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Есть вода?</div>'
        '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">60%</div>'
        '<div class="tgme_widget_message_poll_option_text">Да</div></div><div class="tgme_widget_message_poll_option">'
        '<div class="tgme_widget_message_poll_option_percent">40%</div>'
        '<div class="tgme_widget_message_poll_option_text">Нет</div></div></div>',
        "unsupported": '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
        '<div class="message_media_not_supported_label">This media is not supported in your browser</div></div></div>',
    }
    return "".join(made[kind] for kind in message.media)
