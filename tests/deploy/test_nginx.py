"""The shipped proxy settings, run: what they let through, hide, limit and close."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
import pytest

from tests.deploy.proxy import NAME, Proxy, Upstream, run_nginx, run_upstream, trusting

pytestmark = pytest.mark.slow


@asynccontextmanager
async def _front(**changes: str) -> AsyncIterator[tuple[Upstream, Proxy, httpx2.AsyncClient]]:
    async with run_upstream() as upstream:
        with run_nginx(upstream.port, **changes) as proxy:
            async with httpx2.AsyncClient(http2=True, verify=trusting(), trust_env=False) as client:
                yield upstream, proxy, client


def _request(client: httpx2.AsyncClient, proxy: Proxy, path: str, **headers: str) -> httpx2.Request:
    names = {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
    address = f"https://127.0.0.1:{proxy.https}{path}"
    return client.build_request("GET", address, headers=names, extensions={"sni_hostname": NAME})


async def test_pages_come_by_http_2_and_a_visitors_claims_are_replaced() -> None:
    async with _front() as (_, proxy, client):
        claims = {
            "X_Forwarded_For": "8.8.8.8",
            "X_Forwarded_Host": "evil.example",
            "X_Original_URL": "/admin",
            "Forwarded": "for=8.8.8.8",
        }
        answer = await client.send(_request(client, proxy, "/o/secret", **claims))
        seen = dict(line.split(": ", 1) for line in answer.text.strip().split("\r\n")[1:])
        assert answer.http_version == "HTTP/2"
        assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["Host"]) == ("127.0.0.1", "https", NAME)
        assert "8.8.8.8" not in answer.text
        assert "evil" not in answer.text
        assert "/admin" not in answer.text


async def test_an_event_goes_through_while_the_next_is_still_to_come() -> None:
    async with _front() as (upstream, proxy, client):
        answer = await client.send(_request(client, proxy, "/o/secret/events"), stream=True)
        pieces = answer.aiter_text()
        assert await anext(pieces) == "id: 1\n\n"
        assert not upstream.go.is_set()
        upstream.go.set()
        assert await anext(pieces) == "id: 2\n\n"
        await answer.aclose()


async def test_one_address_holds_twenty_streams_and_still_sees_pages() -> None:
    async with _front() as (_, proxy, client), AsyncExitStack() as held:
        for _number in range(20):
            answer = await client.send(_request(client, proxy, "/o/secret/events"), stream=True)
            held.push_async_callback(answer.aclose)
            assert answer.status_code == 200
        assert (await client.send(_request(client, proxy, "/o/secret/events"))).status_code == 429
        assert (await client.send(_request(client, proxy, "/o/secret"))).status_code == 200


@pytest.mark.parametrize("unfinished", [b"", b"GET / HTTP/1.1\r\nHost: track.example.com\r\nX-Slow: 1\r\n"])
async def test_a_socket_with_unfinished_headers_is_closed(unfinished: bytes) -> None:
    async with _front(client_header_timeout="1s") as (_, proxy, _client):
        where = ("127.0.0.1", proxy.https)
        reader, writer = await asyncio.open_connection(*where, ssl=trusting(), server_hostname=NAME)
        writer.write(unfinished)
        assert await asyncio.wait_for(_answer_until_closed(reader), 30) == b""
        writer.close()


async def test_what_is_for_the_machines_is_not_for_the_world() -> None:
    async with _front() as (_, proxy, client):
        hidden = [
            (await client.send(_request(client, proxy, path))).status_code for path in ("/metrics", "/healthz/ready")
        ]
        assert hidden == [404, 404]


async def test_plain_http_leads_to_https_by_our_own_name_alone() -> None:
    async with _front() as (_, proxy, client):
        answer = await client.get(f"http://127.0.0.1:{proxy.http}/o/x?y=1", headers={"Host": "evil.example"})
        assert (answer.status_code, answer.headers["location"]) == (308, f"https://{NAME}/o/x?y=1")
        assert (await client.get(f"http://127.0.0.1:{proxy.http}/healthz/proxy")).status_code == 204


async def test_another_name_gets_no_certificate() -> None:
    async with _front() as (_, proxy, _client):
        with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
            await asyncio.open_connection("127.0.0.1", proxy.https, ssl=trusting(), server_hostname="evil.example")


async def test_the_log_keeps_no_secret_address() -> None:
    async with _front() as (_, proxy, client):
        await client.send(_request(client, proxy, "/o/s3cret?code=s3cret", Referer="https://shop.example/s3cret"))
        await client.send(_request(client, proxy, "/help"))
        assert "GET /o/... HTTP/2.0 200" in proxy.log
        assert "GET /help HTTP/2.0 200" in proxy.log
        assert "s3cret" not in proxy.log


async def _answer_until_closed(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
