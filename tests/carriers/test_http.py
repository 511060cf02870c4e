"""The one way to call: deadline, size, Retry-After, and what is sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, recording, retry_after, send
from tests.carriers.playing import a_client, answering, reply

NOW = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


async def test_what_is_sent_and_what_comes_back() -> None:
    async with answering(reply(418, "tea", retry_after="3")) as server, a_client() as client:
        call = Call(f"{server.url}/a", headers={"X-Key": "k"}, params={"q": "a&b"}, data={"f": "1"}, auth=("me", "pw"))
        got = await send(call, client)
    assert (got.status, got.body, got.retry_after) == (418, b"tea", 3.0)
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query, asked.body) == ("POST", "/a", {"q": ["a&b"]}, "f=1")
    assert asked.headers["x-key"] == "k"
    assert asked.headers["authorization"] == "Basic bWU6cHc="


async def test_a_whole_body_is_posted_as_it_is() -> None:
    async with answering(reply(200, "[]")) as server, a_client() as client:
        await send(Call(server.url, headers={"Content-Type": "text/xml"}, content="<a>é</a>".encode()), client)
    (asked,) = server.asked
    assert (asked.method, asked.body, asked.headers["content-type"]) == ("POST", "<a>é</a>", "text/xml")


async def test_replies_are_recorded_but_for_tokens() -> None:
    async with answering(reply(200, "[]")) as server, a_client() as client:
        with recording() as replies:
            await send(Call(server.url), client)
            await send(Call(server.url, data={"grant_type": "client_credentials"}), client)
            await send(Call(server.url, content=b"<login/>", private=True), client)
        await send(Call(server.url), client)
    assert [(got.status, got.body) for got in replies] == [(200, b"[]")]


async def test_deadline() -> None:
    async with answering(None) as server, a_client() as client:
        with pytest.raises(CarrierError, match=r"within 0\.05 seconds") as failure:
            await send(Call(server.url), client, deadline=0.05)
    assert failure.value.kind is ErrorKind.SERVER
    assert failure.value.retryable


async def test_too_large() -> None:
    async with answering(reply(200, b"x" * 5000)) as server, a_client() as client:
        with pytest.raises(CarrierError, match="larger than 4096 bytes"):
            await send(Call(server.url), client, largest=4096)


async def test_redirects_are_not_followed() -> None:
    async with answering(reply(302, "", location="/elsewhere")) as server, a_client() as client:
        got = await send(Call(server.url), client)
    assert got.status == 302
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999", 86400.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("Sun, 29 Mar 2026 01:02:30 GMT", 150.0),
        ("Sun, 29 Mar 2026 00:00:00 GMT", 0.0),
        ("Sun, 29 Mar 2026 03:01:00 +0200", 60.0),
        ("Sun, 99 Mar 2026 03:01:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_credentials_stay_out_of_sight() -> None:
    call = Call("https://x.test", headers={"X-Key": "hush"}, params={"password": "hush"}, auth=("me", "hush"))
    assert "hush" not in repr(call)
