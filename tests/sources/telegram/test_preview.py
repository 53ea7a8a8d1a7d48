"""The parser of previews: what an item says, and that a broken one harms no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.post import Attachment, Post
from sources.masking import author_hash
from sources.standins.telegram.chats import FakeMessage, Town
from sources.standins.telegram.preview import PreviewServer
from sources.telegram.names import channel_name, linked_message
from sources.telegram.preview import Preview, count, has_card, parse
from tests.sources.telegram.support import KEY, NOON


def page(*messages: FakeMessage, dress: tuple[str, str] = ("", "")) -> Preview:
    town = Town()
    town.put("gorod", *messages)
    html = PreviewServer(town, lambda: NOON)._page("gorod", None, None)
    return parse(html.replace(*dress).encode(), "gorod", KEY)


def one(message: FakeMessage) -> Post:
    (found,) = page(message).messages
    assert found.post is not None
    return found.post


def test_an_item_says_all_that_it_says() -> None:
    post = one(FakeMessage(7, "Нет воды\nна Мира, 5 & 7", NOON, views="1.2K"))
    assert post == Post(
        id="tg:gorod_7",
        text="Нет воды\nна Мира, 5 & 7",
        published_at=NOON,
        author=author_hash(KEY, "tg", "gorod"),
        url="https://t.me/gorod/7",
        views=1200,
    )


def test_the_text_of_the_answered_post_is_not_the_posts() -> None:
    post = one(FakeMessage(7, "", NOON, answers=5))
    assert (post.text, post.reply_to) == ("", "tg:gorod_5")
    assert one(FakeMessage(7, "своё", NOON, answers=5)).text == "своё"


def test_forwards_name_the_original() -> None:
    assert one(FakeMessage(7, "а", NOON, forwarded=("Drugoy", 12))).repost_of == "tg:drugoy_12"
    assert one(FakeMessage(7, "а", NOON, forwarded=("Кто-то", 0))).repost_of == ""


def test_an_album_is_one_post_with_all_parts() -> None:
    parts = [FakeMessage(7 + n, "Яма" if n == 0 else "", NOON, album="a", media=("photo",)) for n in range(3)]
    (found,) = page(*parts).messages
    assert found.post is not None
    assert [item.id for item in found.post.attachments] == ["tg:gorod_7", "tg:gorod_8", "tg:gorod_9"]
    assert found.post.attachments[1] == Attachment("photo", "tg:gorod_8", "https://cdn.example/file/8.jpg")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("video", Attachment("video", "tg:gorod_7")),
        ("voice", Attachment("voice", "tg:gorod_7")),
        ("document", Attachment("document", "tg:gorod_7", "", "Ответ.pdf")),
        ("unsupported", Attachment("unsupported")),
        # The address is escaped twice in the page.
        ("location", Attachment("location", *["https://maps.google.com/maps?q=53.2,50.1&z=9"] * 2)),
    ],
)
def test_media(kind: str, expected: Attachment) -> None:
    post = one(FakeMessage(7, "а", NOON, media=(kind,)))  # type: ignore[arg-type]
    assert post.attachments == [expected]
    assert post.published_at == NOON


def test_a_poll_without_text_is_its_question() -> None:
    post = one(FakeMessage(7, "", NOON, media=("poll",)))
    assert post.text == "Есть вода?\nДа\nНет"
    assert post.attachments == [Attachment("poll", "tg:gorod_7", "", "Есть вода?")]
    assert one(FakeMessage(7, "Голосуйте", NOON, media=("poll",))).text == "Голосуйте"


def test_a_supported_part_of_unsupported_media_is_read() -> None:
    text = '<div class="tgme_widget_message_text js-message_text" dir="auto">Текст</div>'
    found = page(FakeMessage(7, "Текст", NOON), dress=(text, f'<div class="media_supported_cont">{text}</div>'))
    assert found.messages[0].post is not None
    assert found.messages[0].post.text == "Текст"


def test_reactions_are_counted() -> None:
    strip = '<span class="tgme_reaction"><i class="emoji"><b>🤣</b></i>1.1K</span><span class="tgme_reaction">⭐34</span>'
    found = page(
        FakeMessage(7, "а", NOON), dress=('<div class="tgme_widget_message_footer', f'{strip}<div class="tgme_widget_message_footer')
    )
    assert found.messages[0].post is not None
    assert found.messages[0].post.likes == 1134


def test_service_messages_are_no_posts_but_count_as_read() -> None:
    found = page(FakeMessage(1, "Channel created", NOON, service=True), FakeMessage(2, "а", NOON))
    assert [(message.number, message.post is None) for message in found.messages] == [(1, True), (2, False)]
    assert not found.blind


def test_odd_markup_of_a_text() -> None:
    markup = 'Нет <a href="?q=%23вода">#вода</a><br>в <i class="emoji"><b>🏠</b></i><BR />3 <tg-spoiler>этаж</tg-spoiler><b>!<u></b>'
    assert one(FakeMessage(7, "x", NOON, markup=markup)).text == "Нет #вода\nв 🏠\n3 этаж!"


def test_times_have_offsets() -> None:
    moment = "2026-01-12T12:00:00+00:00"
    for other, expected in (("2026-01-12T16:00:00+04:00", NOON), ("2026-01-12T12:00:00", NOON), ("2026-01-12T12:00:00Z", NOON)):
        (found,) = page(FakeMessage(7, "а", NOON), dress=(moment, other)).messages
        assert found.post is not None
        assert found.post.published_at == expected


def test_personal_data_is_masked() -> None:
    assert one(FakeMessage(7, "Звоните 8 (927) 123-45-67", NOON)).text == "Звоните <PHONE>"


def test_broken_items_leave_the_others_alone() -> None:
    messages = [FakeMessage(n, f"пост {n}", NOON + n * 1000) for n in range(1, 6)]
    found = page(*messages, dress=('data-post="Gorod/3"', 'data-post="Gorod/x"'))
    assert [message.number for message in found.messages] == [1, 2, 4, 5]
    ((number, raw, reason),) = found.broken
    assert (number, reason) == (0, "нет номера сообщения")
    assert "пост 3" in raw
    found = page(*messages, dress=("2026-01-12T12:00:02", "вчера"))
    assert [number for number, _, _ in found.broken] == [2]
    assert not found.blind


def test_a_broken_item_names_nobody() -> None:
    people = (
        '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/petrov"><span dir="auto">Иван Петров</span></a>'
        '<span class="tgme_widget_message_from_author" dir="auto">Иван Петров</span>'
        '<span class="tgme_widget_message_author_name" dir="auto">Иван Петров'
    )
    found = page(FakeMessage(3, "пост 3", NOON), dress=('data-post="Gorod/3"', f'data-post="Gorod/x">{people}</span><i'))
    ((_, raw, _),) = found.broken
    assert "пост 3" in raw
    assert "Петров" not in raw
    assert "petrov" not in raw


def test_an_empty_channel_is_empty_and_another_page_is_blind() -> None:
    town = Town({"gorod": {}})
    empty = parse(PreviewServer(town, lambda: NOON)._page("gorod", None, None).encode(), "gorod", KEY)
    assert (empty.nothing, empty.blind) == (True, False)
    for body in (b"", b"<html><body>Just a moment...</body></html>", b"\xff\xfe\x00"):
        assert parse(body, "gorod", KEY).blind
    assert page(FakeMessage(1, "а", NOON), dress=("tgme_widget_message_wrap", "tgme_message_wrap")).blind
    assert page(FakeMessage(1, "а", NOON), dress=("datetime=", "data-time=")).blind


def test_a_quoted_marker_is_no_marker() -> None:
    assert not page(FakeMessage(1, "tme_no_messages_found", NOON)).nothing


_FONTS = "".join(f"<font color={number}>" for number in range(1_000))


@pytest.mark.parametrize("bomb", ["<div>" * 5_000, _FONTS + "<div>" * 1_000 + "</font>" * 3_000, "<b>" * 2_000 + "</x>" * 2_000])
def test_a_bomb_costs_its_own_item_and_no_time(bomb: str) -> None:
    found = page(FakeMessage(1, "а", NOON), FakeMessage(2, "б", NOON, markup=bomb), FakeMessage(3, "в", NOON))
    assert [message.number for message in found.messages] == [1, 3]
    assert [reason for _, _, reason in found.broken] == ["слишком много тегов"]


@pytest.mark.parametrize("body", [b"<div>" * 100_000, b'<div class="tgme_widget_message_wrap">' * 1_000, b"<div " * 200_000])
def test_a_page_that_is_a_bomb_is_not_parsed(body: bytes) -> None:
    assert parse(body, "gorod", KEY).blind


def test_a_message_full_of_emoji_is_no_bomb() -> None:
    emoji = '<i class="emoji" style="background-image:url(\'//telegram.org/img/emoji/40/E29AA1.png\')"><b>⚡️</b></i>'
    assert one(FakeMessage(1, "x", NOON, markup=emoji * 2_000)).text == "⚡️" * 2_000


_CHUNKS = st.sampled_from(
    ["<div", ">", "</div>", '"', "</a>", "<svg>", "<!--", "<template>", "\x00", "&#x110000;", "<script>", "<table>"]
)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 9), _CHUNKS, st.data())
def test_what_is_put_into_an_items_text_stays_its_own_trouble(number: int, chunk: str, data: st.DataObject) -> None:
    """Markup that the network escapes is harmless; what it does not escape may cost its own item, and no other one."""
    escaped = [FakeMessage(n, f"пост {n} {chunk if n == number else ''}", NOON + n * 1000) for n in range(1, 11)]
    assert [message.number for message in page(*escaped).messages] == list(range(1, 11))
    raw = [FakeMessage(n, f"пост {n}", NOON + n * 1000, markup=f"а{chunk}" if n == number else "") for n in range(1, 11)]
    found = page(*raw)
    assert set(range(1, 11)) - {number} <= {message.number for message in found.messages}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 30_000), st.integers(0, 400))
def test_any_bytes_are_read(noise: bytes, where: int, length: int) -> None:
    town = Town({"gorod": {n: FakeMessage(n, f"пост {n}", NOON) for n in range(1, 12)}})
    body = PreviewServer(town, lambda: NOON)._page("gorod", None, None).encode()
    where %= len(body)
    found = parse(body[:where] + noise + body[where + length :], "gorod", KEY)
    for message in found.messages:
        assert message.number > 0
        assert message.post is None or message.post.published_at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2K", 1200),
        ("10.7M", 10_700_000),
        ("34", 34),
        ("1 234", 1234),
        ("1,234", 1234),
        ("1,2K", 1200),
        ("", 0),
        ("нет", 0),
        ("9" * 99, 10**12),
    ],
)
def test_counts(text: str, expected: int) -> None:
    assert count(text) == expected


def test_cards_and_invitations() -> None:
    assert has_card(b'<div class="tgme_page_title">x</div>')
    assert not has_card(b'<i class="tgme_icon_user"></i>')


@pytest.mark.parametrize(
    "address", ["Gorod63", "@gorod63", "https://t.me/gorod63", "https://t.me/s/Gorod63?before=7", "t.me/gorod63/5"]
)
def test_names_of_channels(address: str) -> None:
    assert channel_name(address) == "gorod63"


@pytest.mark.parametrize("address", ["", "@", "https://example.org/gorod63", "https://t.me/", "+AAAA", "имя", "a b"])
def test_what_names_no_channel(address: str) -> None:
    assert channel_name(address) == ""


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://t.me/Name/5", ("name", 5)),
        ("//t.me/s/Name/5?single", ("name", 5)),
        ("https://t.me/c/123/5", ("-100123", 5)),
        ("https://t.me/c/123/9/5", ("-100123", 5)),
        ("https://t.me/name/198?comment=2", None),
        ("https://t.me/name", None),
        ("javascript:alert(1)", None),
    ],
)
def test_links_to_messages(href: str, expected: tuple[str, int] | None) -> None:
    assert linked_message(href) == expected


@pytest.mark.parametrize(
    "odd",
    [
        *("<b>", "<a class='tgme_widget_message_reply' href='https://t.me/x/1'>", "</div></div></div>", "<table><tr>", "<textarea>"),
        *("<!-- ", "<svg><path>", "<script>", "<object>", "</object>", "</OBJECT >слова", "<template>", "<select><option>", "<form>"),
    ],
)
def test_items_that_share_a_document_keep_to_themselves(odd: str) -> None:
    def item(number: int, markup: str) -> bytes:
        town = Town()
        town.put("gorod", FakeMessage(number, "", NOON, markup=markup))
        html = PreviewServer(town, lambda: NOON)._page("gorod", None, None)
        return html[html.index('<div class="tgme_widget_message_wrap') : html.index("</section>")].encode()

    items = [item(1, "раз"), item(2, odd), item(3, "три")]
    first, second, third = (parse(one, "gorod", KEY) for one in items)
    assert len(first.messages) == len(third.messages) == 1
    together = parse(b"".join(items), "gorod", KEY)
    assert together.messages == first.messages + second.messages + third.messages
    assert together.broken == second.broken
