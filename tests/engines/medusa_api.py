"""Medusa's API as its own back office and its shop's pages use it, for the tests."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.engines.medusa_start import PASSWORD, USER

Json = dict[str, Any]


class Api:
    """Requests with one way of saying who is asking."""

    def __init__(self, url: str, **headers: str) -> None:
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=60)

    def ask(self, method: str, path: str, body: Json | None = None, **query: Any) -> Json:
        """The answer; fails with Medusa's own words when it is an error."""
        answer = self._client.request(method, path, json=body, params=query)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        found: Json = answer.json()
        return found

    def get(self, path: str, **query: Any) -> Json:
        """Read."""
        return self.ask("GET", path, **query)

    def post(self, path: str, body: Json | None = None, **query: Any) -> Json:
        """Write."""
        return self.ask("POST", path, body or {}, **query)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def signed_in(url: str) -> Api:
    """The API as the shop's first user."""
    with httpx2.Client(base_url=url, timeout=60) as client:
        answer = client.post("/auth/user/emailpass", json={"email": USER, "password": PASSWORD})
    return Api(url, authorization=f"Bearer {answer.json()['token']}")
