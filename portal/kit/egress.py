"""The one door out: HTTP clients, one for each counterparty.

A slow counterparty holds nobody else's connections. The environment's proxies are not trusted, and nobody is
followed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    import httpx2

CONNECTIONS = 6
TIMEOUT_S = 15.0


async def deliver(
    client: httpx2.AsyncClient, url: str, content: bytes, headers: Mapping[str, str], timeout_s: float
) -> str | None:
    """POST some bytes; why they did not arrive, as a word without any part of the address, or None. Never raises for
    what the network or the receiver does."""
    import httpx2

    try:
        answer = await client.post(url, content=content, headers=dict(headers), timeout=timeout_s)
    except (httpx2.HTTPError, httpx2.InvalidURL) as failure:
        return type(failure).__name__
    return None if answer.is_success else f"http_{answer.status_code}"


class Clients:
    """One client per name, made when first asked for, with so many connections."""

    def __init__(self, user_agent: str, connections: int = CONNECTIONS) -> None:
        self._user_agent, self._connections = user_agent, connections
        self._clients: dict[str, httpx2.AsyncClient] = {}

    def get(self, name: str) -> httpx2.AsyncClient:
        """The client kept for this counterparty."""
        if name not in self._clients:
            self._clients[name] = self._open()
        return self._clients[name]

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _open(self) -> httpx2.AsyncClient:
        import httpx2

        from portal.kit.transport import Transport

        return httpx2.AsyncClient(
            transport=Transport(_trust(), self._connections),
            trust_env=False,
            timeout=TIMEOUT_S,
            follow_redirects=False,
            headers={"user-agent": self._user_agent},
        )


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes longer than a hundred calls: once for all clients."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)
