"""Recorded and documented Shopify bodies, read where they lie beside the checkout, when they are there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Entry, Problem
from portal.platforms.files import values
from portal.platforms.neutral import as_json, neutral_order
from portal.platforms.shopify import documents, read
from tests.platforms.graph_samples import answer

HOME = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "commerce" / "shopify"
NO_BODIES = {"graphql", "webhook-json-schema-2026-07"}
ABSENT = "no recorded Shopify bodies beside the checkout (../shared/fixtures/commerce/shopify)"


def bodies() -> list[Path]:
    found = [*HOME.rglob("*.json"), *HOME.rglob("*.body")]
    return sorted(
        path
        for path in found
        if not NO_BODIES & set(path.parts) and not path.name.endswith((".headers.json", "tracking_companies.json"))
    )


def recorded() -> list[Any]:
    """Each body as a parameter, or one that is skipped."""
    paths = bodies()
    absent = pytest.param(HOME, marks=pytest.mark.skip(reason=ABSENT), id="absent")
    return [pytest.param(path, id=str(path.relative_to(HOME))) for path in paths] or [absent]


def entries(path: Path) -> list[Entry]:
    with path.open("rb") as stream:
        return list(read(values(stream), Delivered()))


@pytest.mark.parametrize("path", recorded())
def test_every_body_is_read_without_a_problem(path: Path) -> None:
    found = entries(path)
    assert found
    assert [entry for entry in found if isinstance(entry, Problem)] == []
    assert any(isinstance(entry, Document) for entry in found) == _holds_an_order(path)


def _holds_an_order(path: Path) -> bool:
    body = json.loads(path.read_bytes())
    return "line_items" in body.get("order", body) and "order_id" not in body


@pytest.mark.parametrize("path", recorded())
def test_what_is_printed_can_be_imported(path: Path) -> None:
    for entry in entries(path):
        if isinstance(entry, Document):
            printed = as_json(entry.order)
            assert as_json(neutral_order(printed)) == printed


@pytest.mark.parametrize("path", [param for param in recorded() if str(param.id).startswith(("orders_", "absent"))])
def test_lines_of_captures_add_up(path: Path) -> None:
    (entry,) = [found for found in entries(path) if isinstance(found, Document)]
    lines, totals = entry.order.lines, entry.order.totals
    assert sum(line.price.total_after_discounts.shop or 0 for line in lines) == totals.lines.shop
    assert (totals.lines.shop or 0) + (totals.shipping.shop or 0) == totals.total.shop


def test_answers_of_the_published_schema_are_understood() -> None:
    """The query of the portal, executed over invented data by the schema that Shopify publishes."""
    graphql = pytest.importorskip("graphql", reason="graphql-core is not installed")
    path = HOME / "graphql" / "admin_2026-10.schema.json.gz"
    if not path.exists():
        pytest.skip(ABSENT)
    schema = graphql.build_client_schema(json.loads(gzip.decompress(path.read_bytes()))["data"], assume_valid=True)
    query = graphql.parse((HOME / "graphql" / "operations.graphql").read_text())
    done = graphql.execute(
        schema, query, root_value=answer()["data"], operation_name="OrderForPortal", variable_values={"id": "1"}
    )
    assert done.errors is None
    assert documents({"data": done.data}) == documents(answer())
