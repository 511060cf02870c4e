"""One WooCommerce order as a neutral order: the body of the order itself, with its fulfilments, the lines of its
refunds and what is known of its products where those were read too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from portal.platforms.contract import Delivered
from portal.platforms.neutral.document import neutral_order
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.woocommerce import lines as said, people, words
from portal.platforms.woocommerce.adjustments import adjustments_of
from portal.platforms.woocommerce.amounts import Purse, amount, purse_of
from portal.platforms.woocommerce.deliveries import deliveries_of, travels
from portal.platforms.woocommerce.edits import Record, records_of, removed_units
from portal.platforms.woocommerce.ledger import NOTHING_BACK, Back, backs_of, refunds_of
from portal.platforms.woocommerce.parcels import drafted, fulfilments_of, parcels_of, sent_units
from portal.platforms.woocommerce.quantities import Units, ordered_units
from portal.platforms.woocommerce.raw import raw_of
from portal.platforms.woocommerce.shape import Node, count, ident, meta_value, moment, nodes, part, text, yes
from portal.platforms.woocommerce.state import changed_at, ends_of, state_of
from portal.platforms.woocommerce.totals import gross, line_sums, totals_of
from portal.platforms.woocommerce.words import Standing

Json = dict[str, Any]

_TEST: Final = (("_wcpay_mode", "test"), ("_ppcp_paypal_payment_mode", "sandbox"))
_LANGUAGE: Final = ("wpml_language", "trp_language", "_locale")


def order_of(body: Node, delivered: Delivered, own: Mapping[str, Standing]) -> NeutralOrder:
    """The neutral order of one order body; `own` are the shop's statuses. Raises InvalidOrder when it has no id."""
    stands, purse = words.standing(body.get("status"), own), purse_of(body)
    refunds, records = refunds_of(body), records_of(body)
    backs, removed = backs_of(refunds), removed_units(records)
    parcels = parcels_of(body, stands, ordered_units(body, removed))
    told = "lines" if fulfilments_of(body) else meta_value(body, "_fulfillment_status")
    units = Units(body, stands, backs, removed, sent_units(body, parcels), drafted(body), told)
    lines = _apart([_line(body, line, units, backs, purse) for line in nodes(body, "line_items")])
    lines += _removed(records, {line["id"] for line in lines}, purse)
    goes = people.shipping(body, travels=travels(body))
    built = {
        **_head(body, delivered),
        **ends_of(body, records, stands),
        "state": state_of(body, refunds, stands, edited=bool(records)),
        "currency": {"shop": purse.shop, "buyer": purse.buyer},
        "customer": people.customer(body),
        "contact": people.contact(body),
        "address": {"shipping": goes, "billing": people.address(part(body, "billing"))},
        "lines": lines,
        "deliveries": _apart(deliveries_of(body, stands, lines, goes)),
        "parcels": _apart(_arrived(body, parcels, stands)),
        "adjustments": _apart(adjustments_of(refunds, records, purse)),
        "totals": totals_of(body, refunds, backs, purse, stands),
        "raw": raw_of(body),
    }
    return neutral_order(built)


def shop_of(address: object) -> str | None:
    """The shop's name out of an address at it: host, port and the folder that WordPress is in."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    folder = parts.path.split("/wp-json")[0].rstrip("/")
    return f"{parts.hostname}{f':{port}' if port else ''}{folder}"


def untold(body: Node) -> Iterator[str]:
    """What the body alone does not have, and which would have been read with it at the shop."""
    if any(not refund.detailed and refund.amount for refund in refunds_of(body)):
        yield "its refunds are told without the units that they are for"
    if "fulfillments" not in body and meta_value(body, "_fulfillment_status") == "partially_fulfilled":
        yield "what has left of it is not told"


def _head(order: Node, delivered: Delivered) -> Json:
    home = _home(order)
    identity = ident(order, "id")
    changed = changed_at(order)
    pay = text(order, "payment_url") if yes(order.get("needs_payment")) else None
    return {
        "schema": "order/1",
        "source": {
            "platform": "woocommerce",
            "shop": delivered.shop or shop_of(home),
            "order_id": identity,
            "channel": text(order, "created_via"),
            "api_version": "wc/v3",
        },
        "version": changed.isoformat() if changed else None,
        "number": text(order, "number") or identity,
        "test": any(meta_value(order, key) == value for key, value in _TEST),
        "locale": text({"told": meta_value(order, *_LANGUAGE)}, "told"),
        "placed_at": moment(order, "date_created"),
        "updated_at": changed,
        "taxes_included": order.get("prices_include_tax")
        if isinstance(order.get("prices_include_tax"), bool)
        else None,
        "links": {
            "pay_outstanding": pay,
            "admin": f"{home}/wp-admin/post.php?post={identity}&action=edit" if home and identity else None,
        },
    }


def _home(order: Node) -> str | None:
    """The shop's address, as the order's own links show it."""
    links = nodes(part(order, "_links"), "self")
    here = text(links[0], "href") if links else None
    return here.split("/wp-json")[0] if here and "/wp-json" in here else None


def _line(order: Node, line: Node, units: Units, backs: Mapping[str, Back], purse: Purse) -> Json:
    key = ident(line, "id") or ""
    has, before = count(line.get("quantity")), gross(line, purse)
    sums = line_sums(line, backs.get(key, NOTHING_BACK), purse)
    after = purse.told(amount(line, "total"), amount(line, "total_tax"))
    off = None if before is None or after is None else before - after
    return {
        **said.described(order, line),
        "quantity": units.of(line),
        "price": {"unit": purse.sides(before / has if before is not None and has else before), **sums},
        "discounts": [{"label": _coupons(order), "amount": purse.sides(off)}] if off and off > 0 else [],
    }


def _apart(parts: list[Json]) -> list[Json]:
    """Ids are keys: should a part lack one, or two share one, they are told apart by their place."""
    seen: set[str] = set()
    apart = []
    for number, item in enumerate(parts, 1):
        name = item["id"] or f"line-{number}"
        apart.append({**item, "id": f"{name}#{number}" if name in seen else name})
        seen.add(name)
    return apart


def _coupons(order: Node) -> str | None:
    """The coupons by their codes: which of them took off what is not told of a line."""
    codes = (text(coupon, "code") for coupon in nodes(order, "coupon_lines"))
    return ", ".join(code for code in codes if code) or None


def _removed(records: list[Record], there: set[str], purse: Purse) -> Iterator[Json]:
    for record in records:
        for was in record.was:
            line = said.removed(record, was, purse)
            if line["id"] not in there:
                there.add(line["id"])
                yield line


def _arrived(order: Node, parcels: list[Json], stands: Standing) -> list[Json]:
    """The parcels of an order that the shop says has arrived have arrived; without any, there is one all the same."""
    if stands != "delivered":
        return parcels
    at = moment(order, "date_completed") or changed_at(order)
    whole: Json = {"id": "delivered", "state": "ok", "created_at": at, "lines": [], "allocation": "whole_order"}
    return [{**parcel, "status": "delivered", "delivered_at": at} for parcel in parcels or [whole]]
