"""Calling a shop: what goes out, what comes back, and how it goes wrong."""

from __future__ import annotations

import pytest

from portal.platforms.asking import Call, Reply, json_of, send, succeeded
from portal.platforms.live import ShopError
from tests.carriers.playing import a_client, answering, half, reply


async def test_a_call_goes_out_as_it_is_described() -> None:
    async with answering(reply(201, {"ok": True}, X_Total="3")) as shop, a_client() as client:
        call = Call(
            "PUT", f"{shop.url}/a", (("since", "2026-10-01T09:00:00+02:00"),), {"x-mine": "1"}, b"{}", ("k", "s")
        )
        answer = await send(call, client)
    (asked,) = shop.asked
    assert (asked.method, asked.path, asked.body) == ("PUT", "/a", "{}")
    assert asked.query == {"since": ["2026-10-01T09:00:00+02:00"]}
    assert asked.headers["x-mine"] == "1"
    assert asked.headers["authorization"] == "Basic azpz"
    assert (answer.status, answer.headers["x-total"], json_of(answer)) == (201, "3", {"ok": True})


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "credentials"), (403, "scope"), (429, "throttled"), (302, "answer"), (400, "answer"), (500, "unreachable")],
)
def test_a_status_says_what_is_wrong(status: int, kind: str) -> None:
    with pytest.raises(ShopError) as wrong:
        succeeded(Reply(status, {"retry-after": "7"}, b""))
    assert wrong.value.kind == kind
    assert wrong.value.retry_after == (7 if status in (429, 500) else None)


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"a": 1} {"b": 2}', b"\xff\xfe", b"[" * 5000])
def test_what_is_not_one_json_value_is_no_answer(body: bytes) -> None:
    with pytest.raises(ShopError, match="could not be read"):
        json_of(Reply(200, {}, body))


async def test_silence_and_half_answers_are_unreachable() -> None:
    for content in (None, half('{"id": 1}')):
        async with answering(content) as shop, a_client() as client:
            with pytest.raises(ShopError) as wrong:
                await send(Call("GET", f"{shop.url}/secret-id"), client, deadline=0.3)
        assert wrong.value.kind == "unreachable"
        assert "secret-id" not in wrong.value.message


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    async with answering(reply(200, "x" * 2000)) as shop, a_client() as client:
        with pytest.raises(ShopError, match="larger"):
            await send(Call("GET", shop.url), client, largest=1000)


async def test_nobody_is_followed_elsewhere() -> None:
    async with answering(reply(302, "", location="http://127.0.0.1:9/")) as shop, a_client() as client:
        assert (await send(Call("GET", shop.url), client)).status == 302
    assert len(shop.asked) == 1


async def test_a_credential_that_no_header_holds_is_the_credentials_fault() -> None:
    async with answering(reply(200, {})) as shop, a_client() as client:
        with pytest.raises(ShopError) as wrong:
            await send(Call("GET", shop.url, headers={"x-token": "clé\u2028"}), client)
    assert wrong.value.kind == "credentials"
