"""The export as people read it: the same document, in parts with headings, each value beside a word for it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.kit.forms import N_
from portal.whose import Exported

HEADINGS: Final[Mapping[str, str]] = {
    "account": N_("Your account"),
    "contacts": N_("Your addresses"),
    "browsers": N_("Browsers"),
    "passkeys": N_("Passkeys"),
    "sign_ins": N_("Codes asked for within the last hour"),
    "messages": N_("Messages under way to you, or that could not be delivered"),
    "orders": N_("Your orders"),
    "lines": N_("Items"),
    "order_links": N_("Links in messages to you"),
    "looks": N_("Who looked at it"),
    "parcels": N_("Your parcels"),
    "scans": N_("What the carrier said"),
    "proofs": N_("Proof of delivery"),
    "share_links": N_("Links for others"),
    "requests": N_("Asked of the shop in your name"),
    "calendar": N_("Address for your calendar"),
    "shop_acts": N_("What the shop did with your orders"),
    "changes": N_("Changes of your orders"),
    "steps": N_("What happened"),
}
WORDS: Final[Mapping[str, str]] = {
    "act": N_("What was done"),
    "action": N_("Kind"),
    "after": N_("Afterwards"),
    "before": N_("Before"),
    "confirmed_at": N_("Confirmed"),
    "note": N_("Note"),
    "address": N_("Address"),
    "at": N_("When"),
    "backed_up": N_("Kept in your account with its maker"),
    "cancelled_at": N_("Cancelled"),
    "carrier": N_("Carrier"),
    "carrier_label": N_("Carrier, in the shop’s words"),
    "city": N_("Place"),
    "code": N_("Code"),
    "collect_code": N_("Code for collecting it"),
    "collect_link_until": N_("Link for whoever collects it, until"),
    "collector": N_("Who may collect it"),
    "count": N_("How often"),
    "country": N_("Country"),
    "created_at": N_("Made"),
    "currency": N_("Currency"),
    "day": N_("Day"),
    "email": N_("E-mail address"),
    "ended_at": N_("Ended"),
    "expires_at": N_("Ends"),
    "finished_at": N_("Arrived"),
    "fulfilment": N_("Shipping"),
    "gift": N_("It is a surprise"),
    "instructions": N_("Wishes for the carrier"),
    "kind": N_("Kind"),
    "label": N_("Name"),
    "language": N_("Language"),
    "last_at": N_("Last"),
    "last_opened_at": N_("Last opened"),
    "lat": N_("Latitude"),
    "link": N_("Link number"),
    "locale": N_("Language"),
    "lon": N_("Longitude"),
    "message": N_("Kind"),
    "milestone": N_("Status"),
    "name": N_("Name"),
    "number": N_("Number"),
    "opens": N_("How often it was opened"),
    "options": N_("Choice"),
    "order": N_("Order, as we count"),
    "payment": N_("Payment"),
    "phone": N_("Phone number"),
    "pickup_point": N_("Pickup point"),
    "place": N_("Place"),
    "placed_at": N_("Ordered"),
    "postcode": N_("Postcode"),
    "promise_from": N_("Promised from"),
    "promise_to": N_("Promised until"),
    "quantity": N_("Quantity"),
    "ref": N_("Name in the address of the page"),
    "region": N_("Region"),
    "revoked_at": N_("Taken back"),
    "seen_at": N_("Last seen"),
    "settled_at": N_("Sent or given up"),
    "shipment": N_("Parcel, as we count"),
    "shipments": N_("Parcels, as we count"),
    "shipped_at": N_("Shipped"),
    "shop_note": N_("Note from the shop"),
    "signed_by": N_("Signed by"),
    "state": N_("State"),
    "step": N_("How it ended"),
    "stepped_up_at": N_("You proved yourself"),
    "text": N_("In the carrier’s words"),
    "title": N_("Item"),
    "outstanding": N_("Still to pay, in the smallest unit"),
    "refunded": N_("Paid back, in the smallest unit"),
    "total": N_("Amount, in the smallest unit"),
    "town": N_("Town"),
    "town_country": N_("Country of the town"),
    "town_lat": N_("Latitude of the town"),
    "town_lon": N_("Longitude of the town"),
    "tracking_url": N_("Page at the carrier"),
    "used_at": N_("Last used"),
    "value": N_("Address"),
    "verified_at": N_("Proven"),
    "wall": N_("When"),
    "who": N_("Who"),
    "with_items": N_("Shows the items"),
    "with_towns": N_("Shows the towns"),
}
WHO: Final[Mapping[str, str]] = {
    "person": N_("You, signed in"),
    "link": N_("A link from our messages"),
    "visitor": N_("One of your links"),
    "staff": N_("Somebody at the shop"),
}
ACTS: Final[Mapping[str, str]] = {
    "open": N_("Opened with your name and address"),
    "see_as_customer": N_("Seen as you see it"),
    "see_as_visitor": N_("Seen as your visitors see it"),
    "to_ship": N_("Made ready"),
    "ship": N_("Handed to a carrier"),
    "ready": N_("Ready to be collected"),
    "collected": N_("Collected"),
    "delivered": N_("Delivered"),
    "settled": N_("Paid back"),
    "cancel": N_("Order cancelled"),
    "cancel_lines": N_("Items cancelled"),
    "accept": N_("Your request accepted"),
    "decline": N_("Your request declined"),
    "send_again": N_("A change tried once more"),
    "was_made": N_("A change found to be made"),
    "was_not_made": N_("A change found not to be made"),
    "begun": N_("Begun"),
    "done": N_("Done"),
    "refused": N_("Refused"),
    "failed": N_("Failed"),
}
_NAMED_BY: Final = ("number", "label", "name", "value", "title", "text")
_FRAME: Final = frozenset({"shop", "made_at"})
_FILE_ONLY: Final = "base64"  # pictures and pages: they are in the file


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is a word of ours, to be translated."""

    message: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what stands under it, and smaller parts. `heading` is to be translated, `title` is the person's
    own word. `raw` is a document of somebody else's, as it came."""

    heading: str = ""
    title: str = ""
    facts: Sequence[tuple[str, Any]] = ()
    parts: Sequence[Part] = ()
    raw: str = ""


def readable(document: Exported) -> list[Part]:
    """The parts of an export that hold anything."""
    return [_part(name, value) for name, value in document.items() if name not in _FRAME and value]


def _part(name: str, value: Any) -> Part:
    heading = HEADINGS[name]
    if isinstance(value, Mapping):
        return _record(value, heading)
    return Part(heading, parts=[_record(record) for record in value])


def _record(record: Mapping[str, Any], heading: str = "") -> Part:
    title = next((str(record[name]) for name in _NAMED_BY if record.get(name)), "")
    facts, parts, raw = [], [], ""
    for name, value in record.items():
        if name == "document":
            raw = json.dumps(value, ensure_ascii=False, indent=2) if value else ""
        elif name in HEADINGS:
            parts += [_part(name, value)] if value else []
        elif name != _FILE_ONLY and value not in (None, "", []) and not (name in _NAMED_BY and str(value) == title):
            facts.append((WORDS[name], _value(name, value)))
    return Part(heading, title, facts, parts, raw)


def _value(name: str, value: Any) -> Any:
    if name == "who":
        return Word(WHO[value])
    if name in ("act", "step"):
        return Word(ACTS[value])
    return ", ".join(map(str, value)) if isinstance(value, list) else value
