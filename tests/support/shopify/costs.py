"""What a question costs, by the rules that Shopify publishes: a scalar nothing, an object one, a list its length times
what is in it (and two), a change ten. The real shop is milder with long lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    value_from_ast_untyped,
)

MOST = 1000  # points of one question


def cost_of(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The points that the document's one operation could take at most."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    is_change = operation.operation.value == "mutation"
    root = schema.mutation_type if is_change else schema.query_type
    assert root is not None
    return (10 if is_change else 0) + _Costs(schema, fragments, variables).of(operation.selection_set, root)


class _Costs:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables

    def of(self, selection: SelectionSetNode | None, parent: Any) -> int:
        return sum(self._one(node, parent) for node in selection.selections) if selection else 0

    def _one(self, node: Any, parent: Any) -> int:
        if isinstance(node, FragmentSpreadNode):
            fragment = self.fragments[node.name.value]
            return self.of(fragment.selection_set, self.schema.get_type(fragment.type_condition.name.value))
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.of(node.selection_set, self.schema.get_type(condition.name.value) if condition else parent)
        assert isinstance(node, FieldNode)
        field = parent.fields.get(node.name.value) if hasattr(parent, "fields") else None
        if field is None or is_leaf_type(get_named_type(field.type)):
            return 0
        kind = get_named_type(field.type)
        inner = self.of(node.selection_set, kind)
        first = self._first(node)
        if kind.name.endswith("Connection"):
            return 2 + (first if first is not None else 1) * inner
        if node.name.value in ("nodes", "edges", "pageInfo", "node"):
            return inner + (node.name.value in ("nodes", "node"))
        return (1 + inner) * (first or 1)

    def _first(self, node: FieldNode) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = value_from_ast_untyped(argument.value, dict(self.variables))
                return value if isinstance(value, int) else None
        return None
