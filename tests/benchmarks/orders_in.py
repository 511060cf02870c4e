"""Orders that come in, as documents; and a shop that a process is connected to, for what it delivers."""

from __future__ import annotations

from typing import Any, Final

from portal.platforms.neutral import NeutralOrder, neutral_order

_CITIES: Final = ("Lyon", "Lille", "Nantes", "Dijon", "Rennes", "Metz", "Tours", "Pau", "Brest", "Nice")
LINES: Final = 3


def order_in(number: int) -> NeutralOrder:
    """An order of three lines that left in one parcel, with a customer of its own."""
    lines = [_line(number, index) for index in range(LINES)]
    units = [{"line_id": line["id"], "quantity": 2} for line in lines]
    email = f"person{number}@mail.example"
    return neutral_order(
        {
            "source": {"platform": "teashop", "shop": "tea.example", "order_id": f"order-{number}"},
            "version": 1,
            "number": f"#{number}",
            "locale": "fr-FR",
            "placed_at": "2026-11-18T09:00:00Z",
            "updated_at": "2026-11-19T09:00:00Z",
            "currency": "EUR",
            "state": {"payment": "paid", "fulfilment": "fulfilled"},
            "customer": {"external_id": f"c{number}", "first_name": "Zoé", "last_name": "Lenoir", "email": email},
            "contact": {"email": email, "phone": f"+336{number:08d}"},
            "address": {"shipping": {"name": "Zoé Lenoir", "line1": "1 rue du Lac", **_town(number)}},
            "lines": lines,
            "deliveries": [{"id": f"d{number}", "method": "shipping", "state": "closed", "lines": units}],
            "parcels": [_parcel(number, units)],
            "totals": {"total": {"shop": 5400}},
        }
    )


def _line(number: int, index: int) -> dict[str, Any]:
    return {
        "id": f"l{number}-{index}",
        "product_id": f"p{index}",
        "variant_id": f"v{index}",
        "sku": f"TEA-{index}",
        "title": f"Tea {index}",
        "options": [{"name": "Size", "value": "M"}],
        "quantity": {"ordered": 2, "current": 2, "fulfilled": 2},
        "price": {"unit": {"shop": 900}},
    }


def _parcel(number: int, units: list[dict[str, Any]]) -> dict[str, Any]:
    tracking = [{"carrier_raw": "Colissimo", "number": f"6A{number:011d}"}]
    parcel = {"id": f"parcel-{number}", "created_at": "2026-11-19T08:00:00Z", "lines": units, "allocation": "exact"}
    return {**parcel, "tracking": tracking, "status": "in_transit"}


def _town(number: int) -> dict[str, str]:
    return {"postcode": "69003", "city": _CITIES[number % len(_CITIES)], "country": "FR"}
