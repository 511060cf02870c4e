"""Every operation is valid by the schema that Shopify publishes, costs what a question may cost, asks why it was
refused, and takes the scopes that are documented and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    specified_rules,
    validate,
    visit,
)

from portal.platforms.shopify.admin.address import API_VERSION
from portal.platforms.shopify.admin.scopes import READ, WRITE, lacking
from portal.platforms.shopify.hooks.topics import SUBSCRIBED, enumerated
from portal.platforms.shopify.operations.fragments import inlined
from portal.platforms.shopify.operations.orders import EVERYTHING
from portal.platforms.shopify.reading.whole import Sizes
from tests.platforms.shopify.published import operations, published, schema_file, writer
from tests.support.shopify import executing
from tests.support.shopify.costs import MOST, cost_of

OPERATIONS = operations()
BULK = "Everything"
# What each question is asked with, where it takes sizes.
SIZES = {name: getattr(Sizes(), name) for name in Sizes.__dataclass_fields__}
FIRST = {
    "MoreLines": 24, "MoreWorkLines": 24, "MoreParcelLines": 24, "MoreRefundLines": 24, "MoreReturnLines": 24,
    "MoreWorks": 4, "MoreReturns": 2, "OneParcel": 8, "OneRefund": 8, "Begin": 40, "MoreCalculated": 40, "Variants": 50,
    "Changed": 25, "Returnable": 5,
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_valid_by_the_part_of_the_schema_that_is_kept_here(name: str) -> None:
    assert faults(executing.published(), OPERATIONS[name]) == []


@pytest.mark.parametrize("version", ["2026-07", "2026-10"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_valid_by_the_published_schema(name: str, version: str) -> None:
    assert faults(published(version), OPERATIONS[name]) == []


def test_the_part_that_is_kept_here_is_what_is_published() -> None:
    written = writer().read(schema_file(API_VERSION))
    assert executing.SCHEMA.read_text() == written


@pytest.mark.parametrize("name", [name for name, text in OPERATIONS.items() if "mutation" in text])
def test_every_change_asks_why_it_was_refused(name: str) -> None:
    payloads = list(_payloads(OPERATIONS[name]))
    assert payloads
    for field, members in payloads:
        wanted = "orderCancelUserErrors" if field == "orderCancel" else "userErrors"
        assert wanted in members, field


def test_a_refund_is_never_asked_for_without_its_key() -> None:
    asking = [text for text in OPERATIONS.values() if "refundCreate" in text]
    assert asking
    for text in asking:
        assert re.search(r"refundCreate\(.*\) @idempotent\(key: \$key\)", text, re.DOTALL)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != BULK])
def test_it_costs_no_more_than_a_question_may(name: str) -> None:
    sizes = SIZES | {"first": FIRST.get(name)}
    assert ("$first" in OPERATIONS[name]) == (name in FIRST)
    assert cost_of(executing.published(), parse(OPERATIONS[name]), sizes) <= MOST


def test_the_bulk_query_is_one_of_five_lists_and_none_in_a_plain_list() -> None:
    document = parse(EVERYTHING)
    assert len(document.definitions) == 1
    depths = list(_lists(executing.published(), EVERYTHING))
    assert len(depths) <= 5
    assert max(depths) <= 2


def test_fragments_are_written_out() -> None:
    document = "query Q { a { ...One } }\nfragment One on A { b ...Two }\n\nfragment Two on A { c { d } }\n"
    assert inlined(document).split() == ["query", "Q", "{", "a", "{", "b", "c", "{", "d", "}", "}", "}"]


def test_the_scopes_that_are_documented_are_those_that_are_needed() -> None:
    """Each need is met by a documented scope, and each documented scope is the answer to some need."""
    groups = {group for text in OPERATIONS.values() for group in _needs(executing.published(), text)}
    groups |= {group for topic in SUBSCRIBED for group in _topic_needs(topic)}
    documented = [*READ, *WRITE]
    unmet = [group for group in groups if all(lacking([scope], documented) for scope in group)]
    assert unmet == []
    met = [set(group) & set(documented) for group in groups]
    idle = [scope for scope in documented if {scope} not in met]
    assert idle == []


def faults(schema: GraphQLSchema, text: str) -> list[str]:
    """What is wrong with an operation, what is deprecated included."""
    return [wrong.message for wrong in validate(schema, parse(text), [*specified_rules, NoDeprecatedCustomRule])]


def _payloads(text: str) -> Iterator[tuple[str, list[str]]]:
    for definition in parse(text).definitions:
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.MUTATION:
            for field in definition.selection_set.selections:
                assert isinstance(field, FieldNode)
                assert field.selection_set is not None
                members = [one.name.value for one in field.selection_set.selections if isinstance(one, FieldNode)]
                yield field.name.value, members


def _lists(schema: GraphQLSchema, text: str) -> Iterator[int]:
    """How deep each list of the document is nested, the outermost 0."""
    info, depth, found = TypeInfo(schema), [0], []

    class Lists(Visitor):
        def enter_field(self, *_: Any) -> None:
            kind = get_named_type(info.get_type())
            assert kind is not None
            if kind.name.endswith("Connection"):
                found.append(depth[0])
                depth[0] += 1

        def leave_field(self, *_: Any) -> None:
            kind = get_named_type(info.get_type())
            assert kind is not None
            depth[0] -= kind.name.endswith("Connection")

    visit(parse(text), TypeInfoVisitor(info, Lists()))
    yield from found


def _needs(schema: GraphQLSchema, text: str) -> set[tuple[str, ...]]:
    info, found = TypeInfo(schema), set()

    class Needs(Visitor):
        def enter_field(self, *_: Any) -> None:
            kind = get_named_type(info.get_type())
            found.update(executing.needs(info.get_field_def()))
            found.update(executing.needs(kind))

    visit(parse(text), TypeInfoVisitor(info, Needs()))
    return found


def _topic_needs(topic: str) -> list[tuple[str, ...]]:
    kind: Any = executing.published().type_map["WebhookSubscriptionTopic"]
    return executing.needs(kind.values[enumerated(topic)])
