"""Who may do what: every route, asked by nobody, by whose right has ended, by a browser with the order's link, by its
person and by another person. A new route fails until it is listed, with what each of them gets."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from portal.accounts.sessions import end
from portal.accounts.viewer import viewer_of
from portal.kit.db import Tx
from portal.kit.guard import Guard
from portal.orders.links import revoke_links
from tests.support.visit import Visit, of_the_shop, signed_in
from tests.support.web import Answer, Site
from tests.web.conftest import MINE, Shop

UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
NOBODY = "/o/" + "B" * 27
CANARIES = re.compile("1001|6A12345678901|camille", re.IGNORECASE)  # of the first order


@dataclass(frozen=True, slots=True)
class Rule:
    """The status that each of these gets: `nobody`, without a cookie and with a secret that was never given out;
    `ended`, whose link was revoked and whose session was ended; `link`, a browser that opened the order's link;
    `own`, the order's person; `other`, another person (with this order's address, and a link to another order);
    `staff`, somebody of the shop, who is no customer.

    `personal`: what is answered belongs to one order."""

    nobody: int
    ended: int
    link: int
    own: int
    other: int
    personal: bool
    staff: int = 404


def public(status: int) -> Rule:
    """The same for everybody, and about nobody."""
    return Rule(status, status, status, status, status, personal=False, staff=status)


# The secret is the key: whoever has it sees this order, signed in or not.
SECRET = Rule(404, 410, 200, 200, 200, personal=True, staff=200)
# The cookie is the key.
THEIRS = Rule(404, 404, 200, 200, 404, personal=True)


def account(status: int) -> Rule:
    """A person's own, whoever they are; all others, a browser with an order's link too, sign in first."""
    return Rule(303, 303, 303, status, status, personal=True, staff=303)


def of_the_shop_alone(status: int, others: int = 303) -> Rule:
    """For the shop's people; all others sign in first, customers too, whether there is such an order or not."""
    return Rule(others, others, others, others, others, personal=True, staff=status)


