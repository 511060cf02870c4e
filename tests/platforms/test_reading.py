"""Faults in a file are found by line and member, whichever platform's bodies it holds."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Problem
from portal.platforms.files import values
from portal.platforms.registry import get
from tests.platforms import graph_samples, vendure_samples
from tests.platforms.medusa import samples as medusa
from tests.platforms.prestashop import samples as prestashop
from tests.platforms.saleor import samples as saleor

Json = dict[str, Any]
BROKEN = [
    ("medusa", medusa.order(), {"display_id": None, "id": None}, "display_id"),
    ("prestashop", prestashop.order(), {"id": None, "reference": None}, "number"),
    ("saleor", saleor.order(), {"number": {}}, "number"),
    ("shopify", graph_samples.graph_order(), {"name": None, "number": None}, "name"),
    ("vendure", vendure_samples.order(), {"code": ""}, "code"),
]


@pytest.mark.parametrize(("platform", "good", "changes", "member"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_fault_in_the_second_body_of_a_list(platform: str, good: Json, changes: Json, member: str) -> None:
    source = json.dumps([good, {"orders": [good, {**good, **changes}]}], indent=1)
    lines = len(json.dumps(good, indent=1).splitlines())
    known = get(platform)
    found = list(known.read((known.values or values)(io.BytesIO(source.encode())), Delivered("shop.example")))
    problems = [(entry.line, entry.member) for entry in found if isinstance(entry, Problem)]
    assert sum(isinstance(entry, Document) for entry in found) == 2
    second = 1 + lines + 1
    at = "[1]" if platform == "prestashop" else "[1].orders[1]"  # an answer's orders are joined from its tables there
    line = second if platform == "prestashop" else second + 2 + lines
    assert (line, f"{at}.{member}") in problems
