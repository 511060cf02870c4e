"""What the Medusa of the tests sells, and where: four currencies, taxes, one way of sending, a shirt and a mug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.engines.medusa_api import Api

Json = dict[str, Any]

# Country, tax in percent, currency, and what a shirt, a large shirt, a mug and sending cost in it.
MARKETS: Final = {
    "eur": ("fr", 20, (25, 27.5, 18, 4.9)),
    "jpy": ("jp", 10, (3000, 3300, 2100, 500)),
    "kwd": ("kw", 0, (7.125, 7.625, 5.005, 1.25)),
    "usd": ("us", 7.25, (29.99, 31.99, 21.49, 5.5)),
}
# Kind of place, name, and which of the prices above it has: collecting costs what sending does here.
WAYS: Final = {"home": ("shipping", "Colissimo", 3), "pickup": ("pickup", "Collect at the shop", 3)}
_STOCKED: Final = 1000


@dataclass(frozen=True, slots=True)
class Stocked:
    """Where things are: variants by SKU, regions by currency, ways of sending by name, and the shop's keys."""

    secret_key: str
    publishable_key: str
    variants: Mapping[str, str]
    regions: Mapping[str, str]
    ways: Mapping[str, str]
    location: str


def stock(api: Api) -> Stocked:
    """Fill an empty Medusa."""
    channel = api.get("/admin/sales-channels")["sales_channels"][0]["id"]
    regions = _markets(api, channel)
    location = _location(api, channel)
    profile = api.get("/admin/shipping-profiles")["shipping_profiles"][0]["id"]
    ways = {name: _way(api, location, profile, name) for name in WAYS}
    variants = _products(api, channel, profile)
    for item in api.get("/admin/inventory-items", limit=100)["inventory_items"]:
        level = {"location_id": location, "stocked_quantity": _STOCKED}
        api.post(f"/admin/inventory-items/{item['id']}/location-levels", level)
    secret = api.post("/admin/api-keys", {"title": "Portal", "type": "secret"})["api_key"]["token"]
    return Stocked(secret, _publishable(api, channel), variants, regions, ways, location)


def _markets(api: Api, channel: str) -> Mapping[str, str]:
    store = api.get("/admin/stores")["stores"][0]["id"]
    codes = [{"currency_code": code, "is_default": code == "eur"} for code in MARKETS]
    api.post(
        f"/admin/stores/{store}",
        {"name": "Atelier Lune", "supported_currencies": codes, "default_sales_channel_id": channel},
    )
    return {code: _market(api, code, country, rate) for code, (country, rate, _) in MARKETS.items()}


def _market(api: Api, code: str, country: str, rate: float) -> str:
    region = {
        "name": country,
        "currency_code": code,
        "countries": [country],
        "payment_providers": ["pp_system_default"],
    }
    if rate:
        tax = {"name": "VAT", "rate": rate, "code": "vat"}
        api.post("/admin/tax-regions", {"country_code": country, "provider_id": "tp_system", "default_tax_rate": tax})
    found: str = api.post("/admin/regions", region)["region"]["id"]
    return found


def _location(api: Api, channel: str) -> str:
    place = {"address_1": "1 rue des Tisserands", "city": "Lyon", "country_code": "fr", "postal_code": "69001"}
    found: str = api.post("/admin/stock-locations", {"name": "Lyon", "address": place})["stock_location"]["id"]
    api.post(f"/admin/stock-locations/{found}/sales-channels", {"add": [channel]})
    api.post(f"/admin/stock-locations/{found}/fulfillment-providers", {"add": ["manual_manual"]})
    return found


def _way(api: Api, location: str, profile: str, name: str) -> str:
    """A way of sending, or of collecting at the shop; returns its id."""
    kind, label, price = WAYS[name]
    path = f"/admin/stock-locations/{location}/fulfillment-sets"
    made = api.post(path, {"name": kind, "type": kind}, fields="*fulfillment_sets")["stock_location"]
    sets = next(one["id"] for one in made["fulfillment_sets"] if one["type"] == kind)
    countries = [{"type": "country", "country_code": country} for country, _, _ in MARKETS.values()]
    zone = api.post(f"/admin/fulfillment-sets/{sets}/service-zones", {"name": f"By {kind}", "geo_zones": countries})
    option = {
        "name": label,
        "service_zone_id": zone["fulfillment_set"]["service_zones"][0]["id"],
        "shipping_profile_id": profile,
        "provider_id": "manual_manual",
        "price_type": "flat",
        "type": {"label": label, "description": label, "code": name},
        "prices": _prices(price),
        "rules": [],
    }
    found: str = api.post("/admin/shipping-options", option)["shipping_option"]["id"]
    return found


def _products(api: Api, channel: str, profile: str) -> Mapping[str, str]:
    sizes, colours = ("S", "M", "L"), ("Red", "Sage")
    shirt = {
        "title": "T-shirt Été",
        "options": [{"title": "Size", "values": sizes}, {"title": "Colour", "values": colours}],
        "variants": [_shirt(size, colour) for size in sizes for colour in colours],
    }
    mug = {
        "title": "Mug",
        "options": [{"title": "Glaze", "values": ["Blue"]}],
        "variants": [{"title": "Blue", "sku": "MUG", "options": {"Glaze": "Blue"}, "prices": _prices(2)}],
    }
    common = {"status": "published", "shipping_profile_id": profile, "sales_channels": [{"id": channel}]}
    made = [api.post("/admin/products", {**product, **common})["product"] for product in (shirt, mug)]
    return {variant["sku"]: variant["id"] for product in made for variant in product["variants"]}


def _shirt(size: str, colour: str) -> Json:
    return {
        "title": f"{size} / {colour}",
        "sku": f"TEE-{size}-{colour.upper()}",
        "manage_inventory": True,
        "options": {"Size": size, "Colour": colour},
        "prices": _prices(1 if size == "L" else 0),
    }


def _prices(which: int) -> list[Json]:
    return [{"currency_code": code, "amount": prices[which]} for code, (_, _, prices) in MARKETS.items()]


def _publishable(api: Api, channel: str) -> str:
    key = api.post("/admin/api-keys", {"title": "Pages", "type": "publishable"})["api_key"]
    api.post(f"/admin/api-keys/{key['id']}/sales-channels", {"add": [channel]})
    token: str = key["token"]
    return token