MATRIX: dict[str, Rule] = {
    "GET /": public(200),
    "GET /healthz/live": public(200),
    "GET /healthz/ready": public(200),
    "GET /robots.txt": public(200),
    "GET /manifest.webmanifest": public(200),
    "GET /sw.js": public(200),
    "GET /offline": public(200),
    "GET /metrics": public(404),  # closed until a token or networks are set
    "GET /static": public(404),  # without the hash of a file there is none
    "GET /o/{token}": SECRET,
    "GET /o/{token}/events": SECRET,
    "GET /orders": Rule(303, 303, 200, 200, 200, personal=True, staff=303),
    "GET /orders/events": Rule(404, 404, 200, 200, 200, personal=True),
    "POST /orders/calendar": account(303),
    "POST /orders/calendar/end": account(303),
    "GET /calendar/{token}.ics": Rule(404, 404, 404, 404, 404, personal=True),  # what one opens: tests/dashboard
    "GET /orders/{ref}": THEIRS,
    "GET /orders/{ref}/events": THEIRS,
    "GET /orders/{ref}/arrival.ics": Rule(404, 404, 404, 404, 404, personal=True),  # no day is known: tests/dashboard
    "GET /orders/{ref}/sharing": THEIRS,
    "GET /orders/{ref}/sharing/preview": THEIRS,
    "POST /orders/{ref}/sharing": Rule(404, 404, 303, 303, 404, personal=True),
    "POST /orders/{ref}/sharing/{link:int}/end": Rule(404, 404, 404, 404, 404, personal=True),  # there is none yet
    "GET /orders/{ref}/change": Rule(404, 404, 303, 200, 404, personal=True),
    "GET /orders/{ref}/change/new/{action}": Rule(404, 404, 303, 200, 404, personal=True),
    "POST /orders/{ref}/change/new/{action}": Rule(404, 404, 303, 303, 404, personal=True),
    "GET /orders/{ref}/change/return": Rule(404, 404, 303, 404, 404, personal=True),  # of no line: tests/editing
    "POST /orders/{ref}/change/return": Rule(404, 404, 303, 404, 404, personal=True),
    "GET /orders/{ref}/change/{edit}": Rule(404, 404, 303, 404, 404, personal=True),  # there is none: tests/editing
    "POST /orders/{ref}/change/{edit}/confirm": Rule(404, 404, 303, 404, 404, personal=True),
    "POST /orders/{ref}/change/{edit}/undo": Rule(404, 404, 303, 404, 404, personal=True),
    # There is nothing to collect: back to the order. What there is otherwise: tests/orders
    "GET /orders/{ref}/collecting": Rule(404, 404, 303, 303, 404, personal=True),
    "POST /orders/{ref}/collecting": Rule(404, 404, 303, 303, 404, personal=True),
    "POST /orders/{ref}/collecting/link": Rule(404, 404, 303, 303, 404, personal=True),
    "POST /orders/{ref}/collecting/link/end": Rule(404, 404, 303, 303, 404, personal=True),
    "GET /c/{token}": Rule(404, 404, 404, 404, 404, personal=True),
    "POST /c/{token}": Rule(404, 404, 404, 404, 404, personal=True),
    "GET /orders/{ref}/parcels": Rule(404, 404, 404, 200, 404, personal=True),
    "POST /orders/{ref}/parcels/{shipment:int}/carrier": Rule(404, 404, 404, 422, 404, personal=True),
    "GET /orders/{ref}/parcels/{shipment:int}/proofs/{document:int}": Rule(404, 404, 404, 404, 404, personal=True),
    "GET /s/{token}": Rule(404, 404, 404, 404, 404, personal=True),  # what a link opens: tests/sharing
    "GET /s/{token}/events": Rule(404, 404, 404, 404, 404, personal=True),
    "POST /s/{token}": Rule(404, 404, 404, 404, 404, personal=True),
    "GET /sign-in": Rule(200, 200, 200, 303, 303, personal=False, staff=200),
    "POST /sign-in": public(422),
    "GET /sign-in/code": public(410),  # in no browser that asked for one
    "POST /sign-in/code": public(410),
    "POST /sign-in/resend": public(303),
    "GET /sign-in/link/{token}": public(410),
    "POST /sign-in/link/{token}": public(410),
    "GET /sign-in/again": account(200),
    "POST /sign-in/again": account(303),
    "POST /sign-in/passkey/options": public(200),  # a challenge, which is worth nothing by itself
    "POST /sign-in/passkey": public(422),
    "POST /sign-out": public(303),
    "GET /account": account(200),
    "GET /account/data": account(200),
    "GET /account/data.json": account(200),
    "GET /account/erase": account(200),
    "POST /account/erase": account(422),
    "GET /account/erased": public(200),
    "POST /account/contacts": account(422),
    "POST /account/contacts/{id:int}/remove": account(404),  # there is none of this number: tests/signin
    "POST /account/sessions/end": account(303),
    "POST /account/sessions/{id:int}/end": account(404),
    "POST /account/language": account(303),
    "GET /account/passkeys/new": account(200),
    "POST /account/passkeys/options": account(200),
    "POST /account/passkeys": account(422),
    "POST /account/passkeys/{id:int}/remove": account(404),
    "POST /account/passkeys/{id:int}/name": account(303),
    "GET /staff": of_the_shop_alone(200),
    "GET /staff/events": of_the_shop_alone(200, 404),
    "GET /staff/sign-in": Rule(200, 200, 200, 200, 200, personal=False, staff=303),
    "POST /staff/sign-in": public(422),
    "GET /staff/sign-in/code": public(410),  # in no browser that asked for one
    "POST /staff/sign-in/code": public(410),
    "GET /staff/sign-in/again": of_the_shop_alone(200),
    "POST /staff/sign-in/again": of_the_shop_alone(303),
    "POST /staff/sign-out": public(303),
    "GET /staff/orders/{ref}": of_the_shop_alone(200),
    "GET /staff/orders/{ref}/events": of_the_shop_alone(200, 404),
    "GET /staff/orders/{ref}/as-customer": of_the_shop_alone(200),
    "GET /staff/orders/{ref}/as-visitor": of_the_shop_alone(200),
    "POST /staff/orders/{ref}/to-ship": of_the_shop_alone(422),
    "POST /staff/orders/{ref}/ship": of_the_shop_alone(422),
    "POST /staff/orders/{ref}/ready": of_the_shop_alone(422),
    "POST /staff/orders/{ref}/collected": of_the_shop_alone(422),
    "POST /staff/orders/{ref}/delivered": of_the_shop_alone(422),
    "POST /staff/orders/{ref}/settled": of_the_shop_alone(422),
    "GET /staff/orders/{ref}/cancel": of_the_shop_alone(200),
    "POST /staff/orders/{ref}/cancel": of_the_shop_alone(422),
    "POST /staff/orders/{ref}/cancel/confirm": of_the_shop_alone(422),
    # Those of no change: tests/staff
    "POST /staff/orders/{ref}/changes/accept": of_the_shop_alone(404),
    "POST /staff/orders/{ref}/changes/decline": of_the_shop_alone(404),
    "POST /staff/orders/{ref}/changes/again": of_the_shop_alone(404),
    "POST /staff/orders/{ref}/changes/made": of_the_shop_alone(404),
    "POST /staff/orders/{ref}/changes/not-made": of_the_shop_alone(404),
    "POST /hooks/carriers/{slug}": public(404),  # without an account there is none; its proof: test_hooks
    "POST /hooks/platforms/{slug}": public(404),  # without a connection there is none; its proof: tests/connecting
    "GET /api/v1/openapi.json": public(200),
    # Nobody without a key; what keys open: tests/api
    "GET /api/v1/orders": public(401),
    "POST /api/v1/orders": public(401),
    "GET /api/v1/orders/{ref}": public(401),
    "POST /api/v1/orders/{ref}/links": public(401),
    "POST /api/v1/orders/{ref}/shipments": public(401),
    "POST /api/v1/orders/{ref}/deliveries/{delivery}/ready": public(401),
    "POST /api/v1/orders/{ref}/deliveries/{delivery}/collected": public(401),
    "POST /api/v1/orders/{ref}/parcels/{parcel}/delivered": public(401),
    "GET /api/v1/orders/{ref}/actions": public(401),
    "GET /api/v1/orders/{ref}/variants": public(401),
    "GET /api/v1/orders/{ref}/edits": public(401),
    "POST /api/v1/orders/{ref}/edits": public(401),
    "GET /api/v1/orders/{ref}/edits/{edit}": public(401),
    "POST /api/v1/orders/{ref}/edits/{edit}/confirm": public(401),
    "POST /api/v1/orders/{ref}/edits/{edit}/accept": public(401),
    "POST /api/v1/orders/{ref}/edits/{edit}/decline": public(401),
    "GET /api/v1/hooks": public(401),
    "POST /api/v1/hooks": public(401),
    "DELETE /api/v1/hooks/{id:int}": public(401),
    "PUT /api/v1/products/{product}": public(401),
}
# What no page of ours asks for: what shows that it is meant is a proof over the bytes, or a key, and neither the
# site that a request comes from nor a cookie counts.
PROVEN = {name for name in MATRIX if name.startswith("POST /hooks/") or " /api/v1/" in name}
# What gives or takes a cookie without anybody having a right.
GIVE_COOKIES = {"POST /sign-in/passkey/options", "POST /sign-out", "POST /staff/sign-out"}
PATHS = sorted({name.partition(" ")[2] for name in MATRIX})
READ = [name.partition(" ")[2] for name in MATRIX if name.startswith("GET ")]
SAMPLES = {
    "{ref}": "0" * 16,
    "{slug}": "ups",
    "{link:int}": "1",
    "{action}": "instructions",
    "{edit}": "0" * 16,
    "{shipment:int}": "1",
    "{document:int}": "1",
    "{id:int}": "9999",
    "/link/{token}": "/link/" + "B" * 27,
    "/s/{token}": "/s/" + "B" * 27,
    "/c/{token}": "/c/" + "B" * 27,
    "/calendar/{token}": "/calendar/" + "B" * 27,
}


