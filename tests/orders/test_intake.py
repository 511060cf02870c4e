"""From a document to rows: what is kept, what goes, and what never may reach a page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from sqlalchemy import select

from carriers import Milestone
from portal.context import Context
from portal.orders.models import DELIVERY, DELIVERY_LINE, ORDER, ORDER_LINE, PARCEL, PARCEL_LINE
from portal.orders.parcels import parcels_of, safe_url
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import import_order
from portal.platforms.neutral import NeutralOrder
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE
from tests.support.context import order, parcel, rows

MUG, BOWL = {"id": "mug", "title": "Mug", "quantity": 2}, {"id": "bowl", "title": "Bowl", "quantity": 1}
_versions = iter(range(1, 10_000))


async def told(context: Context, **members: Any) -> None:
    """The shop tells of its order anew."""
    await import_order(context, order(version=next(_versions), updated_at=None, **members))


async def contents(context: Context) -> dict[str, tuple[str, dict[str, int]]]:
    """State and contents of every parcel, by its id."""
    found: dict[str, tuple[str, dict[str, int]]] = {
        row.external_id: (row.state, {})
        for row in await rows(context, select(PARCEL.c.external_id, PARCEL.c.state).order_by(PARCEL.c.position))
    }
    inside = (
        select(PARCEL.c.external_id, ORDER_LINE.c.external_id.label("line"), PARCEL_LINE.c.quantity)
        .join(PARCEL_LINE, PARCEL_LINE.c.parcel_id == PARCEL.c.id)
        .join(ORDER_LINE, ORDER_LINE.c.id == PARCEL_LINE.c.line_id)
    )
    for row in await rows(context, inside):
        found[row.external_id][1][row.line] = row.quantity
    return found


async def test_an_order_is_stored_with_its_parts(any_context: Context) -> None:
    await told(
        any_context,
        locale="fr",
        contact={"email": "lou@mail.example"},
        customer={"phone": "+33 6 00 00 00 00"},
        address={"shipping": {"name": "Lou Azur", "line1": "1 rue Bleue", "postcode": "69002", "country": "fr"}},
        parcels=[parcel("p", "6A12345678901", {"mug": 2})],
    )
    (stored,) = await rows(any_context, select(ORDER))
    assert (stored.number, stored.locale, stored.payment, stored.total, stored.currency) == (
        "#1001",
        "fr",
        "paid",
        4500,
        "EUR",
    )
    lines = await rows(any_context, select(ORDER_LINE).order_by(ORDER_LINE.c.position))
    assert [(line.title, line.options, line.ordered, line.current) for line in lines] == [
        ("Mug", "sage", 2, 2),
        ("Bowl", "", 1, 1),
    ]
    (private,) = await rows(any_context, select(ORDER_PRIVATE))
    assert (private.email, private.phone, private.postcode, private.country) == (
        "lou@mail.example",
        "+33 6 00 00 00 00",
        "69002",
        "FR",
    )
    assert await contents(any_context) == {"p": ("ok", {"mug": 2})}
    (shipment,) = await rows(any_context, select(SHIPMENT))
    (asked_with,) = await rows(any_context, select(SHIPMENT_PRIVATE))
    assert (shipment.carrier, shipment.number, shipment.carrier_label) == ("laposte", "6A12345678901", "Colissimo")
    assert (shipment.topic, asked_with.postcode, asked_with.country) == (f"order:{stored.id}", "69002", "FR")


async def test_people_are_in_the_private_table_alone(any_context: Context) -> None:
    await told(
        any_context,
        contact={"email": "zephyrine@mail.example"},
        customer={"first_name": "Zephyrine", "last_name": "Zephyrine"},
        note="for Zephyrine",
        address={"shipping": {"name": "Zephyrine", "line1": "rue Zephyrine", "city": "Zephyrine"}},
        parcels=[parcel("p", "6A12345678901", {"mug": 2})],
    )
    tables = (ORDER, ORDER_LINE, PARCEL, PARCEL_LINE, SHIPMENT, TRACKER, SHIPMENT_PRIVATE)
    assert "zephyrine" not in repr([list(await rows(any_context, select(table))) for table in tables]).lower()
    assert "Zephyrine" in repr(await rows(any_context, select(ORDER_PRIVATE)))


async def test_lines_never_vanish_and_change_in_place(any_context: Context) -> None:
    await told(any_context, lines=[MUG, BOWL])
    before = {row.external_id: row.id for row in await rows(any_context, select(ORDER_LINE))}
    await told(any_context, lines=[{**BOWL, "quantity": {"ordered": 1, "current": 0, "removed": 1}}])
    after = {row.external_id: (row.id, row.current, row.removed) for row in await rows(any_context, select(ORDER_LINE))}
    assert after == {"mug": (before["mug"], 0, 2), "bowl": (before["bowl"], 0, 1)}, (
        "a line that is told no more is removed"
    )
    await told(any_context, lines=[MUG, BOWL])
    back = {row.external_id: (row.id, row.current) for row in await rows(any_context, select(ORDER_LINE))}
    assert back == {"mug": (before["mug"], 2), "bowl": (before["bowl"], 1)}


async def test_a_parcel_that_vanishes_is_gone_and_no_longer_asked_about(any_context: Context) -> None:
    both = [parcel("p", "6A12345678901", {"mug": 1}), parcel("q", "6A12345678902", {"mug": 1})]
    await told(any_context, parcels=both)
    await told(any_context, parcels=both[1:])
    assert await contents(any_context) == {"p": ("gone", {"mug": 1}), "q": ("ok", {"mug": 1})}
    asked = select(SHIPMENT.c.number).join(TRACKER)
    assert [row.number for row in await rows(any_context, asked)] == ["6A12345678902"]
    await told(any_context, parcels=both)
    assert await contents(any_context) == {"p": ("ok", {"mug": 1}), "q": ("ok", {"mug": 1})}
    assert len(await rows(any_context, asked)) == 2
    assert len(await rows(any_context, select(SHIPMENT))) == 2


@pytest.mark.parametrize("state", ["cancelled", "failed"])
async def test_a_parcel_that_was_cancelled_is_gone(any_context: Context, state: str) -> None:
    await told(any_context, parcels=[parcel("p", "6A12345678901", {"mug": 1}, state=state)])
    assert (await contents(any_context))["p"][0] == "gone"
    assert await rows(any_context, select(TRACKER)) == []


async def test_each_tracking_number_of_a_fulfilment_is_a_parcel(any_context: Context) -> None:
    two = [{"carrier_raw": "Colissimo", "number": number} for number in ("6A1", "6A2")]
    await told(any_context, parcels=[parcel("p", None, {"mug": 2, "bowl": 1}, tracking=two)])
    assert await contents(any_context) == {"p#0": ("ok", {"mug": 2, "bowl": 1}), "p#1": ("ok", {})}
    found = await rows(any_context, select(PARCEL.c.allocation))
    assert {row.allocation for row in found} == {"unknown"}
    assert {row.number for row in await rows(any_context, select(SHIPMENT))} == {"6A1", "6A2"}


async def test_a_line_given_twice_counts_twice(any_context: Context) -> None:
    twice = [{"line_id": "mug", "quantity": 1}, {"line_id": "mug", "quantity": 1}, {"line_id": "none", "quantity": 1}]
    await told(
        any_context,
        parcels=[parcel("p", "6A1", {}) | {"lines": twice}],
        deliveries=[{"id": "d", "method": "shipping", "lines": [{**part, "remaining": 1} for part in twice]}],
    )
    assert await contents(any_context) == {"p": ("ok", {"mug": 2})}
    (part,) = await rows(any_context, select(DELIVERY_LINE))
    assert (part.quantity, part.remaining) == (2, 2)


async def test_deliveries_are_those_of_the_last_telling(any_context: Context) -> None:
    await told(any_context, deliveries=[{"id": "a", "method": "shipping"}, {"id": "b", "method": "pickup"}])
    await told(
        any_context, deliveries=[{"id": "b", "method": "pickup", "state": "cancelled"}, {"id": "c", "method": "local"}]
    )
    assert [row.external_id for row in await rows(any_context, select(DELIVERY))] == ["c"]


PICKUP = {"id": "d", "method": "pickup", "lines": [{"line_id": "mug", "quantity": 2}]}
HANDED = {"id": "p", "created_at": "2026-11-19T08:00:00Z", "lines": [{"line_id": "mug", "quantity": 2}]}
AT_THE_SHOP: list[tuple[str, dict[str, Any], tuple[bool, bool]]] = [
    ("announced", {**HANDED, "delivery_id": "d"}, (False, False)),
    ("ready", {**HANDED, "delivery_id": "d", "status": "ready_for_pickup"}, (True, False)),
    ("collected", {**HANDED, "delivery_id": "d", "status": "collected"}, (True, True)),
    ("without naming its delivery", {**HANDED, "status": "ready_for_pickup"}, (True, False)),
]


@pytest.mark.parametrize(("handed", "reached"), [row[1:] for row in AT_THE_SHOP], ids=[row[0] for row in AT_THE_SHOP])
async def test_what_is_fetched_at_the_shop_is_no_parcel(
    any_context: Context, handed: dict[str, Any], reached: tuple[bool, bool]
) -> None:
    await told(any_context, deliveries=[PICKUP], parcels=[handed])
    assert await contents(any_context) == {}
    assert await rows(any_context, select(SHIPMENT)) == []
    (delivery,) = await rows(any_context, select(DELIVERY))
    assert (delivery.ready_at is not None, delivery.collected_at is not None) == reached


async def test_what_has_a_number_travels_even_to_a_shop(any_context: Context) -> None:
    tracked = {**HANDED, "delivery_id": "d", "tracking": [{"carrier_raw": "Colissimo", "number": "6A1"}]}
    await told(any_context, deliveries=[PICKUP], parcels=[tracked])
    assert list(await contents(any_context)) == ["p"]


UNSAFE = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    "///evil.example",
    "/relative",
    "relative",
    "https:",
    "https://",
    "https:///x",
    "https:\\\\evil.example",
    "https://[::1",
    "https://carrier.example/a b",
    "https://carrier.example/a\nb",
    "https://carrier.example/a\tb",
    "https://carrier.example/\x00",
    "https://carrier.example/\u202egpj",
    "ht tps://carrier.example",
    "",
    "   ",
    "https://carrier.example/" + "a" * 1000,
]


@pytest.mark.parametrize("url", UNSAFE)
async def test_an_unsafe_address_never_reaches_a_page(context: Context, url: str) -> None:
    assert safe_url(url) is None
    tracking = [{"carrier_raw": "Nobody Express", "number": "6A1", "url": url}]
    await told(context, parcels=[parcel("p", None, {}, tracking=tracking)])
    (shipment,) = await rows(context, select(SHIPMENT.c.tracking_url))
    assert shipment.tracking_url is None


@example("https://carrier.example/\x85")
@example("https://carrier.example/a b")
@given(st.text(alphabet="ahjst:/\\ \t\n\r\x00.@%?#[]\u2028é", max_size=30) | st.text(max_size=30))
def test_an_address_that_passes_is_whole_and_clean(url: str) -> None:
    passed = safe_url(url)
    if passed is not None:
        assert passed.lower().startswith(("http://", "https://"))
        assert passed.isprintable()
        assert passed.split() == [passed]
        assert len(passed) > len("https://")


@pytest.mark.parametrize(
    "url", ["https://carrier.example/track?n=6A1&l=fr", "http://carrier.example", " https://c.example "]
)
def test_a_shops_own_address_is_kept(url: str) -> None:
    assert safe_url(url) == url.strip()


def shipments(**members: Any) -> list[Any]:
    """What tracking is told of a document's parcels."""
    document: NeutralOrder = order(parcels=[parcel("p", "6A12345678901", {"mug": 1}, **members)])
    return [packed.shipment for packed in parcels_of(document, "order:1")]


