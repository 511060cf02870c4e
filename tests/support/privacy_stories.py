"""The pages of a person's own data, and who looked at an order: template and values by name."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from portal.kit.forms import Form, Problem
from portal.kit.private import Private
from portal.orders.looks import Look
from portal.privacy.readable import readable
from portal.sharing.links import Shared
from portal.sharing.public.values import Scope
from tests.orders.sample_parts import NOW, TODAY
from tests.support.account_stories import ADA, EMPTY

_HOUR: Final = timedelta(hours=1)
_LONG: Final = "https://carrier.example/tracking?number=6A12345678901&postcode=35400&language=fr&from=mail"
EXPORT: Final[dict[str, Any]] = {
    "shop": "Atelier Lune",
    "made_at": NOW,
    "orders": [
        {
            "order": 1,
            "number": "#1001",
            "ref": "0123456789abcdef",
            "placed_at": NOW - 50 * _HOUR,
            "payment": "paid",
            "total": 4500,
            "currency": "EUR",
            "promise_to": TODAY,
            "email": "ada@example.com",
            "lines": [{"title": "Mug", "options": "Text: For Ada", "quantity": 2}, {"title": "Bowl", "quantity": 1}],
            "shipments": [1, 2],
            "order_links": [{"created_at": NOW - 40 * _HOUR, "expires_at": NOW + 400 * _HOUR, "revoked_at": None}],
            "looks": [{"who": "person", "day": TODAY, "count": 3, "last_at": NOW - _HOUR}],
            "document": {
                "number": "#1001",
                "address": {"shipping": {"name": "Ada Exemple", "line1": "3 rue des Lilas"}},
            },
        }
    ],
    "parcels": [
        {
            "shipment": 1,
            "carrier": "laposte",
            "number": "6A12345678901",
            "tracking_url": _LONG,
            "signed_by": "M. Exemple",
            "scans": [
                {
                    "milestone": "in_transit",
                    "wall": NOW - 20 * _HOUR,
                    "town": "Rennes",
                    "text": "Votre colis est en transit",
                },
                {
                    "milestone": "delivered",
                    "wall": NOW - 2 * _HOUR,
                    "text": "Remis à un voisin, Mme Exemple, 5 rue des Lilas",
                },
            ],
            "proofs": [{"kind": "photo", "at": NOW - _HOUR, "base64": "eA=="}],
        }
    ],
    "share_links": [{"order": 1, "label": "Mum", "with_items": True, "gift": False, "opens": 3, "created_at": NOW}],
    "passkeys": [{"name": "Telephone", "created_at": NOW, "used_at": None, "backed_up": True}],
    "sign_ins": [],
    "messages": [],
    "account": {"created_at": NOW - 900 * _HOUR, "language": "fr"},
    "contacts": [{"kind": "email", "value": "ada@example.com", "verified_at": NOW - 900 * _HOUR}],
    "browsers": [
        {"label": "Firefox, Windows", "created_at": NOW, "seen_at": NOW, "stepped_up_at": NOW, "ended_at": None}
    ],
}
_ERASE: Final[dict[str, Any]] = {
    "form": EMPTY,
    "contacts": [
        SimpleNamespace(value="ada@example.com"),
        SimpleNamespace(value="ada.with.a.rather.long.name@workplace.example.com"),
    ],
    "orders": (1, 2, 3),
    "viewer": ADA,
}
_UNSURE: Final[Form[Any]] = Form({}, {"sure": Problem("Tick this if you want it: it cannot be undone.")})
_LINK: Final = Shared(
    7, Private("Mum"), Scope(items=True), "https://track.example/s/x", False, NOW + 90 * _HOUR, None, 3, NOW, NOW, 1
)
_SHARING: Final[dict[str, Any]] = {
    "base": "/orders/0123456789abcdef/sharing",
    "order": "/orders/0123456789abcdef",
    "links": [_LINK],
    "names": {7: _LINK.label},
    "looks": [
        Look(1, "person", 0, TODAY, 12, NOW),
        Look(1, "visitor", 7, TODAY, 3, NOW - 30 * _HOUR),
        Look(1, "visitor", 8, TODAY, 1, NOW - 31 * _HOUR),
        Look(1, "link", 0, TODAY, 1, NOW - 60 * _HOUR),
        Look(1, "staff", 0, TODAY, 2, NOW - 80 * _HOUR),
    ],
    "by_link": False,
    "form": Form({"lasts": "7"}),
    "demo": False,
    "wish": None,
    "viewer": ADA,
}
STORIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "data": ("account/data.html", {"parts": readable(EXPORT), "viewer": ADA}),
    "erase": ("account/erase.html", _ERASE),
    "erase_unsure": ("account/erase.html", {**_ERASE, "form": _UNSURE}),
    "erase_no_orders": ("account/erase.html", {**_ERASE, "orders": ()}),
    "erased": ("account/erased.html", {}),
    "sharing": ("sharing/page.html", _SHARING),
}
