"""What the networks are known to do to their readers, and which test of each adapter holds it to reading right all the same.

A new adapter adds a column, a new case a row. A dash says why there is nothing to test. Beside these all adapters run the common
suite (test_conformance) and go through trouble of every kind (``make campaign-sources``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

COMMON: Final = "test_conformance.py::test_many_requests_bring_what_one_brings"
ADAPTERS: Final = ("vk", "telegram previews", "telegram bots", "telegram comments", "ok", "max", "rss", "appeals", "files")
POLLS_ONLY: Final = "- polled only"
CASES: Final[dict[str, tuple[str, ...]]] = {
    "paging": (
        "vk/test_adapter.py::test_many_new_posts_are_paged_until_known_ones",
        "telegram/test_channel.py::test_a_gap_of_many_pages_is_closed_and_covered_only_then",
        "telegram/test_bot.py::test_updates_come_once_in_order_and_by_batches",
        "telegram/test_mtproto.py::test_threads_are_read_on_from_the_cursor_newest_post_first",
        "odnoklassniki/test_adapter.py::test_topics_and_comments_of_a_first_round",
        "max/test_adapter.py::test_a_history_is_read_down_to_its_depth_and_gaps_are_closed",
        "- a feed has one page",
        "appeals/test_polling.py::test_all_pages_and_then_what_has_changed",
        COMMON,
    ),
    "pinned posts": (
        "vk/test_adapter.py::test_a_pinned_post_does_not_stop_paging_and_is_told_once",
        "telegram/test_channel.py::test_service_messages_and_albums_count_by_their_number",
        "telegram/test_updates.py::test_what_is_no_message_is_no_post",
        "- comments are not pinned",
        "odnoklassniki/test_adapter.py::test_a_topic_that_is_only_missing_from_the_list_stays",
        "- a history is by time whatever is pinned",
        "- feeds pin nothing",
        "- appeals are not pinned",
        "- rows are not pinned",
    ),
    "edits": (
        "vk/test_adapter.py::test_an_edit_that_vk_does_not_date_is_dated_by_us",
        "telegram/test_channel.py::test_older_posts_are_read_again_by_age",
        "telegram/test_bot.py::test_edits_keep_the_id",
        "telegram/test_mtproto.py::test_comments_belong_to_their_posts",
        "odnoklassniki/test_adapter.py::test_edits_and_deletions_are_found_by_reading_again",
        "max/test_adapter.py::test_edits_and_removals_in_a_history",
        "rss/test_adapter.py::test_edits_are_later_versions_and_what_leaves_the_feed_stays",
        "appeals/test_importing.py::test_a_file_written_again_is_read_again_but_not_if_it_was_only_touched",
        "test_files.py::test_a_replaced_file_is_read_anew",
    ),
    "deletions": (
        "vk/test_adapter.py::test_a_post_that_vanishes_is_asked_for_and_then_deleted",
        "telegram/test_channel.py::test_edits_and_deletions_on_the_newest_page",
        "- the Bot API tells of no deletions",
        "telegram/test_mtproto.py::test_a_last_comment_that_was_deleted_is_not_asked_for_again",
        "odnoklassniki/test_adapter.py::test_comments_go_with_their_topic",
        "max/test_adapter.py::test_edits_removals_and_comments_are_told",
        "rss/test_adapter.py::test_edits_are_later_versions_and_what_leaves_the_feed_stays",
        "appeals/test_inlet.py::test_an_appeal_that_was_withdrawn",
        "test_files.py::test_a_deleted_row_needs_no_text",
    ),
    "threads deeper than ten": (
        "vk/test_threads.py::test_threads_of_more_than_ten_replies_are_read_to_their_end",
        "- previews show no comments",
        "telegram/test_updates.py::test_comments_belong_to_the_copy_of_the_channels_post",
        "telegram/test_mtproto.py::test_answers_to_answers_to_any_depth",
        "odnoklassniki/test_adapter.py::test_answers_to_answers_to_any_depth",
        "max/test_adapter.py::test_answers_to_answers_to_any_depth",
        "- feeds have no comments",
        "- appeals have no threads",
        "test_files.py::test_all_fields_of_a_row",
    ),
    "albums": (
        "vk/test_parse.py::test_attachments",
        "telegram/test_preview.py::test_an_album_is_one_post_with_all_parts",
        "telegram/test_updates.py::test_each_part_of_an_album_is_a_post_with_the_albums_id",
        "- comments are read by their texts",
        "odnoklassniki/test_parser.py::test_an_album_is_one_topic_with_all_pictures",
        "max/test_messages.py::test_attachments",
        "rss/test_parser.py::test_an_entry",
        "- exports have no pictures",
        "test_files.py::test_all_fields_of_a_row",
    ),
    "naive and odd dates": (
        "vk/test_parse.py::test_no_broken_post_harms_others",
        "telegram/test_preview.py::test_times_have_offsets",
        "telegram/test_updates.py::test_any_value_in_any_field",
        "- telethon gives dates with a zone",
        "odnoklassniki/test_parser.py::test_dates_that_are_none",
        "max/test_messages.py::test_any_value_in_any_field",
        "rss/test_parser.py::test_dates",
        "appeals/test_importing.py::test_broken_rows_are_told_with_line_and_reason",
        "test_files.py::test_times_that_are_none",
    ),
    "cp1251": (
        "- always UTF-8: vk/test_parse.py::test_texts_that_are_no_unicode",
        "telegram/test_preview.py::test_any_bytes_are_read",
        "- always UTF-8",
        "- always UTF-8",
        "- always UTF-8: odnoklassniki/test_parser.py::test_any_answer_is_read",
        "- always UTF-8",
        "rss/test_parser.py::test_a_cp1251_feed_is_read_whatever_the_server_says",
        "appeals/test_importing.py::test_tables_of_text",
        "test_files.py::test_old_windows_files",
    ),
    "duplicate webhook events": (
        "vk/test_callback.py::test_a_retry_is_the_same_event",
        POLLS_ONLY,
        "telegram/test_bot.py::test_a_webhook_brings_what_a_poll_brings",
        POLLS_ONLY,
        POLLS_ONLY,
        "max/test_adapter.py::test_a_webhook_brings_what_a_poll_brings",
        POLLS_ONLY,
        "appeals/test_inlet.py::test_a_retry_is_the_same_event",
        POLLS_ONLY,
    ),
    "wrong secrets and signatures": (
        "vk/test_callback.py::test_a_wrong_secret_is_refused_before_anything_else",
        POLLS_ONLY,
        "telegram/test_bot.py::test_a_wrong_secret_is_refused_before_anything_is_read",
        "telegram/test_mtproto.py::test_a_dead_session_parks_its_token_and_other_trouble_passes",
        "odnoklassniki/test_adapter.py::test_wrong_tokens_are_told_apart_and_nothing_leaks",
        "max/test_adapter.py::test_a_wrong_secret_is_refused_before_anything_is_read",
        POLLS_ONLY,
        "appeals/test_inlet.py::test_signatures_come_first",
        POLLS_ONLY,
    ),
    "broken JSON, HTML, XML": (
        "vk/test_parse.py::test_damaged_bytes_are_told_or_refused",
        "telegram/test_preview.py::test_broken_items_leave_the_others_alone",
        "telegram/test_bot.py::test_what_a_webhook_can_not_read",
        "- telethon reads the protocol",
        "odnoklassniki/test_adapter.py::test_broken_json_once_is_asked_again",
        "max/test_adapter.py::test_what_a_webhook_can_not_read",
        "rss/test_parser.py::test_damaged_feeds_are_taken_as_far_as_they_go",
        "appeals/test_inlet.py::test_what_can_not_be_read",
        "test_files.py::test_broken_lines_are_told_with_line_and_bytes",
    ),
    "truncated answers": (
        "vk/test_faults.py::test_what_was_read_is_what_vk_holds",
        "telegram/test_channel.py::test_faults_lose_nothing",
        "telegram/test_bot.py::test_faults_lose_nothing",
        "- telethon reads the protocol",
        "odnoklassniki/test_adapter.py::test_whatever_happens_all_is_read_and_once",
        "max/test_adapter.py::test_faults_lose_nothing",
        "rss/test_adapter.py::test_half_a_feed_forgets_nothing_of_the_other_half",
        "appeals/test_polling.py::test_faults_lose_nothing",
        "test_files.py::test_a_file_that_grows_is_continued_and_its_last_line_awaited",
    ),
    "redirects to nowhere": (
        "vk/test_faults.py::test_the_budget_learns_how_each_request_ended",
        "telegram/test_channel.py::test_faults_lose_nothing",
        "telegram/test_bot.py::test_faults_lose_nothing",
        "- telethon follows none",
        "odnoklassniki/test_adapter.py::test_whatever_happens_all_is_read_and_once",
        "max/test_adapter.py::test_faults_lose_nothing",
        "rss/test_adapter.py::test_redirects_without_end_or_aim",
        "appeals/test_polling.py::test_redirects_and_what_is_gone",
        "- files are read from the disk",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_adapter_has_a_test_of_each_case_or_a_reason(case: str) -> None:
    assert len(CASES[case]) == len(ADAPTERS)
    for found in CASES[case]:
        for path, name in re.findall(r"([\w/]+\.py)::(\w+)", found):
            assert re.search(rf"def {name}\(", (Path(__file__).parent / path).read_text(encoding="utf-8")), found
        assert "::" in found or found.startswith("- ")
