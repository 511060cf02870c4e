"""The one door out."""

from __future__ import annotations

import pytest

from portal.kit.egress import Clients


async def test_each_counterparty_has_one_client_of_its_own() -> None:
    clients = Clients("Jalon/1")
    ups, again, dhl = clients.get("ups"), clients.get("ups"), clients.get("dhl")
    assert ups is again
    assert ups is not dhl
    assert ups.headers["user-agent"] == "Jalon/1"
    await clients.close()
    assert ups.is_closed
    assert dhl.is_closed
    assert clients.get("ups") is not ups
    await clients.close()


async def test_nothing_is_taken_from_the_environment_and_nobody_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    clients = Clients("Jalon/1")
    client = clients.get("ups")
    assert (client.trust_env, client.follow_redirects) == (False, False)
    assert client.timeout.read is not None
    assert client.timeout.read <= 15
    await clients.close()
