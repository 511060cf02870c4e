"""Who may do what: every route, asked by nobody, by a stranger and by its owner. A new route fails until listed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from portal.kit.guard import Guard
from portal.orders.links import revoke_links
from tests.support.web import Answer, Site
from tests.web.conftest import Shop

UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
NOBODY = "/o/" + "B" * 27


@dataclass(frozen=True, slots=True)
class Rule:
    """Who gets what: a status without a secret, with one that ended, with one's own. `personal`: what is answered
    belongs to one order."""

    nobody: int
    ended: int
    own: int
    personal: bool


PUBLIC = Rule(200, 200, 200, personal=False)
SECRET = Rule(404, 410, 200, personal=True)
PROOF = "the carrier's proof over the bytes: no site and no cookie counts"
SAME_SITE = "sent from our own pages"
MATRIX: dict[str, Rule] = {
    "/": PUBLIC,
    "/healthz/live": PUBLIC,
    "/healthz/ready": PUBLIC,
    "/metrics": Rule(404, 404, 404, personal=False),  # closed until a token or networks are set
    "/robots.txt": PUBLIC,
    "/static": Rule(404, 404, 404, personal=False),  # without the hash of a file there is none
    "/o/{token}": SECRET,
    "/o/{token}/events": SECRET,
    "/orders/{ref}": Rule(404, 404, 404, personal=True),  # without a cookie it is nobody's
    "/orders/{ref}/events": Rule(404, 404, 404, personal=True),
    "/orders/{ref}/sharing": Rule(404, 404, 404, personal=True),
    "/orders/{ref}/sharing/preview": Rule(404, 404, 404, personal=True),
    "/orders/{ref}/sharing/{link:int}/end": Rule(404, 404, 404, personal=True),
    "/orders/{ref}/parcels": Rule(404, 404, 404, personal=True),
    "/orders/{ref}/parcels/{shipment:int}/carrier": Rule(404, 404, 404, personal=True),
    "/orders/{ref}/parcels/{shipment:int}/proofs/{document:int}": Rule(404, 404, 404, personal=True),
    "/s/{token}": Rule(404, 404, 404, personal=True),  # what a link opens: tests/sharing
    "/s/{token}/events": Rule(404, 404, 404, personal=True),
    "/hooks/carriers/{slug}": Rule(405, 405, 405, personal=False),  # nothing to read there
}
# What can be changed, by whom: every route that takes more than GET, and what shows that a request is meant.
CHANGES: dict[str, tuple[set[str], str]] = {
    "/hooks/carriers/{slug}": ({"POST"}, PROOF),
    "/orders/{ref}/sharing": ({"POST"}, SAME_SITE),
    "/orders/{ref}/sharing/{link:int}/end": ({"POST"}, SAME_SITE),
    "/orders/{ref}/parcels/{shipment:int}/carrier": ({"POST"}, SAME_SITE),
    "/s/{token}": ({"POST"}, SAME_SITE),
}


def starlette(site: Site) -> tuple[Guard, Starlette]:
    """The layers inside the application."""
    guard = site.app._app
    assert isinstance(guard, Guard)
    assert isinstance(guard._app, Starlette)
    return guard, guard._app


def address(path: str, page: str) -> str:
    """A route's address for whoever has this page's address."""
    return path.replace("/o/{token}", page).replace("{slug}", "ups")


async def asked(shop: Shop, path: str, method: str = "GET", **headers: str) -> Answer:
    """The beginning of an answer; streams are left at once."""
    if not path.endswith("/events") or method != "GET":
        return await shop.site.ask(path, method, **headers)
    async with shop.site.stream(path, **headers) as exchange:
        return exchange.answer


async def test_every_route_is_listed_here(shop: Shop) -> None:
    guard, app = starlette(shop.site)
    found = {route.path: route for route in app.routes if isinstance(route, Route | Mount)}
    assert len(found) == len(app.routes)
    assert found.keys() == MATRIX.keys()
    taken = {path: set(route.methods or ()) for path, route in found.items() if isinstance(route, Route)}
    changing = {path: methods - {"GET", "HEAD"} for path, methods in taken.items() if methods - {"GET", "HEAD"}}
    assert changing == {path: methods for path, (methods, _) in CHANGES.items()}
    for path, (_, protection) in CHANGES.items():
        inlets = [inlet for inlet, _ in guard._inlets if inlet.path.fullmatch(address(path, ""))]
        assert len(inlets) == (protection == PROOF), path
    assert [path for path in MATRIX for inlet, _ in guard._inlets if inlet.path.fullmatch(address(path, ""))] == [
        path for path, (_, protection) in CHANGES.items() if protection == PROOF
    ]
    for lane in guard._lanes:
        listed = [path for path in MATRIX if lane.path.fullmatch(path.replace("{ref}", "0" * 16))]
        assert len(listed) == 1, lane.path


@pytest.mark.parametrize("path", MATRIX)
async def test_who_gets_what(any_shop: Shop, path: str) -> None:
    rule = MATRIX[path]
    nobody = await asked(any_shop, address(path, NOBODY))
    own, foreign = (
        await asked(any_shop, address(path, any_shop.mine)),
        await asked(any_shop, address(path, any_shop.other)),
    )
    await revoke_links(any_shop.context, 1)
    ended = await asked(any_shop, address(path, any_shop.mine))
    assert (nobody.status, ended.status, own.status) == (rule.nobody, rule.ended, rule.own)
    for answer in (nobody, ended, foreign) if rule.personal else (nobody, ended, foreign, own):
        assert "1001" not in answer.text
        assert "6A12345678901" not in answer.text
    if rule.personal:
        assert own.headers["cache-control"] in ("private, no-cache", "no-store")


@pytest.mark.parametrize("path", MATRIX)
@pytest.mark.parametrize("method", UNSAFE)
async def test_nothing_can_be_changed_from_anywhere(shop: Shop, path: str, method: str) -> None:
    target = address(path, shop.mine)
    methods, protection = CHANGES.get(path, (set(), ""))
    proven = method in methods and protection == PROOF
    cross = [{}, {"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}]
    # Without an account there is no hook; what proof it wants where there is one: test_hooks.
    refused = 404 if proven else 403
    assert [(await asked(shop, target, method, **headers)).status for headers in cross] == [refused] * 3
    from_here = await asked(shop, target, method, sec_fetch_site="same-origin")
    assert from_here.status in (404, 405)
    assert "1001" not in from_here.text


@pytest.mark.parametrize("path", MATRIX)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE"])
async def test_every_answer_carries_the_security_headers(shop: Shop, path: str, method: str) -> None:
    for page in (shop.mine, NOBODY):
        answer = await asked(shop, address(path, page), method, accept_language="fr")
        for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "x-robots-tag"):
            assert answer.headers[name].count(",") <= (name == "x-robots-tag")
        assert answer.headers["strict-transport-security"]
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


NOT_HERE = ["/.git/config", "/.env", "/docs", "/openapi.json", "/admin", "/o", "/o/", "/static/", "/static/css/app.css"]


@pytest.mark.parametrize("path", [*NOT_HERE, "/static/%2e%2e/pyproject.toml", "/healthz", "/O/x", "/o/x/y/events"])
async def test_there_is_nothing_else(shop: Shop, path: str) -> None:
    assert (await shop.site.ask(path)).status == 404
