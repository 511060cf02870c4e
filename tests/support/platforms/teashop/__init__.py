"""Teashop, a platform that does not exist: its orders as neutral documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from portal.platforms.contract import Delivered, Document, Entry, Platform, Problem, Value
from portal.platforms.marks import mark_in
from portal.platforms.neutral import InvalidOrder, NeutralOrder, neutral_order

__all__ = ["PLATFORM", "order_of"]


def order_of(shop: str, told: Mapping[str, Any]) -> NeutralOrder:
    """The order that Teashop tells so. Raises InvalidOrder."""
    return neutral_order(
        {
            "source": {"platform": "teashop", "shop": shop, "order_id": told["id"]},
            "number": f"T{told['id']}",
            "version": told["rev"],
            "placed_at": told["placed"],
            "updated_at": told["changed"],
            "cancelled_at": told["changed"] if told["status"] == "cancelled" else None,
            "currency": "EUR",
            "state": {"payment": "paid"},
            "customer": {"external_id": told["customer"]},
            "contact": {"email": told["email"]},
            "lines": [{"id": item["id"], "title": item["name"], "quantity": item["qty"]} for item in told["items"]],
            "parcels": [_parcel(parcel) for parcel in told["parcels"]],
            "totals": {"total": {"shop": told["total"]}},
            "note": told["note"],
        }
    )


def _parcel(parcel: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": parcel["id"],
        "created_at": parcel["sent"],
        "lines": [{"line_id": line, "quantity": count} for line, count in parcel["items"].items()],
        "tracking": [{"carrier_raw": parcel["carrier"], "number": parcel["number"]}],
        "status": parcel["status"],
        "events": [
            {
                "id": event["key"],
                "at": event["at"],
                "status": event["status"],
                "origin": "portal" if mark_in(event["key"]) else "platform",
            }
            for event in parcel["events"]
        ],
    }


def _read(values: Iterable[Value | Problem], delivered: Delivered) -> Iterator[Entry]:
    for value in values:
        if isinstance(value, Problem):
            yield value
        elif isinstance(value.value, dict):
            try:
                yield Document(value.line, order_of(delivered.shop or "tea.example", value.value))
            except (InvalidOrder, KeyError) as wrong:
                yield Problem(value.line, "", str(wrong))


PLATFORM = Platform("teashop", "Teashop", _read)