SAID = [
    ({}, Milestone.HANDED_OVER, "2026-11-19T08:00:00+00:00"),
    ({"status": "in_transit"}, Milestone.IN_TRANSIT, "2026-11-19T08:00:00+00:00"),
    ({"status": "In Transit"}, Milestone.IN_TRANSIT, "2026-11-19T08:00:00+00:00"),
    ({"status": "on its way"}, Milestone.HANDED_OVER, "2026-11-19T08:00:00+00:00"),
    ({"state": "cancelled", "status": "delivered"}, Milestone.CANCELLED, "2026-11-19T08:00:00+00:00"),
    (
        {"status": "delivered", "delivered_at": "2026-11-20T09:00:00Z"},
        Milestone.DELIVERED,
        "2026-11-20T09:00:00+00:00",
    ),
    (
        {"status": "in_transit", "events": [{"at": "2026-11-19T20:00:00Z"}, {"at": "2026-11-19T09:00:00Z"}]},
        Milestone.IN_TRANSIT,
        "2026-11-19T20:00:00+00:00",
    ),
]


@pytest.mark.parametrize(("members", "milestone", "at"), SAID, ids=[str(n) for n in range(len(SAID))])
def test_what_the_shop_says_of_a_parcel(members: dict[str, Any], milestone: Milestone, at: str) -> None:
    (facts,) = shipments(**members)
    assert (facts.milestone, facts.milestone_at.isoformat()) == (milestone, at)


