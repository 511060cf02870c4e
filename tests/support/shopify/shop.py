"""The played Shopify's one shop: what is in it, who may do what, and what it tells others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from portal.kit.clock import ManualClock
from portal.platforms.shopify.admin.scopes import OLDER, READ, WRITE
from tests.support.shopify.records import Item, Order, Pair, Parcel, Payment, Variant, Work, WorkLine, plus

DOMAIN = "atelier-lune.myshopify.com"
LYON = ("gid://shopify/Location/1", "Boutique Lyon")
LILLE = ("gid://shopify/Location/2", "Atelier Lille")
ADDRESS = {
    "firstName": "Zoë", "lastName": "Łukasz", "company": None, "address1": "4 quai des Tanneurs", "address2": None,
    "zip": "69002", "city": "Lyon", "province": None, "provinceCode": None, "countryCode": "FR",
    "phone": "+33100000001",
}  # fmt: skip


@dataclass
class Job:
    """Something that Shopify does by itself, when its time has come."""

    id: str
    work: Callable[[], None]
    due: datetime
    done: bool = False


@dataclass
class Bulk:
    """A bulk operation, done when its time has come; `fails` with this error code."""

    id: str
    query: str
    at: datetime
    due: datetime
    lines: bytes = b""
    status: str = "CREATED"
    count: int = 0
    fails: str | None = None


@dataclass
class Shop:
    """The shop. `takes`: how many seconds it works on a job or a bulk operation."""

    clock: ManualClock
    domain: str = DOMAIN
    scopes: set[str] = field(default_factory=lambda: {*READ, *WRITE, OLDER})
    sees_customers: bool = True
    takes_bulk: bool = True
    takes: float = 1.0
    orders: dict[str, Order] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    hook_version: str = "2026-10"
    sessions: dict[str, Any] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    bulks: dict[str, Bulk] = field(default_factory=dict)
    refunds_by_key: dict[str, tuple[str, str]] = field(default_factory=dict)
    reasons: tuple[str, ...] = (
        "unknown", "changed-my-mind", "item-not-as-described", "received-the-wrong-item", "other-reason",
        "damaged-or-defective", "too-small", "too-big", "style", "color", "fit",
    )  # fmt: skip
    said: list[str] = field(default_factory=list)  # messages that Shopify sent to customers by itself
    staff_notes: list[str] = field(default_factory=list)
    works_follow: bool = True  # open work gets the address that the order gets
    lock: threading.RLock = field(default_factory=threading.RLock)
    _ids: count[int] = field(default_factory=lambda: count(10_000_000_000_000_001))

    def id(self, kind: str) -> str:
        """A new global id."""
        return f"gid://shopify/{kind}/{next(self._ids)}"

    def due(self) -> datetime:
        """When what is begun now will be done."""
        return self.clock.now() + timedelta(seconds=self.takes)

    def work_off(self) -> None:
        """Do the jobs whose time has come."""
        for job in self.jobs.values():
            if not job.done and job.due <= self.clock.now():
                job.done = True
                job.work()

    def touch(self, order: Order, *, content: bool = True) -> None:
        """The order changed: each change has a later second."""
        order.updated = max(self.clock.now().replace(microsecond=0), order.updated + timedelta(seconds=1))
        order.rev += content

    def variant(
        self, product: str, *options: tuple[str, str], price: Pair = (2500, 2500), stock: int | None = None
    ) -> Variant:
        """A new variant."""
        made = Variant(self.id("ProductVariant"), product, options, price, stock)
        self.variants[made.id] = made
        return made

    def shirts(self, *sizes: str, price: Pair = (2500, 2500)) -> list[Variant]:
        """A product in several sizes."""
        product = self.id("Product")
        return [self.variant(product, ("Size", size), price=price, stock=10) for size in sizes]

    def place(self, *lines: tuple[Variant, int], paid: bool = True, method: str = "SHIPPING", **members: Any) -> Order:
        """A new order, to be prepared in Lyon."""
        now = self.clock.now().replace(microsecond=0)
        items = [
            Item(self.id("LineItem"), "T-shirt", variant.price, quantity, quantity, variant)
            for variant, quantity in lines
        ]
        work_lines = [WorkLine(self.id("FulfillmentOrderLineItem"), i.id, i.quantity, i.quantity) for i in items]
        work = Work(self.id("FulfillmentOrder"), LYON, work_lines, method)
        number = 1001 + len(self.orders)
        order = Order(
            self.id("Order"), f"#{number}", now, now, items, [work], [], dict(ADDRESS),
            {"id": self.id("Customer"), "firstName": "Zoë", "lastName": "Łukasz", "email": "zoe@mail.example"},
            "zoe@mail.example",
        )  # fmt: skip
        for name, value in members.items():
            setattr(order, name, value)
        if method == "PICK_UP":
            order.address = None
        work.destination = dict(order.address) if order.address else None
        if paid:
            self.pay(order)
        self.orders[order.id] = order
        return order

    def discount(self, order: Order, percent: float) -> None:
        """As if bought with a code; before it is paid."""
        for item in order.items:
            item.percent = percent
        order.payments.clear()
        self.pay(order)

    def pay(self, order: Order, amount: Pair | None = None) -> None:
        """All of it, or so much."""
        amount = order.outstanding if amount is None else amount
        order.payments.append(Payment(self.id("OrderTransaction"), "shopify_payments", amount))

    def ship(
        self, order: Order, units: dict[str, int] | None = None, number: str | None = None, company: str = "Colissimo"
    ) -> Parcel:
        """As the shop's own people do it: what is left, or so many units by item."""
        left = {item.id: order.waiting(item.id) for item in order.items} if units is None else dict(units)
        taken: list[tuple[str, str, int]] = []
        work_id = order.works[0].id
        for work in order.works:
            for line in work.lines:
                quantity = min(line.remaining, left.get(line.item, 0))
                if quantity:
                    line.remaining -= quantity
                    left[line.item] -= quantity
                    work_id = work.id
                    taken.append((self.id("FulfillmentLineItem"), line.item, quantity))
            self.settle(work)
        parcel = Parcel(self.id("Fulfillment"), work_id, self.clock.now(), taken)
        parcel.tracking = {"company": company, "number": number, "url": None} if number else None
        order.parcels.append(parcel)
        self.touch(order)
        return parcel

    def settle(self, work: Work) -> None:
        """What has nothing left is closed."""
        if work.lines and not any(line.remaining for line in work.lines) and work.status != "CANCELLED":
            work.status = "CLOSED"

    def take_off(self, order: Order, item: str, units: int) -> bool:
        """Units are not wanted any more; False when not so many wait."""
        if order.open_units(item) < units:
            return False
        order.item(item).current -= units
        for work in order.works:
            if not work.is_free:
                continue
            for line in work.lines:
                gone = min(line.remaining, units) if line.item == item else 0
                line.remaining -= gone
                line.total -= gone
                units -= gone
            self.settle(work)
        return True

    def add_work(self, order: Order, item: Item, units: int) -> None:
        """More of what is to be prepared already, where the rest of it is."""
        free = next((work for work in order.works if work.is_free), None)
        if free is None:
            self.new_work(order, item)
            return
        free.lines.append(WorkLine(self.id("FulfillmentOrderLineItem"), item.id, units, units))

    def new_work(self, order: Order, item: Item) -> None:
        """What was added is prepared apart from the rest."""
        line = WorkLine(self.id("FulfillmentOrderLineItem"), item.id, item.quantity, item.quantity)
        destination = dict(order.address) if order.address else None
        order.works.append(Work(self.id("FulfillmentOrder"), LYON, [line], destination=destination))

    def is_paid(self, order: Order) -> str:
        """The financial status."""
        received, refunded = plus(*(payment.amount for payment in order.payments)), order.refunded
        if received == (0, 0):
            return "VOIDED" if order.cancelled else "PENDING"
        if refunded != (0, 0):
            return "REFUNDED" if received == refunded else "PARTIALLY_REFUNDED"
        return "PAID" if order.outstanding[1] <= 0 else "PARTIALLY_PAID"
