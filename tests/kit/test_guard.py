"""What every request passes before any page sees it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.kit.errors import NotThere, Refused, Unavailable
from portal.kit.guard import HEADERS, Guard, Inlet, Lane, Rules, masked

ORIGIN = "https://track.atelier-lune.example"
TOKEN = "k3vYq-8Zr_1mT5cWx9LdE2bN0aQ"


class Answer:
    """What an application answered."""

    def __init__(self, messages: Sequence[Any]) -> None:
        head, *bodies = messages
        self.status: int = head["status"]
        self.pairs: list[tuple[str, str]] = [(n.decode(), v.decode()) for n, v in head["headers"]]
        self.body = b"".join(message.get("body", b"") for message in bodies)

    @property
    def headers(self) -> dict[str, str]:
        """By name."""
        return dict(self.pairs)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers 200 with the path; breaks at /bug."""
    if scope["path"] == "/bug":
        raise KeyError("mistake")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def refuse(scope: Any, status: int, wait: int | None) -> Any:
    """An application that answers with an error."""

    async def refused(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"retry-after", str(wait).encode())] if wait is not None else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return refused


def guard(rate: int = 100_000, origin: str = ORIGIN, lanes: Sequence[Lane] = ()) -> Guard:
    """A guard over that application."""
    return Guard(application, Rules(origin, rate, largest_body=1000), refuse, lanes)


