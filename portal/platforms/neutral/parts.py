"""The parts of a neutral order document: people, addresses, lines, deliveries, parcels, adjustments.

Member names and meaning are documented in docs/orders-in.md. Everything is frozen; ids are the
platform's, as text.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from portal.platforms.neutral.fields import Code, Count, Country, Degrees, Flag, Part, Text, When, Whole, Word

Kind = Literal["physical", "digital", "gift_card", "service", "fee", "tip"]
Method = Literal["shipping", "pickup", "pickup_point", "local", "digital", "none", "unknown"]
DeliveryState = Literal["open", "scheduled", "on_hold", "in_progress", "closed", "cancelled", "unknown"]
ParcelState = Literal["ok", "cancelled", "failed", "unknown"]
Allocation = Literal["exact", "whole_order", "unknown"]
Origin = Literal["platform", "carrier", "portal"]
AdjustmentType = Literal["edit", "cancel", "refund", "return", "exchange", "fee", "address_change"]
AdjustmentStatus = Literal["pending", "completed", "failed", "unknown"]
Actor = Literal["customer", "staff", "app", "carrier"]


class Amount(Part):
    """Minor units in the shop's and in the buyer's currency; None where it is not known."""

    shop: Whole | None = None
    buyer: Whole | None = None


class Currency(Part):
    """ISO 4217 codes. The buyer's is the shop's unless the platform says otherwise."""

    shop: Code = None
    buyer: Code = None


class Source(Part):
    """Where the order lives. `order_id` with `platform` and `shop` is the key it is stored under. `channel` is where it
    was placed, in the platform's word: web, pos, a market place."""

    platform: Word
    shop: Text = None
    channel: Text = None
    order_id: Word
    legacy_id: Text = None
    api_version: Text = None


class State(Part):
    """What the platform says of the whole order, in lower-case words; its own words are in `raw`."""

    payment: Word = "unknown"
    fulfilment: Word = "unknown"
    return_: Word = Field(default="unknown", alias="return")
    edited: Flag = False
    raw: dict[str, Any] = Field(default_factory=dict)


class Verified(Part):
    """Whether the platform has proof that the address belongs to the customer."""

    email: Flag = False
    phone: Flag = False


class Customer(Part):
    """Who ordered, as the platform knows them."""

    external_id: Text = None
    first_name: Text = None
    last_name: Text = None
    email: Text = None
    phone: Text = None
    verified: Verified = Verified()


class Contact(Part):
    """Where news about this order go."""

    email: Text = None
    phone: Text = None


class Address(Part):
    """A postal address. `country` is ISO 3166 alpha-2; `region` a code or a name."""

    name: Text = None
    company: Text = None
    line1: Text = None
    line2: Text = None
    postcode: Text = None
    city: Text = None
    region: Text = None
    country: Country = None
    phone: Text = None
    lat: Degrees = None
    lon: Degrees = None


class Addresses(Part):
    """The two addresses of an order."""

    shipping: Address | None = None
    billing: Address | None = None


class Option(Part):
    """One choice of a variant. `name` is None where the platform gives values only."""

    name: Text = None
    value: Text = None


class Personalisation(Part):
    """Something the customer asked for on this line. `hidden` ones are for the shop's eyes."""

    name: Word
    value: Text = None
    hidden: Flag = False


class Flags(Part):
    """What policies look at."""

    preorder: Flag = False
    final_sale: Flag = False
    personalised: Flag = False


class Quantity(Part):
    """Units of a line. `current` is what is still wanted; `editable` is None when nobody can say."""

    ordered: Count = 1
    current: Count = 1
    fulfilled: Count = 0
    in_progress: Count = 0
    refunded: Count = 0
    removed: Count = 0
    editable: Count | None = None


class Price(Part):
    """`unit` before discounts; `total_after_discounts` and `tax` for the current quantity."""

    unit: Amount = Amount()
    total_after_discounts: Amount = Amount()
    tax: Amount = Amount()


class Discount(Part):
    """One discount on a line."""

    label: Text = None
    amount: Amount = Amount()


class Line(Part):
    """A product and how many of it. Lines never disappear: a removed one has `quantity.current` 0. `categories` and
    `tags` are the product's, as the shop sorts its goods; customers do not see them."""

    id: Word
    parent_id: Text = None
    product_id: Text = None
    variant_id: Text = None
    sku: Text = None
    title: Text = None
    options: tuple[Option, ...] = ()
    personalisation: tuple[Personalisation, ...] = ()
    categories: tuple[Word, ...] = ()
    tags: tuple[Word, ...] = ()
    image_url: Text = None
    requires_shipping: Flag = True
    kind: Kind = "physical"
    flags: Flags = Flags()
    replaces_line_id: Text = None
    quantity: Quantity = Quantity()
    price: Price = Price()
    discounts: tuple[Discount, ...] = ()


