"""What the Vendure of the tests sells, and where: channels with several currencies, with taxes in their prices and
without, ways of sending and of paying, a shirt and a mug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from tests.engines.vendure_api import Json, Session, signed_in

SIZES: Final = ("S", "M", "L")
COLOURS: Final = ("Red", "Sage")
SCARCE: Final = "TEE-M-SAGE"  # two of them are left
PLENTY: Final = 1000
COUPON: Final = "TENTH"
PORTAL, PORTAL_PASSWORD = "portal@atelier-lune.example", "another invented password"


@dataclass(frozen=True, slots=True)
class Market:
    """A channel. `prices` of a shirt, a large shirt, a mug and sending are in Vendure's units, which are hundredths in
    every currency; they have the tax in them where `gross`."""

    code: str
    currency: str
    country: str
    tax: float
    prices: tuple[int, int, int, int]
    gross: bool = True


HOME: Final = Market("__default_channel__", "EUR", "FR", 20, (2500, 2750, 1800, 490), gross=False)
ABROAD: Final = (
    Market("gross", "EUR", "FR", 20, (2999, 3299, 1199, 490)),
    Market("japan", "JPY", "JP", 10, (300000, 330000, 210000, 50000)),
    Market("kuwait", "KWD", "KW", 0, (712, 762, 501, 125)),
    Market("america", "USD", "US", 7.25, (2999, 3199, 2149, 550), gross=False),
)
MARKETS: Final = {market.code: market for market in (HOME, *ABROAD)}
_SHARED: Final = (
    ("PaymentMethods", "paymentMethods"),
    ("StockLocations", "stockLocations"),
    ("Promotions", "promotions"),
)
_SENT_BY: Final = (("std", "Colissimo", 3), ("pickup", "Click & Collect", None), ("digital", "Digital download", None))


@dataclass(slots=True)
class Stocked:
    """What is there, by name: variants by SKU, ways of sending by channel and code, and Jalon's own access."""

    variants: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)
    shipping: dict[tuple[str, str], str] = field(default_factory=dict)
    api_key: str = ""


def stock(url: str, staff: Session, name: str, password: str) -> Stocked:
    """Fill an empty Vendure."""
    made, zones = Stocked(), {market.country: _zone(staff, market.country) for market in MARKETS.values()}
    channel = staff.ask("{ activeChannel { id } }")["activeChannel"]["id"]
    terms = {"pricesIncludeTax": HOME.gross, "availableCurrencyCodes": ["EUR"], "defaultCurrencyCode": "EUR"}
    home = {"defaultTaxZoneId": zones["FR"], "defaultShippingZoneId": zones["FR"], **terms}
    staff.do("updateChannel(input: $input)", "$input: UpdateChannelInput!", "Channel", input={"id": channel, **home})
    category = staff.do(
        "createTaxCategory(input: $input)",
        "$input: CreateTaxCategoryInput!",
        "TaxCategory!",
        input={"name": "Standard", "isDefault": True},
    )["id"]
    for country, zone in zones.items():
        rate = next(market.tax for market in MARKETS.values() if market.country == country)
        tax = {"name": country, "enabled": True, "value": rate, "categoryId": category, "zoneId": zone}
        staff.do("createTaxRate(input: $input)", "$input: CreateTaxRateInput!", "TaxRate!", input=tax)
    _shirts(staff, made, category)
    made.products["mug"] = _product(staff, "Mug", "mug")
    made.variants["MUG"] = _variant(staff, made.products["mug"], category, "Mug", "MUG", price=HOME.prices[2])
    for code, handler, arguments in (
        ("card", "card", {}),
        ("invoice", "dummy-payment-handler", {"automaticSettle": "true"}),
        ("later", "dummy-payment-handler", {"automaticSettle": "false"}),
    ):
        _payment(staff, code, handler, arguments)
    _ways(staff, made, HOME)
    _promotion(staff)
    for market in ABROAD:
        _open(staff, made, market, zones[market.country])
        with_channel = signed_in(url, name, password, market.code)
        _priced(with_channel, made, market)
        _ways(with_channel, made, market)
        with_channel.close()
    made.api_key = _access(staff)
    return made


def _text(name: str, **more: Any) -> list[Json]:
    return [{"languageCode": "en", "name": name, **more}]


def _zone(staff: Session, country: str) -> str:
    nation = staff.do(
        "createCountry(input: $input)",
        "$input: CreateCountryInput!",
        "Country!",
        input={"code": country, "enabled": True, "translations": _text(country)},
    )
    zone = {"name": country, "memberIds": [nation["id"]]}
    return str(staff.do("createZone(input: $input)", "$input: CreateZoneInput!", "Zone!", input=zone)["id"])


def _shirts(staff: Session, made: Stocked, category: str) -> None:
    shirt = made.products["tee"] = _product(staff, "T-shirt Été", "tee")
    options: dict[str, str] = {}
    for code, values in (("size", SIZES), ("colour", COLOURS)):
        choices = [{"code": value.lower(), "translations": _text(value)} for value in values]
        wanted = {"code": code, "translations": _text(code.capitalize()), "options": choices}
        group = staff.ask(
            "mutation($input: CreateProductOptionGroupInput!) { createProductOptionGroup(input: $input) "
            "{ id options { id name } } }",
            input=wanted,
        )["createProductOptionGroup"]
        options |= {option["name"]: option["id"] for option in group["options"]}
        call = "addOptionGroupToProduct(productId: $shirt, optionGroupId: $group)"
        staff.do(call, "$shirt: ID!, $group: ID!", "Product!", shirt=shirt, group=group["id"])
    for size, colour in product(SIZES, COLOURS):
        sku = f"TEE-{size}-{colour.upper()}"
        made.variants[sku] = _variant(
            staff,
            shirt,
            category,
            f"T-shirt Été {size} {colour}",
            sku,
            price=HOME.prices[size == "L"],
            optionIds=[options[size], options[colour]],
        )