async def ask(
    guard: Guard, path: str = "/", method: str = "GET", address: str | None = "203.0.113.7", **headers: str
) -> Answer:
    """One request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    client = (address, 1234) if address is not None else None
    scope = {"type": "http", "method": method, "path": path, "headers": given, "client": client, "query_string": b""}
    await guard(scope, receive, send)
    return Answer(sent)


async def test_every_answer_carries_the_security_headers_once() -> None:
    answer = await ask(guard())
    assert (answer.status, answer.body) == (200, b"/")
    for name, value in HEADERS.items():
        assert answer.pairs.count((name, value)) == 1
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert answer.headers["content-type"] == "text/plain"


async def test_the_policy_lets_nothing_in_but_our_own() -> None:
    rules = dict(rule.split(" ", 1) for rule in HEADERS["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    for name in ("script-src", "style-src", "connect-src", "font-src", "form-action"):
        assert rules[name] == "'self'"
    assert (rules["base-uri"], rules["frame-ancestors"], rules["img-src"]) == ("'none'", "'none'", "'self' data:")
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert HEADERS["referrer-policy"] == "no-referrer"
    assert HEADERS["x-content-type-options"] == "nosniff"


async def test_no_https_is_promised_where_there_is_none() -> None:
    assert "strict-transport-security" not in (await ask(guard(origin="http://127.0.0.1:8000"))).headers


async def test_too_many_requests_wait_as_told_each_address_for_itself() -> None:
    gate = guard(rate=60)
    answers = [await ask(gate) for _ in range(35)]
    assert [answer.status for answer in answers] == [200] * 30 + [429] * 5
    assert answers[-1].headers["retry-after"] in ("1", "2")
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
    assert (await ask(gate, address="203.0.113.8")).status == 200
    assert (await ask(gate, address=None)).status == 200


async def test_one_ipv6_customer_is_one_network() -> None:
    gate = guard(rate=60)
    answers = [await ask(gate, address=f"2001:db8:1:2::{n:x}") for n in range(1, 33)]
    assert [answer.status for answer in answers] == [200] * 30 + [429] * 2
    assert (await ask(gate, address="2001:db8:1:3::1")).status == 200


BODIES = [
    ("0", 200),
    ("1000", 200),
    ("1001", 413),
    ("-1", 413),
    ("1e2", 413),
    ("\xb2", 413),
    ("9" * 5000, 413),
    ("", 413),
]


@pytest.mark.parametrize(("length", "status"), BODIES, ids=[length[:6] or "empty" for length, _ in BODIES])
async def test_bodies_have_a_size(length: str, status: int) -> None:
    answer = await ask(guard(), method="POST", content_length=length, sec_fetch_site="same-origin")
    assert answer.status == status
    assert answer.headers["content-security-policy"]


UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"]
SITES: list[tuple[dict[str, str], int]] = [
    ({}, 403),
    ({"sec_fetch_site": "cross-site"}, 403),
    ({"sec_fetch_site": "same-site"}, 403),
    ({"sec_fetch_site": ""}, 403),
    ({"sec_fetch_site": "", "origin": ORIGIN}, 403),
    ({"sec_fetch_site": "cross-site", "origin": ORIGIN}, 403),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": ""}, 403),
    ({"origin": "http://track.atelier-lune.example"}, 403),
    ({"origin": "http://track.atelier-lune.example:443"}, 403),
    ({"origin": f"{ORIGIN}:8443"}, 403),
    ({"origin": f"{ORIGIN}.evil.example"}, 403),
    ({"origin": "https://[::1"}, 403),
    ({"origin": "https://track.atelier-lune.example:x"}, 403),
    ({"origin": "\xff"}, 403),
    ({"sec_fetch_site": "same-origin"}, 200),
    ({"sec_fetch_site": "none"}, 200),  # typed or reloaded by the customer: no site can have it sent
    ({"origin": ORIGIN}, 200),
]


@pytest.mark.parametrize(("headers", "status"), SITES, ids=[str(headers) for headers, _ in SITES])
@pytest.mark.parametrize("method", UNSAFE)
async def test_changes_come_from_our_own_pages_alone(method: str, headers: dict[str, str], status: int) -> None:
    assert (await ask(guard(), method=method, **headers)).status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_links_from_anywhere_may_be_followed(method: str) -> None:
    assert (await ask(guard(), method=method, sec_fetch_site="cross-site", origin="https://mail.example")).status == 200


async def test_a_default_port_is_no_other_origin() -> None:
    assert (await ask(guard(), method="POST", origin=f"{ORIGIN}:443")).status == 200
    assert (await ask(guard(origin=f"{ORIGIN}:443"), method="POST", origin=ORIGIN)).status == 200


async def streaming(scope: Any, receive: Any, send: Any) -> None:
    """A stream, or what its name says."""
    problems: dict[str, Exception] = {
        "gone": Refused(410, "ended"),
        "many": Refused(429, "too many", retry_after=30),
        "none": NotThere(),
        "away": Unavailable("database", retry_after=7),
    }
    name = scope["path_params"]["name"]
    if name in problems:
        raise problems[name]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": name.encode()})


STREAMS = [Lane(re.compile(r"/live/(?P<name>[a-z]+)"), streaming, stream=True)]


async def test_streams_are_handed_over_as_they_are() -> None:
    gate = guard(lanes=STREAMS)
    answer = await ask(gate, "/live/fine")
    assert (answer.status, answer.pairs, answer.body) == (200, [], b"fine")
    assert (await ask(gate, "/live/fine/more")).body == b"/live/fine/more"


@pytest.mark.parametrize(
    ("name", "status", "wait"), [("gone", 410, None), ("many", 429, "30"), ("none", 404, None), ("away", 503, "7")]
)
async def test_a_stream_that_is_refused_is_answered_like_any_page(
    name: str, status: int, wait: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jalon.access")
    answer = await ask(guard(lanes=STREAMS), f"/live/{name}")
    assert (answer.status, answer.headers.get("retry-after")) == (status, wait)
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert f"GET /live/{name} {status}" in caplog.text


async def test_streams_count_against_the_rate_limit_and_the_site_check() -> None:
    gate = guard(rate=60, lanes=STREAMS)
    assert [(await ask(gate, "/live/fine")).status for _ in range(31)] == [200] * 30 + [429]
    assert (await ask(guard(lanes=STREAMS), "/live/fine", "POST")).status == 403


async def test_each_request_is_one_line_without_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "jalon.access")
    gate = guard()
    await ask(gate, f"/o/{TOKEN}")
    await ask(gate, "/x\r\nGET /forged 200 0.1ms", "POST")
    first, second = (record.getMessage() for record in caplog.records)
    assert re.fullmatch(r"GET /o/… 200 \d+\.\dms", first)
    assert re.fullmatch(r"POST /x\\r\\nGET /forged 200 0\.1ms 403 \d+\.\dms", second)


async def test_what_is_no_request_passes() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        return None

    await Guard(app, Rules(ORIGIN, 1), refuse)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]


COPIES = [
    "/o/{}",
    "/o/{}/events",
    "/o/{}.",
    "/o/{})",
    "/o/{}%20",
    "/o/{},",
    "/O/{}",
    "/o/x{}",
    "//{}",
    "/o/{}>",
    "/{}é",
]


@pytest.mark.parametrize("copy", COPIES)
def test_a_secret_is_masked_however_it_was_copied(copy: str) -> None:
    shown = masked(copy.format(TOKEN))
    assert TOKEN not in shown
    assert TOKEN[:8] not in shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_surroundings_uncover_a_secret_or_break_the_line(before: str, after: str) -> None:
    shown = masked(f"/{before}{TOKEN}{after}")
    assert TOKEN not in shown
    assert shown.isprintable()
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize("path", ["/x/ada@example.com", "/ada@example.com/x", "/orders;ada@example.com", "/@ada"])
def test_an_e_mail_address_in_a_path_is_masked(path: str) -> None:
    assert "ada" not in masked(path)
    assert masked(path).startswith("/")


def test_ordinary_paths_stay_readable() -> None:
    assert masked("/static/css/app.1a2b3c4d.css") == "/static/css/app.1a2b3c4d.css"
    assert masked("/healthz/ready") == "/healthz/ready"
    assert len(masked("/é" * 5000)) <= 300


async def test_a_page_in_its_own_lane_is_guarded_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "jalon.access")
    lane = Lane(re.compile(r"/page/(?P<name>[a-z]+)"), streaming)
    answer = await ask(guard(lanes=[lane]), "/page/fine")
    assert (answer.status, answer.body) == (200, b"fine")
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert (await ask(guard(lanes=[lane]), "/page/gone")).status == 410
    assert "GET /page/fine 200" in caplog.text


async def test_a_mistake_of_ours_is_500_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    caplog.set_level(logging.INFO, "jalon.access")
    answer = await ask(guard(lanes=[Lane(re.compile("/broken"), broken)]), "/broken")
    assert (answer.status, answer.headers["x-content-type-options"]) == (500, "nosniff")
    assert "ZeroDivisionError" in caplog.text
    assert "GET /broken 500" in caplog.text
    assert (await ask(guard(), "/bug")).status == 500


async def test_what_fails_after_it_has_answered_is_left_to_the_server() -> None:
    async def half(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask(guard(lanes=[Lane(re.compile("/half"), half)]), "/half")


def with_inlet(rate: int = 100_000, inlet_rate: int = 100_000) -> Guard:
    """A guard that lets other servers in at /in/….."""
    return Guard(
        application, Rules(ORIGIN, rate), refuse, inlets=[Inlet(re.compile(r"/in/[a-z]+"), inlet_rate, largest_body=10)]
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/in/ups", 200),
        ("PUT", "/in/ups", 200),
        ("DELETE", "/in/ups", 200),
        ("POST", "/in/ups/", 403),
        ("POST", "/in/ups/more", 403),
        ("POST", "/in/", 403),
        ("POST", "//in/ups", 403),
        ("POST", "/in/UPS", 403),
        ("POST", "/in/ups\n", 403),
    ],
)
async def test_other_servers_may_change_something_at_an_inlet_and_nowhere_else(
    method: str, path: str, status: int
) -> None:
    for headers in ({}, {"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}):
        assert (await ask(with_inlet(), path, method, **headers)).status == status


@pytest.mark.parametrize(("length", "status"), [("10", 200), ("11", 413), ("-1", 413), ("x", 413)])
async def test_an_inlet_has_a_size_of_its_own(length: str, status: int) -> None:
    assert (await ask(with_inlet(), "/in/ups", "POST", content_length=length)).status == status


async def test_no_cookie_gets_through_an_inlet() -> None:
    seen: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.append([name for name, _ in scope["headers"]])
        await application(scope, receive, send)

    gate = Guard(inside, Rules(ORIGIN, 60), refuse, inlets=[Inlet(re.compile("/in"), 60, largest_body=10)])
    for path, site in (("/in", "cross-site"), ("/", "same-origin")):
        await ask(gate, path, "POST", cookie="session=mine", sec_fetch_site=site)
    assert seen == [[b"sec-fetch-site"], [b"cookie", b"sec-fetch-site"]]


async def test_an_inlet_and_customers_wait_each_for_themselves() -> None:
    gate = with_inlet(rate=60, inlet_rate=60)
    statuses = [(await ask(gate, "/in/ups", "POST")).status for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    assert [(await ask(gate)).status for _ in range(31)] == [200] * 30 + [429]
