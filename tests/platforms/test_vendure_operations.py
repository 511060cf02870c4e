"""What Vendure is asked is valid by its own schema; each of its refusals has a meaning here."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, build_schema, parse, validate

from portal.platforms.vendure.operations import field_names
from portal.platforms.vendure.refusals import WHY, refusal_of
from tests.engines.vendure_schema import documents

WORDS = (Path(__file__).parent / "vendure.graphql").read_text()
SCHEMA = build_schema(WORDS)


@pytest.mark.parametrize("name", documents())
def test_each_document_is_valid(name: str) -> None:
    assert validate(SCHEMA, parse(documents()[name])) == []


def test_every_error_of_the_results_is_known() -> None:
    errors = {
        member.name
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLUnionType)
        for member in kind.types
        if isinstance(member, GraphQLObjectType) and "ErrorResult" in {one.name for one in member.interfaces}
    }
    of_login = {"InvalidCredentialsError", "NativeAuthStrategyError"}
    assert errors - of_login == set(WHY)


@pytest.mark.parametrize(
    ("state", "why"),
    [("Cancelled", "cancelled"), ("Delivered", "shipped"), ("Modifying", "busy"), ("AnyOther", "refused")],
)
def test_a_refused_transition_is_judged_by_where_the_order_was(state: str, why: str) -> None:
    error = {"__typename": "OrderStateTransitionError", "errorCode": "ORDER_STATE_TRANSITION_ERROR", "fromState": state}
    refused = refusal_of(error)
    assert refused is not None
    assert refused.why == why


def test_what_is_no_error_is_no_refusal() -> None:
    assert refusal_of({"__typename": "Order", "id": "7"}) is None


def test_names_of_custom_fields() -> None:
    assert field_names(" engraving, giftWrap ,") == ("engraving", "giftWrap")
    assert field_names(None) == ()
    for wrong in ("a b", "1st", "x} evil {"):
        with pytest.raises(ValueError, match=r"\S"):
            field_names(wrong)