def starlette(site: Site) -> tuple[Guard, Starlette]:
    """The layers inside the application."""
    guard = site.app._app
    assert isinstance(guard, Guard)
    assert isinstance(guard._app, Starlette)
    return guard, guard._app


def address(path: str, shop: Shop, token: str | None = None) -> str:
    """A route's address for the first order: with its own secret, or with another one."""
    return sample(path.replace("/o/{token}", token or shop.mine).replace("/orders/{ref}", shop.my_order))


async def asked(visit: Visit, path: str, method: str = "GET", **headers: str) -> Answer:
    """The beginning of an answer; streams are left at once."""
    if method == "POST" and not headers:
        return await visit.send(path, {})
    if not path.endswith("/events") or method != "GET":
        return await visit.ask(path, method, **headers)
    async with visit.stream(path, **headers) as exchange:
        return exchange.answer


def sample(path: str) -> str:
    """An address that a route takes."""
    for name, value in SAMPLES.items():
        path = path.replace(name, value)
    return path


def routes_of(app: Starlette) -> set[str]:
    """Every route as it is named here: one entry for each method that may change something, one for reading."""
    found: set[str] = set()
    for route in app.routes:
        assert isinstance(route, Route | Mount), route
        methods = (route.methods if isinstance(route, Route) else None) or {"GET"}
        found |= {f"{method} {route.path}" for method in methods if method != "HEAD"}
    return found


async def test_every_route_is_listed_here(shop: Shop) -> None:
    guard, app = starlette(shop.site)
    assert routes_of(app) == MATRIX.keys()
    for lane in guard._lanes:
        assert len([path for path in READ if lane.path.fullmatch(sample(path))]) == 1, lane.path
    inlets = [inlet.path for inlet, _ in guard._inlets]
    assert {name for name in MATRIX if any(path.fullmatch(sample(name.partition(" ")[2])) for path in inlets)} == PROVEN


