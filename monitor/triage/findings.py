"""What watch is told of a page: which of its posts, as what, and the words that many of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from monitor.model.incident import Appeal, Reply
from monitor.model.post import Page, Post
from monitor.model.verdict import Quality, Verdict
from monitor.model.watch import Findings, Version

SKETCH_WORDS = 20
"""Words of a page that several of its posts share, kept for topics that no theme names; more would cost more than findings."""
LEAST_SHARED = 3
"""Posts: what two have in common says nothing."""
SKETCH_POSTS = 40
"""Posts of a page that are counted: what people write of in a burst is on many pages, and a page of a backlog has hundreds."""
SKETCH_LETTERS = (5, 40)
"""Of such a word: shorter ones are mostly of every topic, longer ones are noise that would make findings large."""


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
    if not verdict.appeal:
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
    )
    if was_sent:
        findings.versions.append(Version(post.id, revision, "edited", appeal))
    else:
        findings.appeals.append(appeal)
    return True


def sketch(texts: Sequence[Sequence[bytes]]) -> dict[str, int]:
    """Words that at least three of the page's texts share, the most shared first, with the number of texts. Texts are their words
    (detectors.words).
    """
    shortest, longest = SKETCH_LETTERS
    counts = Counter(chain.from_iterable(map(frozenset, texts[:SKETCH_POSTS])))
    shared = sorted((-count, word) for word, count in counts.items() if count >= LEAST_SHARED and shortest <= len(word) <= longest)
    return {word.decode("cp1251"): -count for count, word in shared[:SKETCH_WORDS]}
