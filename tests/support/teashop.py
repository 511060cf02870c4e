"""Teashop's side of the wire: a local HTTP server that keeps orders, lists them by pages, and says what changed.

What it would deliver is put on a list (`deliveries`), for the test to send, lose, repeat and shuffle.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portal.kit.clock import Clock

DOMAIN = "tea.example"
TOKEN = "an invented token"
SECRET = "an invented secret of some length"
OLD_SECRET = "the invented secret before it"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request: an answer of its own, or (with `hang`) none until the server closes."""

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    hang: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body that Teashop would send, and the proof beside it."""

    body: bytes
    headers: dict[str, str]


class TeashopServer:
    """The played platform. `asked` are the requests that came, `faults` what the next ones meet; `meanwhile` is what
    happens once between the next answer's being made and its being sent."""

    def __init__(self, clock: Clock, page_size: int = 50) -> None:
        self.page_size = page_size
        self.may = ["orders"]
        self.tells_deleted = False
        self.ours = False  # whether it plays our own health as well
        self.orders: dict[str, dict[str, Any]] = {}
        self.deleted: list[str] = []
        self.hooks: set[str] = set()
        self.deliveries: list[Delivery] = []
        self.asked: list[str] = []
        self.faults: deque[Fault] = deque()
        self.meanwhile: Callable[[], None] | None = None
        self._clock = clock
        self._lock = threading.RLock()
        self._numbers, self._events = count(1), count(1)
        self._let_go = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def environ(self, **more: str) -> dict[str, str]:
        """The variables that connect this shop."""
        values = {"DOMAIN": DOMAIN, "TOKEN": TOKEN, "SECRET": SECRET, "API": self.url, **more}
        return {f"JALON_PLATFORM_TEASHOP_{name}": value for name, value in values.items()}

    def place(self, **members: Any) -> str:
        """A new order of two tins of tea; returns its id."""
        with self._lock:
            order_id = str(next(self._numbers))
            now = _written(self._clock.now())
            self.orders[order_id] = {
                "id": order_id,
                "rev": 1,
                "placed": now,
                "changed": now,
                "status": "open",
                "customer": f"person-{order_id}",
                "email": f"person{order_id}@mail.example",
                "items": [{"id": "a", "name": "Assam", "qty": 2}],
                "parcels": [],
                "total": 1800,
                "note": "",
                **members,
            }
            self._deliver("order", order_id)
            return order_id

    def change(self, order_id: str, mark: str | None = None, **members: Any) -> None:
        """The order becomes another one."""
        with self._lock:
            order = self.orders[order_id]
            order.update(members, rev=order["rev"] + 1, changed=_written(self._clock.now()))
            self._deliver("order", order_id, mark=mark)

    def send_out(self, order_id: str, number: str = "6A12345678901", **members: Any) -> None:
        """All of it leaves in one parcel."""
        items = {item["id"]: item["qty"] for item in self.orders[order_id]["items"]}
        parcel = {"id": "p1", "carrier": "Colissimo", "number": number, "items": items, "status": "handed_over"}
        parcel |= {"sent": _written(self._clock.now()), "events": [], **members}
        self.change(order_id, parcels=[parcel])

    def delete(self, order_id: str, *, silently: bool = True) -> None:
        """The order is no more; `silently`: nobody is told."""
        with self._lock:
            del self.orders[order_id]
            self.deleted.append(order_id)
            if not silently:
                self._deliver("order", order_id)

    def say(self, topic: str, orders: tuple[str, ...] = (), **members: Any) -> Delivery:
        """Put a delivery of any topic on the list."""
        with self._lock:
            told = {"event": f"e{next(self._events)}", "topic": topic, "orders": list(orders), **members}
            made = signed(json.dumps(told, indent=1).encode())
            self.deliveries.append(made)
            return made

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        with self._lock:
            return sum(urlsplit(one).path == path for one in self.asked)

    def answer(self, method: str, path: str, query: dict[str, list[str]], told: Any) -> tuple[int, Any]:
        """The status and the body for one request."""
        with self._lock:
            if path == "/me":
                return 200, {"may": self.may}
            if path == "/hooks":
                self.hooks |= {told["to"]} if method == "PUT" else set()
                return 200, sorted(self.hooks)
            if path == "/orders":
                return 200, self._page(query)
            _, _, order_id, *rest = path.split("/")
            order = self.orders.get(unquote(order_id))
            if order is None:
                return 404, {}
            if rest == ["events"]:
                self._note(order, told)
            return 200, order

    def fault(self) -> Fault | None:
        """What goes wrong with this request, if anything."""
        with self._lock:
            found = self.faults.popleft() if self.faults else None
        if found is not None and found.hang:
            self._let_go.wait(60)
        return found

    def serve(self) -> None:
        """Serve until `close`."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Let go of everything."""
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        since, after = query.get("since", [""])[0], query.get("after", [""])[0]
        begin = _written(datetime.fromisoformat(since)) if since else ""
        found = sorted((o for o in self.orders.values() if o["changed"] >= begin), key=_place)
        behind = [order for order in found if _place(order) > after]
        some = behind[: self.page_size]
        more = len(behind) > len(some)
        deleted = self.deleted if self.tells_deleted else []
        return {
            "orders": some,
            "next": _place(some[-1]) if more else None,
            "total": len(found),
            "deleted": deleted,
        }

    def _note(self, order: dict[str, Any], told: dict[str, Any]) -> None:
        for parcel in order["parcels"]:
            known = {event["key"] for event in parcel["events"]}
            if parcel["id"] == told["parcel"] and told["key"] not in known:
                event = {name: told[name] for name in ("key", "status", "at")}
                changed = {**parcel, "events": [*parcel["events"], event], "status": told["status"]}
                parcels = [changed if p["id"] == parcel["id"] else p for p in order["parcels"]]
                self.change(order["id"], mark=told["key"], parcels=parcels)

    def _deliver(self, topic: str, order_id: str, mark: str | None = None) -> None:
        self.say(topic, (order_id,), **({"mark": mark} if mark else {}))