def test_a_carrier_without_an_adapter_is_linked_and_not_asked() -> None:
    (known,) = shipments(tracking=[{"carrier_raw": "Swiss Post", "number": "99 34"}])
    assert (known.carrier, known.carrier_label, known.number) == (None, "Swiss Post", "9934")
    assert known.tracking_url == "https://service.post.ch/ekp-web/ui/entry/search/9934"
    (unknown,) = shipments(tracking=[{"carrier_raw": "Tante Emma", "number": "1"}])
    assert (unknown.carrier, unknown.carrier_label, unknown.tracking_url) == (None, "Tante Emma", None)
    (nobody,) = shipments(tracking=[])
    assert (nobody.carrier, nobody.carrier_label, nobody.number, nobody.tracking_url) == (None, None, None, None)


def test_a_number_enters_an_address_encoded() -> None:
    (facts,) = shipments(tracking=[{"carrier_raw": "Swiss Post", "number": '9"><script>/../?x='}])
    assert facts.tracking_url.endswith("/9%22%3E%3Cscript%3E%2F..%2F%3Fx%3D")


def test_sources_name_parcels_apart_however_long() -> None:
    long = "x" * 400
    document = order(parcels=[parcel(f"{long}{n}", f"6A{n}", {}) for n in (1, 2)])
    sources = {packed.shipment.source for packed in parcels_of(document, "order:1")}
    assert len(sources) == 2


async def test_units_that_became_something_else_were_not_cancelled(context: Context) -> None:
    sage = {"id": "1", "title": "Mug", "quantity": {"ordered": 3, "current": 1, "removed": 2}}
    sand = {"id": "2", "title": "Mug", "quantity": 1, "replaces_line_id": "1"}
    await import_order(context, order(lines=[sage, sand]))
    found = await rows(context, select(ORDER_LINE.c.ordered, ORDER_LINE.c.current).order_by(ORDER_LINE.c.position))
    assert [(row.ordered, row.current) for row in found] == [(2, 1), (1, 1)]  # one was cancelled, one is another by now
