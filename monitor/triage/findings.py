"""What watch is told of a page: which of its posts, and as what."""

from __future__ import annotations

from typing import Final

from monitor.model.incident import Appeal, Reply
from monitor.model.post import Page, Post
from monitor.model.verdict import Quality, Verdict
from monitor.model.watch import Findings, Version

TALK: Final = 6 * 3_600_000
"""Milliseconds before its fetch that a post was written in: an older one is no news, whatever its words."""
OLD: Final = 24 * 3_600_000
"""Milliseconds after which a post that nobody had read is history: the first look at a source brings its last week, and a fire of
Monday must wake nobody on Friday. A network that was away for a night or a day still alarms.
"""
OLD_APPEAL: Final = 72 * 3_600_000
"""The same of appeals from other systems: many are dated by the day alone, and come with the export of the next one."""


def answered(post: Post) -> str:
    """The post that an official account answers with this one, if it does."""
    target = post.reply_to or post.thread
    return target if post.official and not post.deleted and target != post.id else ""


def past(page: Page, post: Post) -> bool:
    """Whether a post that is read for the first time is history. What a file brings was handed in by people, who know its age."""
    return page.network != "file" and page.fetched_at - post.published_at > (OLD_APPEAL if post.kind == "appeal" else OLD)


def add(
    page: Page,
    post: Post,
    first: bool,
    was_sent: bool,
    verdict: Verdict,
    quality: Quality,
    duplicate_of: str,
    revision: int,
    findings: Findings,
) -> bool:
    """Adds the post to the findings if it concerns watch; says whether watch has it in this or an earlier version.

    ``first``: no version of it was read before. A later one is news at any age.
    """
    if post.deleted:
        if was_sent:
            findings.versions.append(Version(post.id, revision, "deleted"))
        return was_sent
    if post.official:
        if target := answered(post):
            findings.replies.append(Reply(post.id, target, post.text, post.published_at, page.source, quality, post.url, revision))
            return True
        return was_sent
    if not (verdict.appeal or verdict.echo):
        if was_sent:
            findings.versions.append(Version(post.id, revision, "chatter"))
        return was_sent
    appeal = Appeal(
        post.id,
        post.text,
        post.published_at,
        page.fetched_at,
        page.source,
        page.network,
        verdict,
        post.author,
        post.thread,
        post.url,
        duplicate_of,
        revision,
        past=first and past(page, post),
        reply_to=post.reply_to,
    )
    if was_sent:
        findings.versions.append(Version(post.id, revision, "edited", appeal))
    else:
        findings.appeals.append(appeal)
    return True


def talks(page: Page, post: Post, verdict: Verdict) -> bool:
    """Whether a new post is talk of no known theme, in which a topic may begin."""
    return (
        not (verdict.theme or verdict.group or verdict.filtered)
        and not post.official
        and not post.deleted
        and not post.repost_of
        and page.origin == "live"
        and page.fetched_at - post.published_at <= TALK
    )
