"""Calls to a shop's platform: what comes back, and what a failure says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx2
import pytest

from portal.kit.clock import ManualClock
from portal.kit.egress import Clients
from portal.platforms import calling
from portal.platforms.calling import call
from portal.platforms.live import Kind, ShopError
from portal.platforms.marks import mark_in, mark_of
from tests.machine.postgres import free_port
from tests.support.teashop import TOKEN, Fault, TeashopServer, playing_teashop

HEADERS = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server() -> Iterator[TeashopServer]:
    """A counterparty."""
    with playing_teashop(ManualClock(datetime(2026, 11, 20, tzinfo=UTC))) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client as shops are given one."""
    clients = Clients("Jalon tests")
    yield clients.get("shop")
    await clients.close()


async def test_a_whole_answer_comes_back(server: TeashopServer, client: httpx2.AsyncClient) -> None:
    reply = await call(client, "PUT", f"{server.url}/hooks", headers=HEADERS, json={"to": "https://x.example"})
    assert (reply.status, reply.json()) == (200, ["https://x.example"])
    assert reply.headers["content-type"] == "application/json"
    missing = await call(client, "GET", f"{server.url}/orders/9", headers=HEADERS)
    assert missing.status == 404


REFUSALS: list[tuple[Fault, Kind, float | None]] = [
    (Fault(401), "credentials", None),
    (Fault(403), "scope", None),
    (Fault(429, {"Retry-After": "7"}), "throttled", 7.0),
    (Fault(503, {"Retry-After": "30"}), "unreachable", 30.0),
    (Fault(500), "unreachable", None),
    (Fault(hang=True), "unreachable", None),
]


@pytest.mark.parametrize(("fault", "kind", "wait"), REFUSALS)
async def test_a_failure_says_what_to_do(
    server: TeashopServer, client: httpx2.AsyncClient, fault: Fault, kind: Kind, wait: float | None
) -> None:
    server.faults.append(fault)
    with pytest.raises(ShopError) as failed:
        await call(client, "GET", f"{server.url}/orders/secret-id", headers=HEADERS, deadline=0.3)
    assert (failed.value.kind, failed.value.retry_after) == (kind, wait)
    assert "secret-id" not in failed.value.message


async def test_nobody_there(client: httpx2.AsyncClient) -> None:
    with pytest.raises(ShopError) as failed:
        await call(client, "GET", f"http://127.0.0.1:{free_port()}/orders/secret-id")
    assert failed.value.kind == "unreachable"
    assert "secret-id" not in failed.value.message


async def test_a_credential_that_cannot_be_sent(client: httpx2.AsyncClient) -> None:
    with pytest.raises(ShopError) as failed:
        await call(client, "GET", "http://127.0.0.1:9/", headers={"x-token": "täst\udc80"})
    assert failed.value.kind == "credentials"


@pytest.mark.parametrize("body", [b"<html>", b"\xff", b'{"a": 1} {"b": 2}', b'{"a": 1, "a": 2}', b"", b"NaN"])
async def test_what_is_no_json_is_said(server: TeashopServer, client: httpx2.AsyncClient, body: bytes) -> None:
    server.faults.append(Fault(200, body=body))
    reply = await call(client, "GET", server.url, headers=HEADERS)
    with pytest.raises(ShopError) as failed:
        reply.json()
    assert failed.value.kind == "answer"


async def test_an_endless_answer_is_cut_off(
    server: TeashopServer, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "LARGEST", 1000)
    server.faults.append(Fault(200, body=b" " * 1001))
    with pytest.raises(ShopError, match="more than 1000 bytes"):
        await call(client, "GET", server.url, headers=HEADERS)


async def test_nobody_is_followed_elsewhere(server: TeashopServer, client: httpx2.AsyncClient) -> None:
    server.faults.append(Fault(302, {"Location": f"{server.url}/me"}))
    assert (await call(client, "GET", server.url, headers=HEADERS)).status == 302
    assert server.count("/me") == 0


def test_a_mark_is_the_same_for_the_same_and_found_in_a_text() -> None:
    mark = mark_of("teashop", "1", "2")
    assert mark == mark_of("teashop", "1", "2") != mark_of("teashop", "12", "")
    assert mark_in(f"On the van ({mark})") == mark
    assert mark_in("jalon-12") is None
    assert mark_in(None) is None
