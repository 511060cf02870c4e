"""A shop on Medusa, and those who work in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.platforms.live import Account
from tests.engines.medusa_api import Api, signed_in
from tests.engines.medusa_start import PASSWORD, SECRET, USER, Medusa, medusa
from tests.engines.medusa_stock import MARKETS, Stocked, stock
from tests.engines.merchant import CUSTOMER, HOME, Seen, Street
from tests.engines.relay import Relay
from tests.machine.postgres import Cluster

Json = dict[str, Any]

_EXTRA = "+payment_status,*fulfillments,*fulfillments.items,*fulfillments.labels"


class MedusaMerchant:
    """Satisfies `tests.engines.merchant.Merchant`."""

    slug = "medusa"
    refuses_shipped = True

    def __init__(self, medusa: Medusa, staff: Api, stocked: Stocked, relay: Relay) -> None:
        self.medusa, self.staff, self.stocked, self.relay = medusa, staff, stocked, relay
        self.pages = Api(medusa.url, **{"x-publishable-api-key": stocked.publishable_key})
        keys = {"url": medusa.url, "secret_key": stocked.secret_key, "hook_secret": SECRET}
        self.account = Account("medusa", keys, medusa.url)

    def place(self, wanted: Mapping[str, int], street: Street = HOME, *, paid: bool = True) -> str:
        """A customer's order."""
        return self.order_in("eur", wanted, street, paid=paid)

    def order_in(self, currency: str, wanted: Mapping[str, int], street: Street = HOME, **how: Any) -> str:
        """The same in another currency. `how`: `paid`, `email`, `phone`, `promotion` (a code), `way` (home, pickup)."""
        post = self.pages.post
        email = how.get("email", CUSTOMER)
        cart = post("/store/carts", {"region_id": self.stocked.regions[currency], "email": email})["cart"]["id"]
        for sku, quantity in wanted.items():
            line = {"variant_id": self.stocked.variants[sku], "quantity": quantity}
            post(f"/store/carts/{cart}/line-items", line)
        home = _address(street, MARKETS[currency][0], how.get("phone", "+33612345678"))
        codes = {"promo_codes": [how["promotion"]]} if "promotion" in how else {}
        post(f"/store/carts/{cart}", {"shipping_address": home, "billing_address": home, **codes})
        post(f"/store/carts/{cart}/shipping-methods", {"option_id": self.stocked.ways[how.get("way", "home")]})
        collection = post("/store/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        post(f"/store/payment-collections/{collection}/payment-sessions", {"provider_id": "pp_system_default"})
        order: str = post(f"/store/carts/{cart}/complete")["order"]["id"]
        if how.get("paid", True):
            self.capture(order)
        return order

    def capture(self, order_id: str) -> None:
        """Take the money."""
        for payment in _payments(self._order(order_id)):
            self.staff.post(f"/admin/payments/{payment['id']}/capture")

    def ship(self, order_id: str, units: Mapping[str, int], number: str) -> str:
        """Hand units to Colissimo."""
        parcel = self.pack(order_id, units)
        label = {"tracking_number": number, "tracking_url": f"https://carrier.example/{number}", "label_url": "#"}
        items = self._items(order_id, units)
        self.staff.post(
            f"/admin/orders/{order_id}/fulfillments/{parcel}/shipments", {"items": items, "labels": [label]}
        )
        return parcel

    def pack(self, order_id: str, units: Mapping[str, int]) -> str:
        """Have the warehouse pack units; returns the parcel's id."""
        known = {parcel["id"] for parcel in self._order(order_id)["fulfillments"]}
        self.staff.post(f"/admin/orders/{order_id}/fulfillments", {"items": self._items(order_id, units)})
        (fresh,) = {parcel["id"] for parcel in self._order(order_id)["fulfillments"]} - known
        return str(fresh)

    def deliver(self, order_id: str, parcel_id: str) -> None:
        """Say that the parcel arrived."""
        self.staff.post(f"/admin/orders/{order_id}/fulfillments/{parcel_id}/mark-as-delivered")

    def settle(self, order_id: str) -> None:
        """The customer pays what is still to be paid."""
        for held in self._order(order_id)["payment_collections"]:
            if held["status"] == "not_paid":
                self.staff.post(f"/admin/payment-collections/{held['id']}/mark-as-paid", {"order_id": order_id})

    def seen(self, order_id: str) -> Seen:
        """The order as it is now."""
        order = self._order(order_id)
        minor = _minor(order["currency_code"])
        parcels = [parcel for parcel in order["fulfillments"] if not parcel["canceled_at"]]
        refunds = [refund["amount"] for payment in _payments(order) for refund in payment["refunds"] or ()]
        cancelled = order["status"] == "canceled"
        return Seen(
            units={} if cancelled else _units((item["variant_sku"], item["quantity"]) for item in order["items"]),
            shipped=_units((i["variant_sku"], i["detail"]["shipped_quantity"]) for i in order["items"]),
            numbers=frozenset(label["tracking_number"] for parcel in parcels for label in parcel["labels"]),
            delivered=sum(parcel["delivered_at"] is not None for parcel in parcels),
            street=order["shipping_address"]["address_1"],
            total=minor(order["total"]),
            refunded=sum(map(minor, refunds)),
            outstanding=0 if cancelled else minor(order["summary"]["pending_difference"]),
            cancelled=cancelled,
        )

    def begin_edit(self, order_id: str) -> None:
        """Somebody begins to edit the order and leaves it open."""
        self.staff.post("/admin/order-edits", {"order_id": order_id, "internal_note": "Zoé called"})

    def open_edits(self, order_id: str) -> list[Json]:
        """The edits of the order that wait for something."""
        changes = self.staff.get(f"/admin/orders/{order_id}/changes")["order_changes"]
        return [change for change in changes if change["status"] in ("pending", "requested")]

    def age_open_edits(self, order_id: str) -> None:
        """Let an hour go by for them."""
        wanted = f"order_id = '{order_id}' AND status IN ('pending', 'requested')"
        self.medusa.run_sql(f"UPDATE order_change SET created_at = created_at - interval '1 hour' WHERE {wanted}")  # noqa: S608 - an id that Medusa gave

    def promote(self, code: str, percent: int) -> str:
        """Begin a promotion of so many percent off; returns its id."""
        off = {"type": "percentage", "target_type": "items", "allocation": "across", "value": percent}
        body = {"code": code, "type": "standard", "status": "active", "application_method": off}
        found: str = self.staff.post("/admin/promotions", body)["promotion"]["id"]
        return found

    def end(self, promotion: str) -> None:
        """End a promotion."""
        self.staff.post(f"/admin/promotions/{promotion}", {"status": "inactive"})

    def end_edit(self, order_id: str) -> None:
        """They change their mind."""
        self.staff.ask("DELETE", f"/admin/order-edits/{order_id}")

    def lose(self, order_id: str) -> None:
        """Medusa deletes no orders, so its database is made to forget this one."""
        self.medusa.run_sql(f"""DELETE FROM "order" WHERE id = '{order_id}'""")  # noqa: S608 - an id that Medusa gave

    def with_password(self, password: str = PASSWORD) -> Account:
        """The account of somebody without a key."""
        return Account("medusa", {"url": self.medusa.url, "email": USER, "password": password}, self.medusa.url)

    def close(self) -> None:
        """Let go of the connections."""
        self.staff.close()
        self.pages.close()

    def _order(self, order_id: str) -> Json:
        found: Json = self.staff.get(f"/admin/orders/{order_id}", fields=f"{_EXTRA},+currency_code")["order"]
        return found

    def _items(self, order_id: str, units: Mapping[str, int]) -> list[Json]:
        lines = {item["variant_sku"]: item["id"] for item in self._order(order_id)["items"]}
        return [{"id": lines[sku], "quantity": quantity} for sku, quantity in units.items()]


@contextmanager
def open_shop(cluster: Cluster, work: Path, relay: Relay) -> Iterator[MedusaMerchant]:
    """A Medusa with something to sell, until the block ends."""
    with medusa(cluster, work, relay.url) as started:
        staff = signed_in(started.url)
        merchant = MedusaMerchant(started, staff, stock(staff), relay)
        try:
            yield merchant
        finally:
            merchant.close()


def _payments(order: Json) -> list[Json]:
    return [payment for collection in order["payment_collections"] for payment in collection["payments"]]


def _units(pairs: Iterator[tuple[str, int]]) -> dict[str, int]:
    units: dict[str, int] = {}
    for sku, quantity in pairs:
        if quantity:
            units[sku] = units.get(sku, 0) + quantity
    return units


def _minor(currency: str) -> Any:
    digits = {"jpy": 0, "kwd": 3}.get(currency, 2)
    return lambda amount: int((Decimal(str(amount)) * 10**digits).to_integral_exact())


def _address(street: Street, country: str, phone: str | None) -> Json:
    return {
        "first_name": "Zoé",
        "last_name": "Lambert",
        "address_1": street.line1,
        "postal_code": street.postcode,
        "city": street.city,
        "country_code": country,
        "phone": phone,
    }
