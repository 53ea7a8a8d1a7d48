"""What an answer means for the cursor: which of its posts are new, edited or deleted, and what is to be asked next. Pure."""

from __future__ import annotations

from monitor.model.post import Post
from sources.odnoklassniki.mark import HOUR, LAG, Known, Mark, Topic, digest
from sources.odnoklassniki.parser import Part, Reading, deleted

LIST = "topics"
CHECK = "check"


def begin(mark: Mark, now: int, depth: int) -> None:
    """A new round: the list, down to where the last one began; ``depth`` is how many ms the very first one reads back."""
    mark.begin(LIST, now, mark.listed - LAG if mark.listed else now - depth)


def take_topics(mark: Mark, part: Part, now: int) -> list[Post]:
    """A part of the list. Pinned topics stand first whatever their age, so they don't say how far down the list is read."""
    posts = []
    more = _goes_on(mark, part)
    for item in part.items:
        mark.met.append(item.id)
        content = digest(item.post)
        known = mark.topic(item.id)
        if known is None:
            mark.topics.append(Topic(item.id, item.at or now, content, listed=item.comments))
        else:
            known.listed = item.comments
            if known.digest == content:
                continue
            known.digest, item.post.edited_at = content, now
        posts.append(item.post)
    mark.floor = min([mark.floor, *(item.at for item in part.items if item.at and not item.pinned)])
    mark.anchor = part.anchor
    if not more or mark.floor < mark.since:
        # What should have been in the list and was not is asked for by its id before it is believed to be deleted.
        floor = mark.floor if more else 0
        mark.suspects = [topic.id for topic in mark.topics if topic.created > floor and topic.id not in mark.met]
        mark.listed = mark.began
        mark.step = CHECK if mark.suspects else ""
    return posts


def take_check(mark: Mark, part: Part, asked: list[str], now: int, reading: Reading) -> list[Post]:
    """The topics of ``asked`` that are still there, asked for by id; the others are deleted, with the comments remembered."""
    posts = []
    found = {item.id: item for item in part.items}
    for id in asked:
        known = mark.topic(id)
        if known is None:
            continue
        if id not in found:
            mark.topics.remove(known)
            posts.append(deleted(id, known.created, reading))
            # They go with their topic, and nobody can ask for them any more.
            posts += [deleted(comment, one.at, reading, id) for comment, one in mark.comments.pop(id, {}).items()]
        elif known.digest != (content := digest(found[id].post)):
            known.digest, found[id].post.edited_at = content, now
            posts.append(found[id].post)
    mark.suspects = [id for id in mark.suspects if id not in asked]
    if not mark.suspects:
        mark.step = ""
    return posts


def begin_comments(mark: Mark, topic: Topic, now: int, window: int) -> None:
    """Comments are read from the newest on, down to those read before and older than ``window`` ms, which are not compared again."""
    mark.begin(f":{topic.id}", now, min(now - window, topic.read - LAG) if topic.read else 0)


def take_comments(mark: Mark, topic: Topic, part: Part, now: int, reading: Reading) -> list[Post]:
    """A part of a topic's comments; with the last one those that are missing are deleted."""
    posts = []
    more = _goes_on(mark, part)
    known = mark.comments.setdefault(topic.id, {})
    for item in part.items:
        at = item.at or mark.began
        if at < mark.since:
            continue
        mark.met.append(item.id)
        content = digest(item.post)
        before = known.get(item.id)
        known[item.id] = Known(at, content)
        if before is not None and before.digest == content:
            continue
        if before is not None:
            item.post.edited_at = now
        posts.append(item.post)
    mark.floor = min([mark.floor, *(item.at for item in part.items if item.at)])
    mark.anchor = part.anchor
    if not more or mark.floor < mark.since:
        if not part.silent:
            met = set(mark.met)
            for id, comment in list(known.items()):
                if comment.at >= mark.since and id not in met:
                    del known[id]
                    posts.append(deleted(id, comment.at, reading, topic.id))
        finish_comments(mark, topic)
    return posts


def finish_comments(mark: Mark, topic: Topic) -> None:
    topic.read, topic.count = mark.began, topic.listed
    mark.step = ""


def advance(mark: Mark, now: int, window: int) -> bool:
    """Goes on to the next topic that is due; False where the round is over, and all is read that had to be.

    What was due when the list was read is of this round. Else a group with more topics than can be read until the first of them is
    due again would never see its list again.
    """
    if mark.step:
        return True
    mark.bound(now - window - HOUR)
    while (topic := mark.due(mark.listed)) is not None:
        if topic.listed or topic.id in mark.comments:
            begin_comments(mark, topic, now, window)
            return True
        # Most topics of small groups have no comments at all: a request for each would be most of all requests.
        topic.read, topic.count = now, 0
    mark.covered = mark.listed
    return False


def _goes_on(mark: Mark, part: Part) -> bool:
    """Whether there is more to ask for: an answer that repeats what has been met has come to its end, whatever it says."""
    met = set(mark.met)
    return part.more and any(item.id not in met for item in part.items)
