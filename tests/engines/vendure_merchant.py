"""A shop on Vendure, and those who work in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from portal.platforms.live import Account
from tests.engines.merchant import CUSTOMER, HOME, Seen, Street
from tests.engines.relay import Relay
from tests.engines.vendure_api import Json, Session, fulfil, lines_of, modify, move, turn
from tests.engines.vendure_start import SECRET, Vendure, vendure
from tests.engines.vendure_stock import HOME as HOME_MARKET, MARKETS, PORTAL, PORTAL_PASSWORD

_SEEN = """
query($id: ID!) { order(id: $id) {
  id code state currencyCode totalWithTax shippingAddress { streetLine1 }
  lines { id quantity productVariant { sku } }
  fulfillments { id state trackingCode lines { orderLineId quantity } }
  payments { id amount state refunds { total state } }
} }
"""
_LEFT = {"Shipped", "Delivered"}


class VendureMerchant:
    """Satisfies `tests.engines.merchant.Merchant`."""

    slug = "vendure"
    refuses_shipped = False

    def __init__(self, engine: Vendure, relay: Relay) -> None:
        self.engine, self.relay, self.staff = engine, relay, engine.staff
        pay = "https://atelier-lune.example/pay/{code}"
        access = {"url": engine.url, "username": PORTAL, "password": PORTAL_PASSWORD, "hook_secret": SECRET}
        self.account = Account("vendure", {**access, "line_fields": "engraving", "pay_url": pay})

    def in_channel(self, channel: str) -> Account:
        """What the portal connects with, to see one channel."""
        token = {} if MARKETS[channel] is HOME_MARKET else {"channel": channel}
        return Account("vendure", {**self.account.credentials, **token})

    def without(self, *names: str) -> Account:
        """The same without some settings."""
        kept = {name: value for name, value in self.account.credentials.items() if name not in names}
        return Account("vendure", kept)

    def place(self, wanted: Mapping[str, int], street: Street = HOME, *, paid: bool = True) -> str:
        """A customer's order."""
        return self.order_in(HOME_MARKET.code, wanted, street, pay="card" if paid else "later")

    def order_in(self, channel: str, wanted: Mapping[str, int], street: Street = HOME, **how: Any) -> str:
        """The same in another channel. `how`: `pay` and `ship` (codes), `coupon`, `phone`, `engraving`."""
        stocked, market = self.engine.stocked, MARKETS[channel]
        visitor = Session(self.engine.url, "/shop-api", None if market is HOME_MARKET else channel)
        fields = {"engraving": how["engraving"]} if "engraving" in how else None
        for sku, quantity in wanted.items():
            visitor.do(
                "addItemToOrder(productVariantId: $variant, quantity: $quantity, customFields: $fields)",
                "$variant: ID!, $quantity: Int!, $fields: OrderLineCustomFieldsInput",
                "Order",
                variant=stocked.variants[sku],
                quantity=quantity,
                fields=fields,
            )
        if "coupon" in how:
            visitor.do("applyCouponCode(couponCode: $code)", "$code: String!", "Order", code=how["coupon"])
        _check_out(visitor, stocked.shipping[channel, how.get("ship", "std")], street, market.country, how)
        payment = {"method": how.get("pay", "card"), "metadata": {}}
        order = visitor.do("addPaymentToOrder(input: $input)", "$input: PaymentInput!", "Order", input=payment)
        visitor.close()
        return str(order["id"])

    def ship(self, order_id: str, units: Mapping[str, int], number: str) -> str:
        """Hand units to Colissimo."""
        parcel = self.pack(order_id, units, number)
        move(self.staff, parcel, "Shipped")
        return parcel

    def pack(self, order_id: str, units: Mapping[str, int], number: str = "") -> str:
        """Have the warehouse pack units; returns the parcel's id."""
        return fulfil(self.staff, {self.line(order_id, sku): quantity for sku, quantity in units.items()}, number)

    def cart(self, wanted: Mapping[str, int]) -> str:
        """Somebody puts things into a cart, and goes."""
        visitor = Session(self.engine.url, "/shop-api")
        added: Json = {}
        for sku, quantity in wanted.items():
            added = visitor.do(
                "addItemToOrder(productVariantId: $variant, quantity: $quantity)",
                "$variant: ID!, $quantity: Int!",
                "Order",
                variant=self.engine.stocked.variants[sku],
                quantity=quantity,
            )
        visitor.close()
        return str(added["id"])

    def settle(self, order_id: str) -> None:
        """What is still to be paid was paid by transfer, and the order goes on."""
        wanted = {"orderId": order_id, "method": "transfer", "transactionId": "by hand", "metadata": {}}
        call = "addManualPaymentToOrder(input: $input)"
        self.staff.do(call, "$input: ManualPaymentInput!", "Order", input=wanted)
        shipped = bool(self.seen(order_id).shipped)
        turn(self.staff, order_id, "PartiallyShipped" if shipped else "PaymentSettled")

    def modify(self, order_id: str, units: Mapping[str, int], refund: int) -> None:
        """Staff set units by SKU in their own way, and pay back."""
        payment = self.told(order_id)["payments"][0]["id"]
        lines = [(self.line(order_id, sku), quantity) for sku, quantity in units.items()]
        refunds = [{"paymentId": payment, "amount": refund}] if refund else []
        modify(self.staff, order_id, adjustOrderLines=lines_of(lines), refunds=refunds)

    def refund(self, order_id: str, amount: int) -> None:
        """Staff pay something back, and take nothing off."""
        payment = self.told(order_id)["payments"][0]["id"]
        wanted = {"paymentId": payment, "amount": amount, "lines": [], "shipping": 0, "adjustment": 0}
        self.staff.do("refundOrder(input: $input)", "$input: RefundOrderInput!", "Refund", input=wanted)

    def give_up(self, parcel: str) -> None:
        """A parcel is unpacked."""
        move(self.staff, parcel, "Cancelled")

    def line(self, order_id: str, sku: str) -> str:
        """The id of the order's line of this SKU."""
        lines = self.told(order_id)["lines"]
        return next(str(line["id"]) for line in lines if line["productVariant"]["sku"] == sku)

    def deliver(self, order_id: str, parcel_id: str) -> None:  # noqa: ARG002 - Vendure asks for the parcel alone
        """Say that the parcel arrived."""
        move(self.staff, parcel_id, "Delivered")

    def seen(self, order_id: str) -> Seen:
        """The order as it is now; its sums are hundredths in every currency."""
        order = self.told(order_id)
        skus = {line["id"]: line["productVariant"]["sku"] for line in order["lines"]}
        parcels = [parcel for parcel in order["fulfillments"] if parcel["state"] in _LEFT]
        paid = sum(p["amount"] for p in order["payments"] if p["state"] in ("Settled", "Authorized"))
        refunds = [refund for payment in order["payments"] for refund in payment["refunds"]]
        refunded = sum(refund["total"] for refund in refunds if refund["state"] != "Failed")
        cancelled = order["state"] == "Cancelled"
        return Seen(
            units=_units((line["productVariant"]["sku"], line["quantity"]) for line in order["lines"]),
            shipped=_units((skus[part["orderLineId"]], part["quantity"]) for p in parcels for part in p["lines"]),
            numbers=frozenset(parcel["trackingCode"] for parcel in parcels),
            delivered=sum(parcel["state"] == "Delivered" for parcel in parcels),
            street=order["shippingAddress"]["streetLine1"],
            total=order["totalWithTax"],
            refunded=refunded,
            outstanding=0 if cancelled else order["totalWithTax"] - paid + refunded,
            cancelled=cancelled,
        )

    def told(self, order_id: str) -> Json:
        """What Vendure says of the order."""
        found: Json = self.staff.ask(_SEEN, id=order_id)["order"]
        return found

    def begin_edit(self, order_id: str) -> None:
        """Somebody begins to modify the order and leaves it open."""
        turn(self.staff, order_id, "Modifying")

    def end_edit(self, order_id: str) -> None:
        """They change their mind."""
        turn(self.staff, order_id, "PaymentSettled")

    def lose(self, order_id: str) -> None:
        """Vendure deletes no orders, so its database is made to forget this one."""
        with closing(sqlite3.connect(self.engine.database, timeout=20)) as database, database:
            database.execute("PRAGMA foreign_keys = OFF")
            database.execute('DELETE FROM "order" WHERE id = ?', (order_id,))