@contextmanager
def playing_teashop(clock: Clock, page_size: int = 50) -> Iterator[TeashopServer]:
    """A Teashop that answers for as long as the block lasts."""
    server = TeashopServer(clock, page_size)
    thread = threading.Thread(target=server.serve, name="played Teashop", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)


def signed(body: bytes, secret: str = SECRET) -> Delivery:
    """A body with its proof. Written from Teashop's words, not from its adapter."""
    import base64
    import hashlib
    import hmac

    proof = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return Delivery(body, {"teashop-signature": proof})


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _place(order: Mapping[str, Any]) -> str:
    return f"{order['changed']} {order['id']:>12}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], shop: TeashopServer) -> None:
        super().__init__(address, _Handler)
        self.shop = shop

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed in mid-question is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the one who asked to say that the head came
    server: _Server

    def do_GET(self) -> None:
        """Read."""
        self._answer("GET")

    def do_PUT(self) -> None:
        """Have deliveries made."""
        self._answer("PUT")

    def do_POST(self) -> None:
        """Note an event."""
        self._answer("POST")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, method: str) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", "0")))
        address = urlsplit(self.path)
        self.server.shop.asked.append(self.path)
        if (fault := self.server.shop.fault()) is not None:
            self._send(fault.status, fault.body, fault.headers)
        elif self.server.shop.ours and address.path == "/healthz/live":
            self._send(200, b'{"status": "ok"}')
        elif self.headers.get("authorization") != f"Bearer {TOKEN}":
            self._send(401, b"{}")
        else:
            status, told = self.server.shop.answer(
                method, address.path, parse_qs(address.query), json.loads(sent or b"{}")
            )
            body = json.dumps(told).encode()
            happens, self.server.shop.meanwhile = self.server.shop.meanwhile, None
            if happens is not None:
                happens()
            self._send(status, body)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
