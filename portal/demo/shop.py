"""The demonstration's shop: an invented one, with an order for every story. Data, and nothing but data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from portal.demo.people import CAMILLE, NOUR, DemoPerson
from portal.kit.i18n import NP_

SHOP: Final = {
    "shop_name": "Comptoir des Dunes",
    "shop_url": "https://comptoir-des-dunes.example",
    "shop_contact": "bonjour@comptoir-des-dunes.example",
    "shop_brand_colour": "#1f5f7a",
}
CARRIER: Final = "Pigeon Vole"
ENVIRON: Final = {"JALON_PLATFORM_NEUTRAL_SHOP": "demo"}  # its orders are kept here and nowhere else

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A parcel in the demonstration. `story` and `code` say where it stands in the carrier's play;
    `moving` ones go on from there faster than life, the others stay. `lines` are line ids and counts. It goes from
    `origin`, a town of the carrier's, to its customer's."""

    story: str
    code: str
    lines: Mapping[str, int]
    seed: int
    moving: bool = False
    origin: str = "Arras"


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """One order: what it shows, what is in it, how long the shop took to send it, what was sent."""

    number: str
    story: str
    lines: tuple[Json, ...]
    person: DemoPerson = CAMILLE
    hours_to_ship: float = 9
    sent: tuple[Sent, ...] = ()
    linked: tuple[Json, ...] = ()
    deliveries: Callable[[datetime], tuple[Json, ...]] = lambda _: ()
    note: str | None = None
    hours_ago: float = 20


def _variant(code: str, size: str, colour: str, cents: int, available: int) -> Json:
    return {"id": code, "options": {"Taille": size, "Couleur": colour}, "price": cents, "available": available}


PRODUCTS: Final = (
    {
        "shop": "demo",
        "product_id": "vareuse",
        "title": "Vareuse Bréhat",
        "currency": "EUR",
        "variants": [
            _variant("vareuse-s", "S", "écru", 7900, 4),
            _variant("vareuse-m", "M", "écru", 7900, 9),
            _variant("vareuse-l", "L", "écru", 7900, 3),
            _variant("vareuse-l-nuit", "L", "bleu nuit", 7900, 0),
            _variant("vareuse-xl", "XL", "écru", 8400, 2),
        ],
    },
)


def _line(line_id: str, title: str, options: str, quantity: int, cents: int, **more: object) -> Json:
    options_of = [{"name": "", "value": options}] if options else []
    price = {"unit": {"shop": cents}, "total_after_discounts": {"shop": cents * quantity}}
    return {"id": line_id, "title": title, "options": options_of, "quantity": quantity, "price": price, **more}


def _collected(now: datetime) -> tuple[Json, ...]:
    ready = now - timedelta(hours=3)
    return (
        {
            "id": "pickup",
            "method": "pickup",
            "state": "in_progress",
            "location": {
                "name": "Boutique du Port, Vannes",
                "address": {"line1": "3 quai de la Rabine", "postcode": "56000", "city": "Vannes", "country": "FR"},
            },
            "pickup": {
                "ready_at": ready.isoformat(),
                "code": "D7-418",
                "opening_hours": "10:00–13:00, 14:30–19:00",
            },
            "lines": [{"line_id": "1", "quantity": 1}, {"line_id": "2", "quantity": 2}],
        },
    )


def _promised(now: datetime) -> tuple[Json, ...]:
    latest = now - timedelta(days=1)
    asked = "Sonner deux fois, puis laisser chez la gardienne."
    return ({"id": "home", "method": "shipping", "promise": {"latest": latest.isoformat()}, "instructions": asked},)


MESSAGE: Final = {
    "name": "pigeons",
    "tone": "calm",
    "carriers": [CARRIER],
    "statuses": ["in_transit", "out_for_delivery"],
    "text": {
        "en": "Pigeons fly by day only: what is on its way in the evening goes on in the morning.",
        "fr": "Les pigeons ne volent que de jour : ce qui est en route le soir repart au matin.",
        "de": "Tauben fliegen nur bei Tag: Was am Abend unterwegs ist, reist am Morgen weiter.",
        "es": "Las palomas solo vuelan de día: lo que está en camino por la tarde sigue por la mañana.",
        "it": "I piccioni volano solo di giorno: ciò che è in viaggio la sera riparte al mattino.",
        "nl": "Duiven vliegen alleen overdag: wat ’s avonds onderweg is, gaat ’s ochtends verder.",
    },
}


