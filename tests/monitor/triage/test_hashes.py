"""What makes another version of a post, and what does not."""

from __future__ import annotations

from msgspec.structs import replace

from monitor.model.post import Attachment, Post
from monitor.triage.hashes import content_hash

POST = Post("vk:-1_1", "Нет воды", 5, attachments=[Attachment("photo", "1", "https://a", "двор")])


def test_what_a_reader_sees_makes_a_version() -> None:
    versions = [
        POST,
        replace(POST, text="Нет воды!"),
        replace(POST, reply_to="vk:-1_0"),
        replace(POST, deleted=True),
        replace(POST, attachments=[]),
        replace(POST, attachments=[], deleted=True),
        replace(POST, attachments=[Attachment("video", "1")]),
        replace(POST, attachments=[Attachment("photo", "2")]),
        replace(POST, attachments=[Attachment("photo", "", "https://a")]),
        replace(POST, attachments=POST.attachments * 2),
    ]
    hashes = {content_hash(version) for version in versions}
    assert len(hashes) == len(versions)
    assert all(0 <= one < 1 << 64 for one in hashes)


def test_counters_and_times_do_not() -> None:
    for other in (
        replace(POST, likes=7, reposts=7, comments=7, views=7),
        replace(POST, published_at=6, edited_at=7, truncated=True),
        replace(POST, attachments=[Attachment("photo", "1", "https://b", "дом")]),
    ):
        assert content_hash(other) == content_hash(POST)


def test_the_hash_is_stable() -> None:
    assert content_hash(POST) == 11889604727695750630