@contextmanager
def open_shop(work: Path, relay: Relay, *, plugin: bool = True) -> Iterator[VendureMerchant]:
    """A Vendure with something to sell, until the block ends."""
    with vendure(work, relay.url if plugin else None) as started:
        yield VendureMerchant(started, relay)


def _check_out(visitor: Session, way: str, street: Street, country: str, how: Mapping[str, Any]) -> None:
    person = {"firstName": "Zoé", "lastName": "Lambert", "emailAddress": CUSTOMER}
    visitor.do("setCustomerForOrder(input: $input)", "$input: CreateCustomerInput!", "Order", input=person)
    address = {
        "fullName": "Zoé Lambert",
        "streetLine1": street.line1,
        "postalCode": street.postcode,
        "city": street.city,
        "countryCode": country,
        "phoneNumber": how.get("phone", "+33612345678"),
    }
    visitor.do("setOrderShippingAddress(input: $input)", "$input: CreateAddressInput!", "Order", input=address)
    visitor.do("setOrderShippingMethod(shippingMethodId: $ids)", "$ids: [ID!]!", "Order", ids=[way])
    visitor.do('transitionOrderToState(state: "ArrangingPayment")', "", "Order")


def _units(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    units: dict[str, int] = {}
    for sku, quantity in pairs:
        if quantity:
            units[sku] = units.get(sku, 0) + quantity
    return units
