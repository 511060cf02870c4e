"""What every adapter owes its callers, whichever carrier is behind it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import carriers
from carriers.core.auth import TokenCache
from carriers.core.contract import Carrier, Proves, Pushes
from tests.carriers.playing import Answering, Asked, a_client, answering, half, reply
from tests.carriers.samples import samples

SLUGS = [carrier.manifest.slug for carrier in carriers.all()]
NUMBERS = ["1Z12345E0205271", "6A9876543210", "PVF00000000000"]
KINDS = carriers.ErrorKind

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def requests(count: int) -> list[carriers.TrackRequest]:
    return [carriers.TrackRequest(number) for number in NUMBERS[:count]]


def account(carrier: Carrier, api: str) -> carriers.Account:
    return carriers.Account(carrier.manifest.slug, {c.name: "secret" for c in carrier.manifest.credentials}, api)


def with_tokens(content: bytes | None) -> Answering:
    """A server with always the same answer, and an endpoint for tokens that always works."""

    def either(asked: Asked) -> bytes | None:
        token = {"access_token": "t", "expires_in": "14399"}
        return reply(200, token) if asked.path.endswith("/token") else content

    return either


async def tracked(carrier: Carrier, content: bytes | None, count: int, patience: float = 5.0) -> list[carriers.Answer]:
    async with answering(with_tokens(content)) as server, a_client(patience) as client:
        return await carrier.track(requests(count), account(carrier, server.url), client, TokenCache())


# --- manifests ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_manifest_is_complete(slug: str) -> None:
    manifest = carriers.get(slug).manifest
    assert manifest.slug == slug
    assert manifest.label
    assert manifest.batch_size >= 1
    assert manifest.api.startswith("https://") or slug == "demo"
    assert not manifest.api.endswith("/")
    assert manifest.tracking_page is None or manifest.tracking_page.count("{number}") == 1
    assert manifest.docs is not None or slug == "demo"
    assert all(c.help and c.name == c.name.lower() and c.name != "api" for c in manifest.credentials)


def test_no_two_carriers_answer_to_one_name() -> None:
    names = [
        (n, c.manifest.slug) for c in carriers.all() for n in (c.manifest.slug, c.manifest.label, *c.manifest.names)
    ]
    wrong = [name for name, slug in names if (meant := carriers.named(name)) is None or meant.manifest.slug != slug]
    assert wrong == []


# --- reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
@given(body=st.binary(max_size=200) | JUNK.map(lambda data: json.dumps(data).encode()), status=st.integers(100, 599))
def test_junk_is_an_answer_too(slug: str, body: bytes, status: int) -> None:
    answers = carriers.get(slug).parse(body, http_status=status, asked=["A", "B"])
    assert [answer.number for answer in answers] == ["A", "B"]
    assert not any(isinstance(answer, carriers.Found) for answer in answers)


@pytest.mark.parametrize("slug", sorted({sample.carrier for sample in samples()}))
@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_answer_never_raises(slug: str, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(samples(slug)))
    body = damaged_body(sample.body, data)
    carrier = carriers.get(slug)
    answers = carrier.parse_push(body) if sample.push and isinstance(carrier, Pushes) else carrier.parse(body)
    assert answers
    found = [answer.report for answer in answers if isinstance(answer, carriers.Found)]
    assert all(checkpoint.text is None or checkpoint.text.isprintable() for r in found for checkpoint in r.checkpoints)


def damaged_body(body: bytes, data: st.DataObject) -> bytes:
    if body.lstrip().startswith(b"<"):
        return damaged_xml(body.decode(), data).encode()
    return json.dumps(damaged(json.loads(body), data)).encode()


def damaged_xml(body: str, data: st.DataObject) -> str:
    """The document with one text, attribute or whole leaf replaced by something else or taken away."""
    leaf = r"<([\w:-]+)[^<>]*>[^<]*</\1>|<[\w:-][^<>]*/>"
    places = list(re.finditer(rf"{leaf}|(?<=>)[^<>]+(?=<)|(?<==\")[^\"]*(?=\")", body))
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.text(st.characters(exclude_characters='<>&"', exclude_categories=["C"]), max_size=8))
    return body[: place.start()] + other + body[place.end() :]


def damaged(value: Any, data: st.DataObject) -> Any:
    """The value with one thing in it, wherever it lies, replaced by something else or taken away."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value)))
        if data.draw(st.integers(0, 9)) == 0:
            return {name: part for name, part in value.items() if name != key}
        return value | {key: damaged(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 5)):
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], damaged(value[index], data), *value[index + 1 :]]
    return data.draw(JUNK)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html>Sorry</html>", 200, KINDS.SERVER),
        (b"<html>Sorry</html>", 503, KINDS.SERVER),
        (b"", 200, KINDS.SERVER),
        (b'{"half": ', 200, KINDS.SERVER),
        (b"[" * 100_000, 200, KINDS.SERVER),
        (b'{"a":' * 60 + b"1" + b"}" * 60, 200, KINDS.SERVER),
        (b"nope", 401, KINDS.AUTH),
        (b"nope", 429, KINDS.RATE_LIMITED),
    ],
    ids=["html", "html-503", "empty", "half", "open-brackets", "deep", "401", "429"],
)
def test_bodies_that_are_no_answer(slug: str, body: bytes, status: int, kind: carriers.ErrorKind) -> None:
    (answer,) = carriers.get(slug).parse(body, http_status=status, asked=["A"])
    assert isinstance(answer, carriers.Failed)
    assert (answer.error.kind, answer.error.http_status) == (kind, status)


