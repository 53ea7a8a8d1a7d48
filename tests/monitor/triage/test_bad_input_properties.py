"""Bad input that nobody thought of: a spoilt post harms no other, and whatever the bytes are, nothing raises."""

from __future__ import annotations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from monitor.model.watch import encode_record
from tests.monitor.triage.bad_input_pages import page, post, written
from tests.monitor.triage.bad_input_run import Run, fit, placeless, unsealed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
POSTS = [post(number) for number in range(1, 6)]
SOUND = Run(written(page(POSTS)))
LOST = b'"title":""}],'
"""Without it the attachments of a post go on over the next posts, or over the end of the page."""
FIELDS = st.sampled_from([*POSTS[0], "x"])


@st.composite
def changed_posts(draw: st.DrawFn) -> tuple[int, bytes]:
    """Number and bytes of a post of which one field is gone, or something else; or which is something else itself."""
    number = draw(st.integers(0, len(POSTS) - 1))
    how = draw(st.sampled_from(["field", "gone", "whole"]))
    if how == "whole":
        return number, written(draw(JSON))
    name = draw(FIELDS)
    rest = {key: value for key, value in POSTS[number].items() if key != name}
    return number, written(rest if how == "gone" else {**POSTS[number], name: draw(JSON)})


@st.composite
def damaged_posts(draw: st.DrawFn) -> tuple[int, bytes]:
    """Number and bytes of a post of which some bytes in a row are other ones."""
    number = draw(st.integers(0, len(POSTS) - 1))
    data = written(POSTS[number])
    begin = draw(st.integers(0, len(data) - 1))
    end = draw(st.integers(begin, min(len(data), begin + 40)))
    return number, data[:begin] + draw(st.binary(max_size=40)) + data[end:]


@settings(max_examples=300, deadline=None)
@given(changed_posts() | damaged_posts())
@example((2, written(POSTS[2]).replace(LOST, b"")))
@example((4, written(POSTS[4]).replace(LOST, b"")))
def test_a_spoilt_post_harms_no_other(spoilt: tuple[int, bytes]) -> None:
    number, middle = spoilt
    parts = [written(one) for one in POSTS]
    before = written(page([])).partition(b"]")
    head, tail = before[0], before[1] + before[2]
    data = head + b",".join([*parts[:number], middle, *parts[number + 1 :]]) + tail
    run = Run(data)
    own = {one["id"] for one in POSTS} - {POSTS[number]["id"]}
    texts = {one["text"] for one in POSTS} - {POSTS[number]["text"]}
    taken = [row for row in run.posts if row.id not in own]
    # A post that was made another one's is a version of that one; it is no damage any more.
    assume(len(run.posts) == len({row.id for row in run.posts}) and not texts & {row.text for row in taken})
    for found, sound in ((run.posts, SOUND.posts), (run.revisions, SOUND.revisions)):
        assert placeless([row for row in found if row.id in own]) == placeless([row for row in sound if row.id in own])
    assert fit(run.effects.rows) == len(run.effects.rows)
    kept = [unsealed(letter) for letter in run.letters]
    if run.letters and run.letters[-1].scope == "page":
        # Behind a broken last post nothing tells where the page goes on.
        assert number == len(POSTS) - 1
        assert kept[-1].endswith(tail)
        kept[-1] = kept[-1].removesuffix(tail)
    if taken:
        # Garbage beside a whole post, if anything.
        assert all(one in middle for one in kept)
    else:
        assert bare(b"".join(kept)) == bare(middle)


def bare(data: bytes) -> bytes:
    """Without commas and white space: where something is cut out, those around it go too."""
    return data.translate(None, b", \t\r\n")


@st.composite
def ruined_pages(draw: st.DrawFn) -> bytes:
    """A page with some stretches of bytes taken out, doubled, or overwritten."""
    data = written(page(POSTS[:3], broken=[{"detail": "d", "payload": "p"}]))
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(data)))
        end = draw(st.integers(begin, min(len(data), begin + 200)))
        middle = draw(st.sampled_from([b"", data[begin:end] * 2, b'"', b"]", b"{", b"}", b"\\", b","]) | st.binary(max_size=8))
        data = data[:begin] + middle + data[end:]
    return data


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | JSON.map(written)
    | st.dictionaries(FIELDS, JSON).map(written)
    | ruined_pages()
    | st.builds(lambda name, value: written(page(POSTS[:2]) | {name: value}), st.sampled_from([*page([])]), JSON)
)
def test_arbitrary_bytes_end_as_posts_or_as_dead_letters(data: bytes) -> None:
    run = Run(data)
    assert fit(run.effects.rows) == len(run.effects.rows)
    assert len(run.posts) == run.outcomes.get("new", 0) + run.outcomes.get("changed", 0) + run.outcomes.get("deleted", 0)
    if run.effects.findings:
        assert len(encode_record(run.effects.findings[0])) > 0
    else:
        (letter,) = run.letters
        assert (letter.scope, unsealed(letter)) == ("page", data)
