"""The part of Vendure's Admin API that the portal uses, as its own schema tells it: kept beside the tests, so that the
portal's documents can be validated where no Vendure is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    FieldNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    UnionTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    print_schema,
    visit,
)

from portal.platforms.vendure import operations

# The plugin's own: Vendure's schema has them only with it.
OF_THE_PLUGIN = ("PLUGIN", "QUIET_PREVIEW")

Used = Mapping[str, Mapping[str, set[str]]]


def documents() -> dict[str, str]:
    """Every document that the portal asks, by name; those that take custom fields, with some of the tests' shop."""
    plain = {name: text for name, text in vars(operations).items() if name.isupper() and isinstance(text, str)}
    built = {
        f"{one.__name__}{'_' if fields else ''}": one(*fields)
        for one in (
            operations.read_order,
            operations.read_orders,
            operations.enter,
            operations.modify,
            operations.cancel,
        )
        for fields in ((), (("deliveryInstructions",), ("engraving",)))
    }
    return {**{name: text for name, text in plain.items() if not name.startswith("_")}, **built}


def pruned(schema: GraphQLSchema) -> str:
    """The schema without what no document of ours touches, as text that is the same every time."""
    used = _used(schema, (parse(text) for text in documents().values()))
    told = {
        node.name.value: node
        for node in parse(print_schema(schema), no_location=True).definitions
        if isinstance(node, TypeDefinitionNode)
    }
    kept: dict[str, TypeDefinitionNode] = {}
    wanted = ["Query", "Mutation"]
    while wanted:
        name = wanted.pop()
        if name in told and name not in kept:
            kept[name] = _cut(told[name], used.get(name, {}))
            wanted += _named(kept[name])
    return "\n\n".join(print_ast(kept[name]) for name in sorted(kept)) + "\n"


def _used(schema: GraphQLSchema, asked: Iterable[DocumentNode]) -> Used:
    """Fields by type, and the arguments that are given to each."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    info = TypeInfo(schema)

    class Noting(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = info.get_parent_type()
            if parent is not None:
                found[parent.name][node.name.value] |= {argument.name.value for argument in node.arguments or ()}

    for document in asked:
        visit(document, TypeInfoVisitor(info, Noting()))
    return found


def _cut(node: TypeDefinitionNode, used: Mapping[str, set[str]]) -> TypeDefinitionNode:
    """The type with the fields that are used. Results that nothing is asked of keep what all errors have."""
    node = replace(node, description=None)
    if isinstance(node, InputObjectTypeDefinitionNode):
        return replace(node, fields=tuple(replace(field, description=None) for field in node.fields or ()))
    if isinstance(node, EnumTypeDefinitionNode):
        return replace(node, values=tuple(replace(value, description=None) for value in node.values or ()))
    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        interfaces = tuple(one for one in node.interfaces or () if one.name.value == "ErrorResult")
        wanted = {*used, "errorCode", "message"} if interfaces else set(used)
        fields = [_field(f, used.get(f.name.value, set())) for f in node.fields or () if f.name.value in wanted]
        rest = [_field(f, set()) for f in (node.fields or ())[:1]]  # a type has at least one
        return replace(node, interfaces=interfaces, fields=tuple(fields or rest))
    return node


def _field(field: FieldDefinitionNode, given: set[str]) -> FieldDefinitionNode:
    kept = [a for a in field.arguments or () if a.name.value in given or isinstance(a.type, NonNullTypeNode)]
    return replace(field, description=None, arguments=tuple(replace(a, description=None) for a in kept))


def _named(node: TypeDefinitionNode) -> list[str]:
    """The types that a type names."""
    names: list[str] = []

    class Naming(Visitor):
        def enter_named_type(self, found: NamedTypeNode, *_: Any) -> None:
            names.append(found.name.value)

    tree: Node = node
    visit(tree, Naming())
    return names + ([one.name.value for one in node.types or ()] if isinstance(node, UnionTypeDefinitionNode) else [])
