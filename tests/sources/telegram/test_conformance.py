"""What every adapter promises (tests.sources.test_conformance), of channels by their previews over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.model.post import Post
from sources.http.client import HttpClient, HttpSettings
from sources.standins.held import Shelf
from sources.standins.telegram.chats import HeldChats
from sources.standins.telegram.preview import PreviewServer
from sources.telegram.channel import ChannelAdapter, PreviewSettings
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK
from tests.sources.telegram.support import KEY, source
from tests.sources.test_conformance import (  # noqa: F401 - the tests are collected here, with the case below
    NOON,
    ROWS,
    Case,
    test_a_new_adapter_goes_on_from_the_cursor_alone,
    test_a_source_that_is_not_there_is_refused,
    test_broken_items_are_kept_apart,
    test_covered_time_never_falls_and_early_parts_keep_the_old_cursor,
    test_ids_are_unique_but_for_later_versions,
    test_many_requests_bring_what_one_brings,
    test_no_personal_data_leaves,
    test_nothing_new_is_an_empty_page,
    test_pages_are_whole_bounded_and_of_their_source,
)

# Twenty a page: fewer than the other cases have, and still many pages.
POSTS = ROWS[1:260]


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    shelf = Shelf()
    shelf.open("gorod")
    for row in POSTS:
        shelf.put("gorod", Post(id=str(row["id"]), text=row["text"], published_at=row["published_at"], author=row["author"]))
    server = PreviewServer(HeldChats(shelf, ["gorod"], lambda: NOON), lambda: NOON)
    async with server.running() as url:
        http = HttpClient(HttpSettings(LOOPBACK))
        settings = PreviewSettings(url)
        yield Case(lambda: ChannelAdapter(settings, http, FreeBudget(), KEY), source("gorod"), source("nikogo"), len(POSTS))
        await http.close()
