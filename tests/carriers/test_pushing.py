"""Pushes: which ones are the carrier's own, and what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import carriers
from carriers import Account, Milestone
from carriers.core import pushing
from carriers.core.contract import Genuine, SignedPushes
from carriers.demo import signature
from tests.support.pushes import SECRET, SIGN, SIGNED, STAMPED, pushed

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NUMBER = "1Z12345E0205271688"
OTHER = "another invented secret, and longer"


def adapter(slug: str) -> SignedPushes:
    carrier = carriers.get(slug)
    assert isinstance(carrier, SignedPushes)
    return carrier


def account(slug: str, **credentials: str) -> Account:
    """An account with this secret, wherever the carrier's manifest keeps it."""
    name = "token" if slug == "seventeentrack" else pushing.SECRET
    return Account(slug, credentials or {name: SECRET})


def verdict(slug: str, body: bytes, headers: dict[str, str], of: Account | None = None, now: datetime = NOW) -> Any:
    return adapter(slug).verify_push(headers, body, of or account(slug), now)


def test_who_pushes_is_who_says_so() -> None:
    able = {c.manifest.slug for c in carriers.all() if isinstance(c, SignedPushes)}
    assert able == {c.manifest.slug for c in carriers.all() if c.manifest.push is not None} == SIGN.keys()


@pytest.mark.parametrize("slug", SIGN)
def test_a_genuine_push_is_known_and_read(slug: str) -> None:
    body = pushed(slug, NUMBER, NOW)
    assert verdict(slug, body, SIGN[slug](body, SECRET, NOW))
    (answer,) = adapter(slug).parse_push(body)
    assert isinstance(answer, carriers.Found)
    (checkpoint,) = answer.report.checkpoints
    assert (answer.number, checkpoint.milestone) == (NUMBER, Milestone.OUT_FOR_DELIVERY)
    assert checkpoint.at is not None
    assert checkpoint.at.sort_key == NOW.replace(tzinfo=None)


@pytest.mark.parametrize("slug", SIGN)
def test_the_same_push_has_the_same_name_and_another_one_another(slug: str) -> None:
    bodies = [pushed(slug, NUMBER, NOW), pushed(slug, NUMBER, NOW), pushed(slug, NUMBER, NOW, "e2")]
    first, again, other = [verdict(slug, body, SIGN[slug](body, SECRET, NOW)) for body in bodies]
    assert first == again
    assert other is not None
    assert first != other


@pytest.mark.parametrize("slug", SIGN)
def test_without_proof_it_is_anybodys(slug: str) -> None:
    body = pushed(slug, NUMBER, NOW)
    right, wrong = SIGN[slug](body, SECRET, NOW), SIGN[slug](body, OTHER, NOW)
    shortened = {name: value[:-1] for name, value in right.items()}
    for headers in ({}, wrong, shortened, dict.fromkeys(right, ""), dict.fromkeys(right, "é\x00" * 40)):
        assert verdict(slug, body, headers) is None
    assert verdict(slug, body, right, Account(slug, {"api_key": SECRET, "client_secret": SECRET})) is None
    assert verdict(slug, body, right, Account(slug, {})) is None


@pytest.mark.parametrize("slug", SIGNED)
@given(data=st.data())
def test_one_altered_byte_of_what_is_signed(slug: str, data: st.DataObject) -> None:
    body = pushed(slug, NUMBER, NOW)
    headers = SIGN[slug](body, SECRET, NOW)
    begin, end = signed_part(slug, body)
    place = data.draw(st.integers(begin, end - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[place]))
    assert verdict(slug, body[:place] + bytes([other]) + body[place + 1 :], headers) is None


def signed_part(slug: str, body: bytes) -> tuple[int, int]:
    """Where it is signed: USPS signs two texts in an envelope, and nothing else of it is read."""
    if slug != "usps":
        return 0, len(body)
    begin = body.index(b'"payload": "') + len(b'"payload": "')
    return begin, body.rindex(b'"')


