"""A Teashop that costs as little as it can: it has every order that it is asked for, and lists none."""

from __future__ import annotations

import argparse
import asyncio
import json

import uvloop

_EMPTY = json.dumps({"orders": [], "next": None, "deleted": [], "total": 0}).encode()


def order(order_id: str) -> bytes:
    """One order, as Teashop tells it."""
    at = "2026-11-20T10:00:00+00:00"
    told = {"id": order_id, "rev": 1, "placed": at, "changed": at, "status": "open", "customer": "c", "total": 1800}
    items = [{"id": "a", "name": "Assam", "qty": 2}]
    return json.dumps({**told, "email": f"{order_id}@mail.example", "items": items, "parcels": [], "note": ""}).encode()


class _Answers(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1].decode().partition("?")[0]
        body = _EMPTY if path == "/orders" else order(path.rsplit("/", 1)[-1])
        start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self._transport.write(start + body)  # type: ignore[attr-defined]  # a stream's transport


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Answers, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(_serve(parser.parse_args().port))
