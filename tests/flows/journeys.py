"""An order with three parcels and what their carriers answer along the way, from recorded bodies or from our own.

A body recorded at the end of a journey holds its beginning: an earlier answer is the same body without the later
scans. All dates of a body are moved by whole days, so that the journey ends on the day on which the test runs.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.support.carrier import Reply

HERE: Final = Path(__file__).parent
SAMPLES: Final = HERE / "samples"
FIXTURES: Final = HERE.parents[2] / "shared" / "fixtures"
_DAY: Final = re.compile(r'(?<=")(\d{4})(-?)(\d{2})\2(\d{2})(?=[T"])')
_HTML: Final = b"<html><head><title>503</title></head><body>The service is being looked after.</body></html>"


@dataclass(frozen=True, slots=True)
class Journey:
    """One parcel: what its carrier answers early, later, when it goes wrong, and at last."""

    company: str
    number: str
    early: Reply
    later: Reply
    wrong: Reply
    last: Reply
    place: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """An order as the shop first sent it, the same order with its three parcels, and their journeys."""

    order: dict[str, Any]
    journeys: tuple[Journey, Journey, Journey]

    @property
    def number(self) -> str:
        """The order's number as the shop writes it."""
        return str(self.order["name"])

    def shipped(self, at: datetime) -> dict[str, Any]:
        """The order once it has left the shop, one parcel for each line, in the form of the shop's webhook."""
        order = copy.deepcopy(self.order)
        lines = order["line_items"]
        order["updated_at"] = at.isoformat(timespec="seconds")
        order["fulfillment_status"] = "fulfilled"
        order["fulfillments"] = [
            _fulfilment(order, number, at, journey, line)
            for number, (journey, line) in enumerate(zip(self.journeys, lines, strict=False), 1)
        ]
        for line in lines:
            line.update(fulfillable_quantity=0, fulfillment_status="fulfilled")
        return order


def own_story() -> Story:
    """An invented order and invented parcels, in the documented forms."""
    return Story(
        _read(SAMPLES / "shopify_order.json"),
        (
            _la_poste(_read(SAMPLES / "laposte_delivered.json"), keep=(2, 4)),
            _dhl(_read(SAMPLES / "dhl_unknown.json"), _read(SAMPLES / "dhl_transit.json")),
            _ups(*(_read(SAMPLES / f"ups_{name}.json") for name in ("transit", "delivered_scan", "refused"))),
        ),
    )


def recorded_story() -> Story:
    """A captured order and recorded answers. No DHL parcel was recorded at its end: that last scan is made up."""
    carriers = FIXTURES / "carriers"
    delivered = _read(carriers / "ups/delivered_docs_sample.json")
    scan = delivered["trackResponse"]["shipment"][0]["package"][0]["activity"][0]
    return Story(
        _read(FIXTURES / "commerce/shopify/orders_create.with_customer.fixed_discount.json"),
        (
            _la_poste(_read(carriers / "laposte/colissimo_delivered_abroad.json"), keep=(2, 7)),
            _dhl(*(_read(carriers / f"dhl_unified/{name}.json") for name in ("not_found_404", "parcel_pl_transit"))),
            _ups(_read(carriers / "ups/customs_hold_with_gmt.json"), scan, _read(carriers / "ups/auth_error.json")),
        ),
    )


def _la_poste(body: Any, keep: tuple[int, int]) -> Journey:
    """`keep`: how many of the oldest scans the early and the later answer hold."""
    shipment = (body[0] if isinstance(body, list) else body)["shipment"]

    def until(count: int) -> Reply:
        some = copy.deepcopy(body)
        inner = (some[0] if isinstance(some, list) else some)["shipment"]
        inner["event"] = inner["event"][-count:]
        inner["isFinal"] = False
        for name in ("deliveryDate", "timeline"):
            inner.pop(name, None)
        return _answer(some, ends)

    ends = _newest(scan["date"][:10] for scan in shipment["event"])
    wrong = Reply(_HTML, 503, media_type="text/html")
    return Journey("Colissimo", shipment["idShip"], until(keep[0]), until(keep[1]), wrong, _answer(body, ends))


def _dhl(unknown: Any, transit: Any) -> Journey:
    """Not known at first; then on the way; then told to come back in two hours."""
    shipment = transit["shipments"][0]
    ends = _newest(scan["timestamp"][:10] for scan in shipment["events"])
    last = copy.deepcopy(transit)
    scan = {**shipment["events"][0], "statusCode": "delivered", "description": "Delivered", "status": "Delivered"}
    scan["timestamp"] = f"{shipment['events'][0]['timestamp'][:10]}T23:50:00"
    last["shipments"][0]["events"].insert(0, scan)
    last["shipments"][0]["status"] = scan
    wrong = Reply(b'{"title": "Too many requests", "status": 429}', 429, {"retry-after": "7200"})
    return Journey(
        "DHL",
        shipment["id"],
        Reply(json.dumps(unknown).encode(), 404),
        _answer(transit, ends),
        wrong,
        _answer(last, ends),
        place=shipment["events"][0]["location"]["address"]["addressLocality"],
    )


def _ups(transit: Any, delivered_scan: Any, refused: Any) -> Journey:
    """Only a label at first; the scan of the delivery comes at last; in between UPS does not know us any more."""
    package = transit["trackResponse"]["shipment"][0]["package"][0]
    ends = _newest(scan["date"] for scan in package["activity"])
    early, last = copy.deepcopy(transit), copy.deepcopy(transit)
    for body, activity in (
        (early, package["activity"][-1:]),
        (last, [{**delivered_scan, "date": ends.strftime("%Y%m%d"), "time": "235000"}, *package["activity"]]),
    ):
        inner = body["trackResponse"]["shipment"][0]["package"][0]
        inner["activity"] = activity
        inner.pop("currentStatus", None)
    wrong = Reply(json.dumps(refused).encode(), 401)
    addresses = [scan.get("location", {}).get("address", {}) for scan in package["activity"]]
    place = next(address["city"] for address in addresses if address.get("city"))
    return Journey(
        "UPS",
        package["trackingNumber"],
        _answer(early, ends),
        _answer(transit, ends),
        wrong,
        _answer(last, ends),
        place,
    )


def _answer(body: Any, ends: date) -> Reply:
    """The body as bytes, its dates moved so that the day `ends` becomes today."""
    days = datetime.now(UTC).date() - ends
    return Reply(_DAY.sub(_moved(days), json.dumps(body, ensure_ascii=False)).encode())


def _moved(by: timedelta) -> Callable[[re.Match[str]], str]:
    def move(match: re.Match[str]) -> str:
        year, dash, month, day = match.groups()
        return (date(int(year), int(month), int(day)) + by).strftime(f"%Y{dash}%m{dash}%d")

    return move


def _newest(days: Iterable[str]) -> date:
    return max(date.fromisoformat(day) for day in days)


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def _fulfilment(
    order: dict[str, Any], number: int, at: datetime, journey: Journey, line: dict[str, Any]
) -> dict[str, Any]:
    identity = int(order["id"]) * 10 + number
    return {
        "id": identity,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{identity}",
        "order_id": order["id"],
        "name": f"{order['name']}.{number}",
        "status": "success",
        "created_at": (at - timedelta(days=60)).isoformat(timespec="seconds"),
        "updated_at": at.isoformat(timespec="seconds"),
        "service": "manual",
        "shipment_status": None,
        "tracking_company": journey.company,
        "tracking_number": journey.number,
        "tracking_numbers": [journey.number],
        "tracking_url": None,
        "tracking_urls": [],
        "line_items": [line],
    }