@pytest.mark.parametrize("slug", SLUGS)
@given(body=st.binary(max_size=100) | JUNK.map(lambda data: json.dumps(data).encode()))
def test_junk_in_pushes_and_proofs(slug: str, body: bytes) -> None:
    carrier = carriers.get(slug)
    if isinstance(carrier, Pushes):
        assert not any(isinstance(answer, carriers.Found) for answer in carrier.parse_push(body))
    if isinstance(carrier, Proves):
        assert proven(carrier, body) in ((), KINDS.SERVER)


def proven(carrier: Proves, body: bytes) -> object:
    try:
        return carrier.parse_proof(body)
    except carriers.CarrierError as error:
        return error.kind


# --- asking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("content", "kind", "retryable"),
    [
        (reply(200, "<html>Maintenance</html>"), KINDS.SERVER, True),
        (reply(500, {"no": "idea"}), KINDS.SERVER, True),
        (reply(429, "slow", retry_after="7"), KINDS.RATE_LIMITED, True),
        (reply(401, "who?"), KINDS.AUTH, False),
        (reply(301, "", location="http://127.0.0.1:1/"), KINDS.SERVER, True),
        (half('{"trackResponse": {"shipment": []}}'), KINDS.SERVER, True),
        (b"", KINDS.SERVER, True),
        (b"not HTTP at all\r\n\r\n", KINDS.SERVER, True),
    ],
    ids=["html", "500", "429", "401", "redirect", "half", "hung-up", "no-http"],
)
async def test_a_failing_carrier(slug: str, content: bytes, kind: carriers.ErrorKind, retryable: bool) -> None:
    carrier = carriers.get(slug)
    count = min(carrier.manifest.batch_size, len(NUMBERS))
    answers = await tracked(carrier, content, count)
    assert [answer.number for answer in answers] == NUMBERS[:count]
    errors = [answer.error for answer in answers if isinstance(answer, carriers.Failed)]
    assert {(error.kind, error.retryable) for error in errors} == {(kind, retryable)}
    assert len(errors) == count
    assert {error.retry_after for error in errors} == {7.0 if kind is KINDS.RATE_LIMITED else None}


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_carrier_that_never_answers(slug: str) -> None:
    answers = await tracked(carriers.get(slug), None, 1, patience=0.05)
    assert [type(answer) for answer in answers] == [carriers.Failed]


@pytest.mark.parametrize("slug", SLUGS)
async def test_nobody_listens(slug: str) -> None:
    carrier = carriers.get(slug)
    async with a_client() as client:
        answers = await carrier.track(requests(1), account(carrier, "http://127.0.0.1:9"), client, TokenCache())
    (answer,) = answers
    assert isinstance(answer, carriers.Failed)
    assert answer.error.kind is KINDS.SERVER
    assert NUMBERS[0] not in answer.error.message


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_key_that_cannot_be_sent(slug: str) -> None:
    carrier = carriers.get(slug)
    bad = carriers.Account(slug, {c.name: "clé\nX: y" for c in carrier.manifest.credentials}, "http://127.0.0.1:9")
    async with a_client() as client:
        answers = await carrier.track(requests(1), bad, client, TokenCache())
    assert [type(answer) for answer in answers] == [carriers.Failed]


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_hostile_number_stays_a_number(slug: str) -> None:
    carrier, number = carriers.get(slug), "../../x?y=1&z#"
    async with answering(with_tokens(reply(404, {}))) as server, a_client() as client:
        request = carriers.TrackRequest(number)
        answers = await carrier.track([request], account(carrier, server.url), client, TokenCache())
    assert [answer.number for answer in answers] == [number]
    assert not any("z" in asked.query or "y" in asked.query for asked in server.asked)
