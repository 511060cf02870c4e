"""The one door out: HTTP clients with a small pool each, for one counterparty each.

Small pools are faster than big ones (the pool is walked at every request), and a slow counterparty then
holds nobody else's connections. Where many calls are made side by side, several small pools share them. The
environment's proxies are not trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    import httpx2

CONNECTIONS = 6
TIMEOUT_S = 15.0


class Clients:
    """One client per name, made when first asked for."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._clients: dict[str, httpx2.AsyncClient] = {}
        self._trust: ssl.SSLContext | None = None

    def get(self, name: str, slot: int = 0) -> httpx2.AsyncClient:
        """The client kept for this counterparty. Calls made side by side are numbered by `slot`: as many share a
        client as it has connections."""
        group = slot // CONNECTIONS
        key = f"{name} {group}" if group else name
        if key not in self._clients:
            self._clients[key] = self._open()
        return self._clients[key]

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _open(self) -> httpx2.AsyncClient:
        import httpx2

        if self._trust is None:  # reading the certificates takes longer than a hundred calls: once for all clients
            self._trust = httpx2.create_ssl_context(trust_env=False)
        return httpx2.AsyncClient(
            verify=self._trust,
            trust_env=False,
            timeout=TIMEOUT_S,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            headers={"user-agent": self._user_agent},
        )