ORDERS: Final = (
    DemoOrder(
        "#2041",
        NP_("demo story", "In transit within France, moving while you look"),
        (_line("1", "Plaid Écume", "130 × 180 cm", 1, 8900), _line("2", "Bougie Sel & Fougère", "", 2, 2400)),
        sent=(Sent("in_france", "A10", {"1": 1, "2": 2}, seed=11, moving=True),),
    ),
    DemoOrder(
        "#2043",
        NP_("demo story", "Just placed: change a size, the address, or cancel it"),
        (
            {
                **_line("1", "Vareuse Bréhat", "", 2, 7900, product_id="vareuse", variant_id="vareuse-m"),
                "options": [{"name": "Taille", "value": "M"}, {"name": "Couleur", "value": "écru"}],
            },
            _line("2", "Bol Marée", "Grès, bleu nuit", 1, 1850),
            _line(
                "3",
                "Couteau de poche",
                "Manche en if",
                1,
                6200,
                personalisation=[{"name": "Gravure", "value": "C. E."}],
                flags={"personalised": True},
            ),
        ),
        hours_ago=0.2,
        hours_to_ship=0,
    ),
    DemoOrder(
        "#2038",
        NP_("demo story", "Three parcels, two carriers, one item not shipped yet"),
        (
            _line("1", "Mug Galet", "Grès, blanc", 4, 1900),
            _line("2", "Lampe Sémaphore", "Laiton", 1, 14900),
            _line("3", "Coussin Marée", "45 × 45 cm", 2, 3900),
            _line("4", "Tabouret Estran", "Chêne", 1, 12900),
        ),
        sent=(
            Sent("in_france", "T10", {"1": 4}, seed=23, moving=True),
            Sent("delivered", "D90", {"2": 1}, seed=24),
        ),
        linked=(
            {
                "id": "relay",
                "lines": [{"line_id": "3", "quantity": 2}],
                "tracking": [{"carrier_raw": "Mondial Relay", "number": "64182075"}],
            },
        ),
    ),
    DemoOrder(
        "#2035",
        NP_("demo story", "International, at the customs office"),
        (_line("1", "Vase Albâtre", "Hauteur 28 cm", 1, 7600),),
        sent=(Sent("international", "C10", {"1": 1}, seed=31, origin="Leeds"),),
    ),
    DemoOrder(
        "#2029",
        NP_("demo story", "Delayed, with a new date"),
        (_line("1", "Nappe Brise", "Lin, 170 × 250 cm", 1, 9800), _line("2", "Serviettes Brise", "Lot de 6", 1, 5400)),
        sent=(Sent("delayed", "R10", {"1": 1, "2": 1}, seed=41),),
        deliveries=_promised,
        note="Nous avons glissé deux échantillons de savon dans le colis.",
    ),
    DemoOrder(
        "#2017",
        NP_("demo story", "Delivered"),
        (_line("1", "Théière Cormoran", "Fonte, 0,8 l", 1, 6900),),
        person=NOUR,
        sent=(Sent("delivered", "D90", {"1": 1}, seed=51),),
    ),
    DemoOrder(
        "#2040",
        NP_("demo story", "Click & Collect: ready in the shop"),
        (_line("1", "Panier Salicorne", "Osier", 1, 4500), _line("2", "Savon Lande", "", 2, 900)),
        deliveries=_collected,
    ),
    DemoOrder(
        "#2024",
        NP_("demo story", "Exception: damaged on the way"),
        (_line("1", "Carafe Embrun", "Verre soufflé", 1, 5200), _line("2", "Verres Embrun", "Lot de 4", 1, 4800)),
        person=NOUR,
        sent=(Sent("exception", "X10", {"1": 1, "2": 1}, seed=61),),
    ),
    DemoOrder(
        "#2033",
        NP_("demo story", "A carrier that we can only link to"),
        (_line("1", "Affiche Phare", "50 × 70 cm", 1, 3500),),
        person=NOUR,
        linked=(
            {
                "id": "link",
                "lines": [{"line_id": "1", "quantity": 1}],
                "tracking": [{"carrier_raw": "Colis Privé", "number": "CP4402915578FR"}],
            },
        ),
    ),
    DemoOrder(
        "#2036",
        NP_("demo story", "Waiting at a pickup point"),
        (_line("1", "Guirlande Lucioles", "5 m", 1, 2900),),
        sent=(Sent("pickup", "D30", {"1": 1}, seed=71),),
    ),
    DemoOrder(
        "#2031",
        NP_("demo story", "Partly cancelled, the rest on its way"),
        (
            _line("1", "Sac Ressac", "Toile, écru", 1, 4200),
            {
                **_line("2", "Sac Ressac", "Toile, marine", 1, 4200),
                "quantity": {"ordered": 1, "current": 0, "removed": 1},
            },
        ),
        sent=(Sent("attempted", "D20", {"1": 1}, seed=81),),
    ),
)


def document(order: DemoOrder, now: datetime, handed: tuple[tuple[str, datetime], ...]) -> Json:
    """The order as a neutral document; `handed` are tracking numbers and since when the carrier knows them."""
    shipped = min((moment for _, moment in handed), default=now - timedelta(hours=order.hours_ago))
    placed = shipped - timedelta(hours=order.hours_to_ship)
    total = sum(line["price"]["unit"]["shop"] * _count(line) for line in order.lines)
    sent = [
        {
            "id": f"parcel-{position}",
            "created_at": moment.isoformat(),
            "lines": [{"line_id": line, "quantity": count} for line, count in parcel.lines.items()],
            "tracking": [{"carrier_raw": CARRIER, "number": number}],
        }
        for position, (parcel, (number, moment)) in enumerate(zip(order.sent, handed, strict=True), 1)
    ]
    return {
        "schema": "order/1",
        "source": {"platform": "neutral", "shop": "demo", "order_id": order.number.removeprefix("#")},
        "number": order.number,
        "placed_at": placed.isoformat(),
        "updated_at": now.isoformat(),
        "currency": "EUR",
        "state": {"payment": "paid"},
        **order.person.members(),
        "lines": list(order.lines),
        "parcels": [*sent, *({"created_at": shipped.isoformat(), **parcel} for parcel in order.linked)],
        "deliveries": list(order.deliveries(now)),
        "shop_note": order.note,
        "taxes_included": True,
        "totals": {"lines": {"shop": total}, "shipping": {"shop": 0}, "total": {"shop": total}},
    }


def _count(line: Json) -> int:
    quantity = line["quantity"]
    return int(quantity["current"]) if isinstance(quantity, dict) else int(quantity)
