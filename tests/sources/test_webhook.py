"""Standard Webhooks: the standard's own example, and everything that must not pass."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.webhook import ID, SIGNATURE, TIMESTAMP, TOLERANCE, WrongSignature, headers_of, secret_of, verify

SECRET = b"0123456789abcdef01234567"
OTHER = b"abcdef0123456789abcdef01"
NOW = 1_614_265_330_500
BODY = b'{"test": 2432232314}'


def test_the_example_that_all_libraries_are_tested_with() -> None:
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = headers_of([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330_000, BODY)
    assert headers[SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert verify([secret], headers, BODY, NOW) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330_000)


def test_each_of_several_secrets_holds_on_either_side() -> None:
    headers = headers_of([OTHER, SECRET], "e-1", NOW, BODY)
    assert headers[SIGNATURE].count("v1,") == 2
    assert verify([SECRET], headers, BODY, NOW)[0] == "e-1"
    assert verify([SECRET, OTHER], headers_of([OTHER], "e-1", NOW, BODY), BODY, NOW)[0] == "e-1"
    # Other kinds of signatures may stand beside.
    asymmetric = {**headers, SIGNATURE: "v1a,AAAA " + headers[SIGNATURE]}
    assert verify([SECRET], asymmetric, BODY, NOW)[0] == "e-1"


@pytest.mark.parametrize(
    "change",
    [
        {SIGNATURE: ""},
        {SIGNATURE: "v1,"},
        {SIGNATURE: "ы"},
        {SIGNATURE: "v1," + "A" * 43 + "="},
        {SIGNATURE: " ".join(["v1,AAAA"] * 1000)},
        {ID: ""},
        {ID: "e-2"},
        {ID: "e-1."},
        {ID: "e 1"},
        {ID: "e" * 300},
        {TIMESTAMP: ""},
        {TIMESTAMP: "soon"},
        {TIMESTAMP: "1614265331"},
        {TIMESTAMP: "-1614265330"},
        {TIMESTAMP: "¹²³"},
        {TIMESTAMP: "9" * 5000},
    ],
)
def test_what_does_not_pass(change: dict[str, str]) -> None:
    headers = headers_of([SECRET], "e-1", NOW, BODY)
    verify([SECRET], headers, BODY, NOW)
    with pytest.raises(WrongSignature):
        verify([SECRET], {**headers, **change}, BODY, NOW)


def test_another_secret_or_body_or_none() -> None:
    headers = headers_of([SECRET], "e-1", NOW, BODY)
    for secrets, body in (([OTHER], BODY), ([], BODY), ([SECRET], BODY + b" "), ([SECRET], b"")):
        with pytest.raises(WrongSignature):
            verify(secrets, headers, body, NOW)


def test_a_part_of_the_body_can_not_become_part_of_the_id_or_time() -> None:
    headers = headers_of([SECRET], "e-1", NOW, b"7.8")
    with pytest.raises(WrongSignature):
        verify([SECRET], {**headers, ID: f"e-1.{headers[TIMESTAMP]}", TIMESTAMP: "7"}, b"8", 7_000)


def test_five_minutes_either_way() -> None:
    headers = headers_of([SECRET], "e-1", NOW, BODY)
    sent = NOW // 1000 * 1000
    for away in (-TOLERANCE, TOLERANCE):
        verify([SECRET], headers, BODY, sent + away * 1000)
        with pytest.raises(WrongSignature, match="300 секунд"):
            verify([SECRET], headers, BODY, sent + (away + (1 if away > 0 else -1)) * 1000)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "A" * 8, "whsec_" + "A" * 200, "щука"]
)
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(ValueError, match="whsec_") as caught:
        secret_of(text)
    assert not text.removeprefix("whsec_") or text not in str(caught.value)


@given(key=st.binary(min_size=24, max_size=64), body=st.binary(max_size=200), event=st.text("abc-_9", min_size=1, max_size=20))
def test_what_is_signed_is_verified(key: bytes, body: bytes, event: str) -> None:
    assert secret_of(f" whsec_{b64encode(key).decode()}\n") == key
    assert verify([key], headers_of([key], event, NOW, body), body, NOW)[0] == event


@given(headers=st.dictionaries(st.sampled_from([ID, TIMESTAMP, SIGNATURE]), st.text(max_size=40)), body=st.binary(max_size=20))
def test_nothing_else_is_raised(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(WrongSignature):
        verify([SECRET], headers, body, NOW)