class Location(Part):
    """Where a delivery starts, or where the customer collects it."""

    id: Text = None
    name: Text = None
    address: Address = Address()


class Promise(Part):
    """What was promised at checkout."""

    earliest: When = None
    latest: When = None
    fulfil_by: When = None


class DeliveryLine(Part):
    """Units of a line in a delivery; `remaining` of them have not left yet."""

    line_id: Word
    quantity: Count
    remaining: Count | None = None


class Pickup(Part):
    """Collecting at the shop."""

    ready_at: When = None
    collected_at: When = None
    code: Text = None
    opening_hours: Text = None


class Delivery(Part):
    """Work to be done for one destination in one way: the plan, where a parcel is the fact."""

    id: Word
    method: Method = "unknown"
    label: Text = None
    state: DeliveryState = "open"
    location: Location | None = None
    destination: Address | None = None
    promise: Promise = Promise()
    lines: tuple[DeliveryLine, ...] = ()
    instructions: Text = None
    handed_to_warehouse: Flag = False
    pickup: Pickup = Pickup()


class ParcelLine(Part):
    """Units of a line in a parcel."""

    line_id: Word
    quantity: Count


class Tracking(Part):
    """One tracking number. `carrier_raw` is the shop's spelling, `carrier` our adapter's slug or None."""

    carrier_raw: Text = None
    carrier: Text = None
    number: Text = None
    url: Text = None


class Place(Part):
    """Where an event happened, as far as the source says."""

    city: Text = None
    postcode: Text = None
    region: Text = None
    country: Text = None
    lat: Degrees = None
    lon: Degrees = None
    text: Text = None


class Event(Part):
    """One dated event of a parcel. `status` is a milestone, `raw` the source's own word."""

    id: Word
    at: When = None
    status: Word = "unknown"
    raw: Text = None
    message: Text = None
    place: Place = Place()
    origin: Origin = "platform"


class Parcel(Part):
    """Something that left, or was meant to: cancelled ones stay. `status` is a milestone."""

    id: Word
    delivery_id: Text = None
    state: ParcelState = "ok"
    created_at: When = None
    lines: tuple[ParcelLine, ...] = ()
    allocation: Allocation = "unknown"
    tracking: tuple[Tracking, ...] = ()
    status: Word = "unknown"
    status_raw: Text = None
    estimated_at: When = None
    delivered_at: When = None
    events: tuple[Event, ...] = ()


class AdjustmentLine(Part):
    """Units added (positive) or taken away (negative)."""

    line_id: Word
    quantity: Whole


class Adjustment(Part):
    """A change after the order was placed; `amount` is negative when money goes back."""

    id: Word
    type: AdjustmentType
    at: When = None
    status: AdjustmentStatus = "completed"
    by: Actor | None = None
    lines: tuple[AdjustmentLine, ...] = ()
    amount: Amount = Amount()
    restocking_fee: Amount | None = None
    reason: Text = None
    note: Text = None
    external_id: Text = None


class Totals(Part):
    """Sums of the order as it stands now: `lines` after their discounts; `discount` is for information."""

    lines: Amount = Amount()
    shipping: Amount = Amount()
    tax: Amount = Amount()
    discount: Amount = Amount()
    fees: Amount = Amount()
    total: Amount = Amount()
    refunded: Amount = Amount()
    outstanding: Amount = Amount()


class Links(Part):
    """Addresses on the platform's side."""

    status_page: Text = None
    pay_outstanding: Text = None
    admin: Text = None


class NeutralOrder(Part):
    """One whole order as its platform tells it, version `order/1`.

    `version` orders the tellings: a later one replaces an earlier one, an earlier one is stale. It is
    the platform's counter, or the moment of its last change in UTC. `model_fields_set` of every part
    tells what the source stated and what is a default.
    """

    schema_: Literal["order/1"] = Field(default="order/1", alias="schema")
    source: Source
    version: int | Text = None
    number: Word
    confirmation: Text = None
    test: Flag = False
    locale: Text = None
    placed_at: When = None
    updated_at: When = None
    cancelled_at: When = None
    cancel_reason: Text = None
    closed_at: When = None
    state: State = State()
    currency: Currency = Currency()
    taxes_included: Flag | None = None
    customer: Customer | None = None
    contact: Contact = Contact()
    address: Addresses = Addresses()
    lines: tuple[Line, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    totals: Totals = Totals()
    links: Links = Links()
    tags: tuple[Word, ...] = ()
    note: Text = None
    shop_note: Text = None
    raw: dict[str, Any] = Field(default_factory=dict)