async def visitors(shop: Shop, path: str) -> dict[str, tuple[Visit, str]]:
    """Everybody of the matrix, each with the address that they ask for."""
    site = shop.site
    by_link, ended = Visit(site), await signed_in(site, MINE)
    assert (await by_link.go(shop.mine)).status == 200
    other = await signed_in(site, "lou@mail.example")
    assert (await other.go(shop.other)).status == 200
    return {
        "nobody": (Visit(site), address(path, shop, NOBODY)),
        "link": (by_link, address(path, shop)),
        "own": (await signed_in(site, MINE), address(path, shop)),
        "other": (other, address(path, shop)),
        "ended": (ended, address(path, shop)),
        "staff": (await of_the_shop(site), address(path, shop)),
    }


async def end_all_access(shop: Shop, visit: Visit) -> None:
    """Revoke the order's links and end the session of this browser."""
    await revoke_links(shop.context, 1)
    scope = {"headers": [(b"cookie", f"__Host-jalon={visit.jar['__Host-jalon']}".encode())]}
    async with shop.context.db.read() as reader:
        viewer = await viewer_of(reader, scope, shop.context.clock.now())
    session = viewer.session_id
    if session is None:
        return  # their person has just signed out everywhere else

    async def unit(tx: Tx) -> bool:
        return await end(tx, shop.context.clock.now(), session)

    assert await shop.context.db.write(unit)


@pytest.mark.parametrize("name", MATRIX)
async def test_who_gets_what(any_shop: Shop, name: str) -> None:
    method, _, path = name.partition(" ")
    rule = MATRIX[name]
    everybody = await visitors(any_shop, path)
    answers = {who: await asked(*everybody[who], method) for who in ("nobody", "link", "own", "other", "staff")}
    await end_all_access(any_shop, everybody["ended"][0])
    answers["ended"] = await asked(*everybody["ended"], method)
    assert {who: answer.status for who, answer in answers.items()} == {who: getattr(rule, who) for who in answers}
    for who, answer in answers.items():
        if not rule.personal or answer.status in (403, 404, 410):
            assert not CANARIES.search(answer.text), who
        elif answer.status == 200 and "/events" not in path:
            assert answer.headers["cache-control"] in ("private, no-cache", "no-store")
            assert "Cookie" in answer.headers["vary"] or answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", [n for n in MATRIX if "/o/{token}" in n or " /orders/{ref}" in n])
async def test_one_orders_key_opens_no_other_order(any_shop: Shop, name: str) -> None:
    method, _, path = name.partition(" ")
    everybody = await visitors(any_shop, path)
    theirs = sample(path.replace("/o/{token}", any_shop.other).replace("/orders/{ref}", any_shop.other_order))
    for who in ("nobody", "link", "own"):
        answer = await asked(everybody[who][0], theirs, method)
        assert answer.status == (200 if "/o/{token}" in path else 404), who
        assert not CANARIES.search(answer.text), who


CROSS: list[dict[str, str]] = [
    {},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://track.atelier-lune.example.evil.example"},
    {"sec_fetch_site": "cross-site", "origin": "https://track.atelier-lune.example"},
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", UNSAFE)
async def test_nothing_can_be_changed_from_anywhere(shop: Shop, path: str, method: str) -> None:
    me, target = await signed_in(shop.site, MINE), address(path, shop)
    jar = "; ".join(f"{name}={value}" for name, value in me.jar.items())
    proven = any(name.endswith(f" {path}") for name in PROVEN)
    refused = (MATRIX[f"{method} {path}"].nobody if f"{method} {path}" in MATRIX else 405) if proven else 403
    for headers in CROSS:
        assert (await shop.site.ask(target, method, cookie=jar, **headers)).status == refused, headers
    if f"{method} {path}" not in MATRIX:
        from_here = await me.ask(target, method)
        assert from_here.status in (404, 405)
        assert not CANARIES.search(from_here.text)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE"])
async def test_every_answer_carries_the_security_headers(shop: Shop, path: str, method: str) -> None:
    for token in (None, NOBODY):
        answer = await asked(Visit(shop.site), address(path, shop, token), method, accept_language="fr")
        for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "x-robots-tag"):
            assert answer.headers[name].count(",") <= (name == "x-robots-tag")
        assert answer.headers["strict-transport-security"]
        assert ("set-cookie" in answer.headers) == (f"{method} {path}" in GIVE_COOKIES)
        assert "server" not in answer.headers


NOT_HERE = ["/.git/config", "/.env", "/docs", "/openapi.json", "/admin", "/o", "/o/", "/static/", "/static/css/app.css"]


@pytest.mark.parametrize("path", [*NOT_HERE, "/static/%2e%2e/pyproject.toml", "/healthz", "/O/x", "/o/x/y/events"])
async def test_there_is_nothing_else(shop: Shop, path: str) -> None:
    assert (await shop.site.ask(path)).status == 404
