"""What watch is told of a page: which of its posts, and as what."""

from __future__ import annotations

from monitor.model.incident import Appeal, Reply
from monitor.model.post import Page, Post
from monitor.model.verdict import Quality, Verdict
from monitor.model.watch import Findings, Version

TALK = 6 * 3_600_000
"""Milliseconds before its fetch that a post was written in: an older one is no news, whatever its words."""


def answered(post: Post) -> str:
    """The post that an official account answers with this one, if it does."""
    target = post.reply_to or post.thread
    return target if post.official and not post.deleted and target != post.id else ""


def add(
    page: Page,
    post: Post,
    was_sent: bool,
    verdict: Verdict,
    quality: Quality,
    duplicate_of: str,
    revision: int,
    findings: Findings,
) -> bool:
    """Adds the post to the findings if it concerns watch; says whether watch has it in this or an earlier version."""
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
