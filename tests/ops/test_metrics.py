"""What Prometheus reads, and who else may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from carriers import Account
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.errors import BadSetting
from portal.kit.live import Hub
from portal.ops.metrics import Metrics, allowed
from portal.settings import Settings, load
from portal.tracking.poller import Poller
from tests.support.context import NOW, settings_on
from tests.support.parcels import facts, registered

TOKEN = "invented-token-of-a-test"


def request(address: str = "203.0.113.9", **headers: str) -> Request:
    """A request from there."""
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": named, "client": (address, 5)})


def settings(**more: str) -> Settings:
    """Settings with these."""
    return settings_on("sqlite:////invented.db", **more)


WHO = [
    ({}, request("127.0.0.1"), False),
    ({}, request(authorization="Bearer "), False),
    ({"metrics_token": TOKEN}, request("127.0.0.1"), False),
    ({"metrics_token": TOKEN}, request(authorization="Bearer another-token-of-a-test"), False),
    ({"metrics_token": TOKEN}, request(authorization=f"Basic {TOKEN}"), False),
    ({"metrics_token": TOKEN}, request(authorization=f"Bearer {TOKEN}"), True),
    ({"metrics_networks": "127.0.0.1/32, ::1/128"}, request("127.0.0.1"), True),
    ({"metrics_networks": "127.0.0.1/32, ::1/128"}, request("::1"), True),
    ({"metrics_networks": "10.0.0.0/8"}, request("::ffff:10.1.2.3"), True),
    ({"metrics_networks": "10.0.0.0/8"}, request("203.0.113.9"), False),
    ({"metrics_networks": "10.0.0.0/8"}, request("not an address"), False),
]


@pytest.mark.parametrize(("given", "asking", "may"), WHO)
def test_it_is_closed_but_to_those_who_are_named(given: dict[str, str], asking: Request, may: bool) -> None:
    assert allowed(settings(**given), asking) is may


@pytest.mark.parametrize("value", ["10.0.0.1/8", "everybody", "10.0.0.0/33"])
def test_networks_that_are_none_stop_the_start(value: str) -> None:
    with pytest.raises(BadSetting, match="METRICS_NETWORKS"):
        load({"JALON_METRICS_NETWORKS": value})


async def test_numbers_are_there_for_each_account(any_context: Context) -> None:
    account = Account("laposte", {"api_key": "invented"})
    given = settings_on(any_context.settings.database_url, metrics_token=TOKEN)
    context = replace(any_context, accounts={"laposte": account}, settings=given)
    await Poller(context)._enrol()
    await registered(context, facts("S1", carrier="laposte"))

    async def unit(tx: Tx) -> None:
        await jobs.enqueue(tx, "purge", NOW, due=NOW - timedelta(seconds=90))

    await context.db.write(unit)
    hub = Hub(lambda *_: None, None)  # type: ignore[arg-type]  # nobody connects
    answer = await Metrics(context, hub).page(request(authorization=f"Bearer {TOKEN}"))
    body = bytes(answer.body).decode()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    assert found["jalon_poll_due", "laposte"] == 1
    assert found["jalon_poll_left_now", "laposte"] == 1
    assert found["jalon_poll_breaker", "laposte", "closed"] == 1
    assert found["jalon_poll_breaker", "laposte", "open"] == 0
    assert ("jalon_poll_left_today", "laposte") not in found
    assert (found["jalon_jobs_waiting",], found["jalon_jobs_age_seconds",]) == (1, 90)
    assert "S1" not in body


def test_strangers_get_what_an_unknown_path_gets(context: Context) -> None:
    hub = Hub(lambda *_: None, None)  # type: ignore[arg-type]  # nobody connects
    app = Starlette(routes=[Route("/metrics", Metrics(context, hub).page)])
    with TestClient(app) as client:
        assert client.get("/metrics").status_code == client.get("/nothing").status_code == 404