def _product(staff: Session, name: str, slug: str) -> str:
    wanted = {"enabled": True, "translations": _text(name, slug=slug, description="")}
    call = "createProduct(input: $input)"
    return str(staff.do(call, "$input: CreateProductInput!", "Product!", input=wanted)["id"])


def _variant(staff: Session, of: str, category: str, name: str, sku: str, **more: Any) -> str:
    told = {"productId": of, "sku": sku, "taxCategoryId": category, "trackInventory": "TRUE", **more}
    wanted = {**told, "stockOnHand": 2 if sku == SCARCE else PLENTY, "translations": _text(name)}
    found = staff.ask(
        "mutation($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }",
        input=[wanted],
    )
    return str(found["createProductVariants"][0]["id"])


def _payment(staff: Session, code: str, handler: str, arguments: Mapping[str, str]) -> None:
    operation = {"code": handler, "arguments": [_argument(*pair) for pair in arguments.items()]}
    wanted = {"code": code, "enabled": True, "handler": operation, "translations": _text(code, description="")}
    call = "createPaymentMethod(input: $input)"
    staff.do(call, "$input: CreatePaymentMethodInput!", "PaymentMethod!", input=wanted)


def _ways(staff: Session, made: Stocked, market: Market) -> None:
    for code, name, position in _SENT_BY:
        rate = "0" if position is None else str(market.prices[position])
        terms = {"rate": rate, "includesTax": "include" if market.gross else "exclude", "taxRate": str(market.tax)}
        wanted = {
            "code": f"{code}-{market.currency.lower()}-{'gross' if market.gross else 'net'}",
            "fulfillmentHandler": "manual-fulfillment",
            "checker": {"code": "default-shipping-eligibility-checker", "arguments": [_argument("orderMinimum", "0")]},
            "calculator": {
                "code": "default-shipping-calculator",
                "arguments": [_argument(*pair) for pair in terms.items()],
            },
            "translations": _text(name, description=""),
        }
        call = "createShippingMethod(input: $input)"
        found = staff.do(call, "$input: CreateShippingMethodInput!", "ShippingMethod!", input=wanted)
        made.shipping[market.code, code] = str(found["id"])


def _argument(name: str, value: str) -> Json:
    return {"name": name, "value": value}


def _open(staff: Session, made: Stocked, market: Market, zone: str) -> None:
    """A channel, and everything of the shop in it."""
    seller = staff.ask("{ sellers { items { id } } }")["sellers"]["items"][0]["id"]
    wanted = {
        "code": market.code,
        "token": market.code,
        "defaultLanguageCode": "en",
        "pricesIncludeTax": market.gross,
        "defaultCurrencyCode": market.currency,
        "availableCurrencyCodes": [market.currency],
        "defaultTaxZoneId": zone,
        "defaultShippingZoneId": zone,
        "sellerId": seller,
    }
    channel = staff.do("createChannel(input: $input)", "$input: CreateChannelInput!", "Channel", input=wanted)["id"]
    goods = {"channelId": channel, "productIds": list(made.products.values()), "priceFactor": 1}
    _assign(staff, "Products", goods)
    for kind, listed in _SHARED:
        ids = [item["id"] for item in staff.ask(f"{{ {listed} {{ items {{ id }} }} }}")[listed]["items"]]
        _assign(staff, kind, {"channelId": channel, f"{listed[:-1]}Ids": ids})


def _assign(staff: Session, kind: str, what: Json) -> None:
    staff.ask(
        f"mutation($input: Assign{kind}ToChannelInput!) {{ assign{kind}ToChannel(input: $input) {{ id }} }}", input=what
    )


def _priced(staff: Session, made: Stocked, market: Market) -> None:
    prices = [
        {"id": variant, "price": market.prices[2 if sku == "MUG" else sku.startswith("TEE-L")]}
        for sku, variant in made.variants.items()
    ]
    staff.ask(
        "mutation($input: [UpdateProductVariantInput!]!) { updateProductVariants(input: $input) { id } }", input=prices
    )


def _promotion(staff: Session) -> None:
    wanted = {
        "enabled": True,
        "couponCode": COUPON,
        "conditions": [],
        "actions": [{"code": "order_percentage_discount", "arguments": [_argument("discount", "10")]}],
        "translations": _text("A tenth off"),
    }
    staff.do("createPromotion(input: $input)", "$input: CreatePromotionInput!", "Promotion", input=wanted)


def _access(staff: Session) -> str:
    """An administrator of the portal's own, with the permissions that the documentation names and no other; and a key
    that has the same."""
    channels = [item["id"] for item in staff.ask("{ channels { items { id } } }")["channels"]["items"]]
    permissions = ["ReadOrder", "UpdateOrder", "ReadProduct"]
    wanted = {"code": "jalon", "description": "Jalon", "permissions": permissions, "channelIds": channels}
    role = staff.do("createRole(input: $input)", "$input: CreateRoleInput!", "Role!", input=wanted)["id"]
    person = {"firstName": "Jalon", "lastName": "Portal", "emailAddress": PORTAL, "password": PORTAL_PASSWORD}
    call = "createAdministrator(input: $input)"
    staff.do(call, "$input: CreateAdministratorInput!", "Administrator!", input={**person, "roleIds": [role]})
    found = staff.ask(
        "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey } }",
        input={"roleIds": [role], "translations": _text("Jalon")},
    )
    key: str = found["createApiKey"]["apiKey"]
    return key