def test_what_lies_around_what_usps_signs_makes_no_new_push_of_an_old_one() -> None:
    body = pushed("usps", NUMBER, NOW)
    headers = SIGN["usps"](body, SECRET, NOW)
    around = body.replace(b'"subscriptionId": "s"', b'"subscriptionId": "x"')
    assert around != body
    assert verdict("usps", around, headers) == verdict("usps", body, headers)


@pytest.mark.parametrize("slug", [slug for slug in SIGNED if slug != "usps"])
def test_the_same_json_written_again_is_not_what_was_signed(slug: str) -> None:
    body = pushed(slug, NUMBER, NOW)
    headers = SIGN[slug](body, SECRET, NOW)
    again = json.dumps(json.loads(body), separators=(",", ":")).encode()
    assert verdict(slug, again, headers) is None


@pytest.mark.parametrize("slug", SIGN)
def test_while_a_secret_is_changed_both_hold_and_afterwards_the_new_one(slug: str) -> None:
    body = pushed(slug, NUMBER, NOW)
    name = "token" if slug == "seventeentrack" else pushing.SECRET
    both, new = account(slug, **{name: OTHER, pushing.OLD_SECRET: SECRET}), account(slug, **{name: OTHER})
    old_signed, new_signed = SIGN[slug](body, SECRET, NOW), SIGN[slug](body, OTHER, NOW)
    assert [bool(verdict(slug, body, headers, both)) for headers in (old_signed, new_signed)] == [True, True]
    assert [bool(verdict(slug, body, headers, new)) for headers in (old_signed, new_signed)] == [False, True]


@pytest.mark.parametrize("slug", STAMPED)
def test_a_stamp_is_held_to_its_time(slug: str) -> None:
    past = timedelta(minutes=5) if STAMPED[slug] == "of sending" else timedelta(hours=72)
    second = timedelta(seconds=1)
    moments = {
        NOW - past + second: True,
        NOW - past - second: False,
        NOW + timedelta(minutes=5) - second: True,
        NOW + timedelta(minutes=5) + second: False,
    }
    for at, good in moments.items():
        body = pushed(slug, NUMBER, at)
        assert bool(verdict(slug, body, SIGN[slug](body, SECRET, at))) is good, at


def test_a_stamp_that_cannot_be_read_is_refused() -> None:
    for stamp in ("1e9", True, -1, None, 10**30):
        body = json.dumps({"event_id": "e", "ts": stamp, "msg": {}}).encode()
        assert verdict("aftership", body, SIGN["aftership"](body, SECRET, NOW)) is None
    body = json.dumps({"timestamp": "yesterday", "payload": "{}"}).encode()
    assert verdict("usps", body, SIGN["usps"](body, SECRET, NOW)) is None


@pytest.mark.parametrize("slug", SIGN)
@given(body=st.binary(max_size=60), names=st.lists(st.text(max_size=60), min_size=3, max_size=3))
def test_junk_is_refused_and_never_raises(slug: str, body: bytes, names: list[str]) -> None:
    known = [
        "aftership-hmac-sha256",
        "x-hmac-signature",
        "fdx-signature",
        "sign",
        "authorization",
        "credential",
        "x-hmac",
    ]
    junk = dict.fromkeys([*known, "pigeon-signature"], names[0]) | {names[1]: names[2]}
    assert verdict(slug, body, junk) is None


def test_pigeon_vole_signs_what_its_adapter_takes() -> None:
    body = pushed("demo", NUMBER, NOW)
    headers = {"pigeon-signature": signature(body, SECRET, NOW)}
    assert headers == SIGN["demo"](body, SECRET, NOW)
    assert verdict("demo", body, headers)


def test_an_event_without_an_id_is_named_by_its_bytes() -> None:
    body = b'{"msg": {"tracking_number": "X", "tag": "Delivered"}}'
    found = verdict("aftership", body, SIGN["aftership"](body, SECRET, NOW))
    assert found == Genuine(pushing.digest(body))


def test_secrets_that_guard_nothing_are_named() -> None:
    manifest = carriers.get("ups").manifest
    assert pushing.too_short(manifest, account("ups", push_secret="short")) == ("push_secret",)
    assert pushing.too_short(manifest, account("ups")) == ()
