"""Recorded WooCommerce answers and deliveries, read where they lie beside the checkout, when they are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Entry, Problem
from portal.platforms.files import values
from portal.platforms.neutral import as_json, neutral_order
from portal.platforms.woocommerce import PLATFORM, documents
from portal.platforms.woocommerce.hooks import hint_of
from tests.platforms.woocommerce.samples import units

HOME = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "commerce" / "woocommerce"
SECRET = "wc-secret-1"
ABSENT = "no recorded WooCommerce bodies beside the checkout (../shared/fixtures/commerce/woocommerce)"


def found(pattern: str) -> list[Any]:
    """Each recorded file as a parameter, or one that is skipped."""
    paths = sorted(HOME.glob(pattern))
    absent = pytest.param(HOME, marks=pytest.mark.skip(reason=ABSENT), id="absent")
    return [pytest.param(path, id=path.stem) for path in paths] or [absent]


def headers_of(body: Path) -> dict[str, str]:
    told = json.loads(body.with_suffix(".headers.json").read_bytes())
    return {name.lower(): value for name, value in told.items()}


def entries(path: Path) -> list[Entry]:
    told = PLATFORM.delivered(headers_of(path)) if path.suffix == ".body" else Delivered()
    with path.open("rb") as stream:
        return list(PLATFORM.read(values(stream), told))


@pytest.mark.parametrize("path", found("rest/*.json"))
def test_every_answer_is_read_without_a_problem(path: Path) -> None:
    read = entries(path)
    assert read
    assert [entry for entry in read if isinstance(entry, Problem)] == []
    whole = path.stem.startswith("order") and path.stem != "order_statuses"
    assert any(isinstance(entry, Document) for entry in read) == whole
    for entry in read:
        if isinstance(entry, Document):
            printed = as_json(entry.order)
            assert as_json(neutral_order(printed)) == printed


@pytest.mark.parametrize("path", found("webhooks/*.body"))
def test_every_delivery_is_genuine_and_every_ping_known(path: Path) -> None:
    headers, body = headers_of(path), path.read_bytes()
    hint = hint_of(headers, body, (SECRET,))
    assert hint is not None
    topic = path.stem.split("_", 1)[1]
    if topic == "ping":
        assert (hint.purpose, hint.order_ids) == ("ping", ())
        return
    assert hint.topic == topic
    assert hint.purpose == ("orders" if topic.startswith("order.") else "nothing")
    assert hint.order_ids == ((str(json.loads(body)["id"]),) if topic.startswith("order.") else ())
    assert hint_of(headers, body + b" ", (SECRET,)) is None
    assert hint_of(headers, json.dumps(json.loads(body)).encode(), (SECRET,)) is None, (
        "written anew, it is another body"
    )
    assert hint_of(headers, body, ("another secret",)) is None
    assert hint_of(headers, body, ("another secret", SECRET)) == hint, "while secrets are changed"
    assert [entry for entry in entries(path) if isinstance(entry, Problem)] == []


@pytest.mark.skipif(not HOME.exists(), reason=ABSENT)
def test_an_order_with_all_that_belongs_to_it() -> None:
    def answer(name: str) -> Any:
        return json.loads((HOME / "rest" / f"{name}.json").read_bytes())

    (body,) = [one for one in answer("orders_list_modified_after") if one["id"] == 20]
    whole = {**body, "refunds": answer("refunds_list"), "fulfillments": answer("fulfillments_list")}
    (order,) = documents(whole)
    assert [units(line) for line in order.lines] == [(2, 1, 1, 1, 0)]
    assert (order.totals.total.shop, order.totals.refunded.shop, order.state.payment) == (
        4990,
        2250,
        "partially_refunded",
    )
    assert [[(part.line_id, part.quantity) for part in parcel.lines] for parcel in order.parcels] == [[("1", 1)], []]
    assert [parcel.tracking[0].carrier for parcel in order.parcels] == ["laposte", "ups"]
    assert order.lines[0].quantity.editable == 0
