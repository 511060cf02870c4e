#!/usr/bin/env python3
"""Writes the part of Shopify's published schema that our operations use, for tests on machines that do not have it.

    scripts/shopify_schema.py admin_2026-10.schema.json.gz > tests/platforms/shopify/admin.graphql

What is taken are facts: the types, fields and arguments in our operations, with whole enumerations and the members of
inputs. Beside them stand, as directives of this file alone, which scopes a type or field needs (`@needs`, each entry
names alternatives) and what is withheld without approval (`@withheld`).
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from graphql import (
    FieldNode,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    parse,
    visit,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.platforms.shopify import operations
from portal.platforms.shopify.hooks.topics import SUBSCRIBED, enumerated

Json = dict[str, Any]

# Members of inputs that are inputs themselves and that we fill.
FILLED = {
    ("OrderInput", "shippingAddress"),
    ("OrderInput", "customAttributes"),
    ("OrderInput", "metafields"),
    ("FulfillmentOrderLineItemsInput", "fulfillmentOrderLineItems"),
}
HEADER = """\
# The part of Shopify's Admin API {version} that our operations use. Written by scripts/shopify_schema.py.

"Which scopes it takes: one of those that each entry names."
directive @needs(scopes: [String!]!) on OBJECT | INTERFACE | FIELD_DEFINITION | ENUM_VALUE
"Not given without approval to read what is known of customers."
directive @withheld on FIELD_DEFINITION
"The same key again gives the same result again."
directive @idempotent(key: String!) on FIELD

schema {{ query: QueryRoot mutation: Mutation }}
"""


def texts() -> Iterator[str]:
    """Every operation of ours."""
    for module in iter_modules(operations.__path__):
        if module.name != "fragments":
            held = vars(import_module(f"{operations.__name__}.{module.name}"))
            yield from (text for name, text in held.items() if is_operation(name, text))


def is_operation(name: str, text: object) -> bool:
    """Whether a module's member is an operation: a constant of its own that begins as one."""
    return isinstance(text, str) and name.isupper() and not name.startswith("_") and bool(_BEGINS.match(text))


_BEGINS = re.compile(r"\s*(query|mutation) \w+")
_SCOPE = re.compile(r"`([a-z_]+)` access scope")
_ALSO = re.compile(r"Requires the `([a-z_]+)` access scope")
_TOPIC = re.compile(r"following scopes: ([a-z_, ]+)|Requires the `([a-z_]+)` scope")


class Used:
    """Collects the types, fields and arguments in documents."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.fields: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.types: set[str] = set()
        self.inputs: set[tuple[str, str]] = set(FILLED)

    def take(self, text: str) -> None:
        """Add what one document uses."""
        info = TypeInfo(self.schema)
        used = self

        class Collect(Visitor):
            def enter_field(self, node: FieldNode, *_: object) -> None:
                parent = info.get_parent_type()
                if parent is None or node.name.value == "__typename":
                    return
                field = used.fields[parent.name][node.name.value]
                field.update(argument.name.value for argument in node.arguments or ())

            def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
                parent = info.get_parent_input_type()
                if parent is not None:
                    used.inputs.add((get_named_type(parent).name, node.name.value))

            def enter(self, _: object, *__: object) -> None:
                for kind in (info.get_type(), info.get_input_type(), info.get_parent_type()):
                    if kind is not None:
                        used.types.add(get_named_type(kind).name)

        visit(parse(text), TypeInfoVisitor(info, Collect()))


def pruned(
    schema: GraphQLSchema, introspection: Json, scopes: Mapping[tuple[str, str | None], str], version: str
) -> str:
    """The part as a document in the schema language."""
    used = Used(schema)
    for text in texts():
        used.take(text)
    told = {kind["name"]: kind for kind in introspection["__schema"]["types"]}
    wanted = _closed(used, told)
    parts = [HEADER.format(version=version)]
    parts += [_type(told[name], used, told, wanted, scopes) for name in sorted(wanted)]
    return "\n".join(part for part in parts if part).replace("\n\n\n", "\n\n")


def _closed(used: Used, told: Mapping[str, Json]) -> set[str]:
    """The types that are used, and those that their members and variables are of."""
    wanted = {name for name in used.types if not name.startswith("__")} | set(used.fields)
    todo = list(wanted)
    while todo:
        kind = told[todo.pop()]
        for member in _members(kind, used):
            for name in (_named(member["type"]), *(_named(a["type"]) for a in _arguments(kind, member, used))):
                if name not in wanted:
                    wanted.add(name)
                    todo.append(name)
    return wanted


def _members(kind: Json, used: Used) -> list[Json]:
    if kind["kind"] == "INPUT_OBJECT":
        kept = [member for member in kind["inputFields"] if not member.get("isDeprecated")]
        return [member for member in kept if _is_filled(kind["name"], member, used)]
    fields = kind.get("fields") or []
    asked = [field for field in fields if field["name"] in used.fields.get(kind["name"], {})]
    return asked or (fields[:1] if kind["kind"] == "INTERFACE" else [])


def _is_filled(owner: str, member: Json, used: Used) -> bool:
    nested = _named(member["type"]).endswith("Input")
    return not nested or member["type"]["kind"] == "NON_NULL" or (owner, member["name"]) in used.inputs


def _arguments(kind: Json, field: Json, used: Used) -> list[Json]:
    """Those that we give, and those without which there is no answer."""
    given = used.fields.get(kind["name"], {}).get(field["name"], set())
    return [one for one in field.get("args") or [] if one["name"] in given or one["type"]["kind"] == "NON_NULL"]


def _type(kind: Json, used: Used, told: Mapping[str, Json], wanted: set[str], scopes: Mapping[Any, str]) -> str:
    name = kind["name"]
    match kind["kind"]:
        case "SCALAR":
            return "" if name in ("ID", "Int", "Float", "String", "Boolean") else f"scalar {name}\n"
        case "ENUM":
            return f"enum {name} {{\n{_values(kind)}\n}}\n"
        case "INPUT_OBJECT":
            members = "".join(f"  {m['name']}: {_written(m['type'])}\n" for m in _members(kind, used))
            return f"input {name} {{\n{members}}}\n"
        case "UNION":
            return f"union {name} = {' | '.join(sorted(_possible(kind, wanted)))}\n"
    word = "interface" if kind["kind"] == "INTERFACE" else "type"
    above = sorted({one["name"] for one in kind.get("interfaces") or []} & wanted)
    implements = f" implements {' & '.join(above)}" if above else ""
    inherited = [f["name"] for one in above for f in _members(told[one], used)]
    names = {field["name"] for field in _members(kind, used)} | set(inherited)
    fields = [field for field in kind["fields"] if field["name"] in names]
    rows = "".join(_field(kind, field, used, told, above, scopes) for field in fields)
    return f"{word} {name}{implements}{_needs(scopes.get((name, None)))} {{\n{rows}}}\n"


def _possible(kind: Json, wanted: set[str]) -> list[str]:
    return [one["name"] for one in kind["possibleTypes"] if one["name"] in wanted]


def _is_wanted(name: str, value: Json) -> bool:
    """Of topics those that we take; of everything else all."""
    return name != "WebhookSubscriptionTopic" or value["name"] in {enumerated(topic) for topic in SUBSCRIBED}


def _field(
    kind: Json, field: Json, used: Used, told: Mapping[str, Json], above: Iterable[str], scopes: Mapping[Any, str]
) -> str:
    names = {one["name"] for one in _arguments(kind, field, used)}
    for one in above:
        inherited = next((f for f in told[one]["fields"] if f["name"] == field["name"]), None)
        names |= {a["name"] for a in _arguments(told[one], inherited, used)} if inherited else set()
    arguments = [f"{a['name']}: {_written(a['type'])}" for a in field["args"] if a["name"] in names]
    given = f"({', '.join(arguments)})" if arguments else ""
    needs = _needs(scopes.get((kind["name"], field["name"])) or field.get("requiredAccess"))
    withheld = " @withheld" if field.get("isProtected") else ""
    return f"  {field['name']}{given}: {_written(field['type'])}{needs}{withheld}{_reason(field)}\n"


def _values(kind: Json) -> str:
    """Topics one a line, with their scopes; of everything else as many as a line takes."""
    values = [value for value in kind["enumValues"] if _is_wanted(kind["name"], value)]
    if kind["name"] == "WebhookSubscriptionTopic":
        return "\n".join(f"  {value['name']}{_topic_needs(value)}" for value in values)
    names = " ".join(f"{value['name']}{_reason(value)}" for value in values)
    return textwrap.fill(names, 116, initial_indent="  ", subsequent_indent="  ", break_long_words=False)


def _topic_needs(value: Json) -> str:
    found = _TOPIC.search(" ".join((value.get("description") or "").split()))
    return _listed(["|".join((found[1] or found[2]).strip().split(", "))]) if found else ""


def _needs(said: str | None) -> str:
    """From "`a` access scope or `b` access scope. Also: …": one of the first, and what is required besides."""
    first, _, also = (said or "").partition("Also:")
    alternatives = [scope if "_" in scope else f"write_{scope}" for scope in _SCOPE.findall(first)]
    groups = ["|".join(_full(scope) for scope in alternatives)] if alternatives else []
    return _listed([*groups, *_ALSO.findall(also)])


def _full(scope: str) -> str:
    """Some are named without what they allow: then it is writing."""
    return scope if scope.startswith(("read_", "write_")) else f"write_{scope}"


def _listed(groups: list[str]) -> str:
    return f" @needs(scopes: {json.dumps(groups)})" if groups else ""


def _reason(member: Json) -> str:
    return ' @deprecated(reason: "as published")' if member.get("isDeprecated") else ""


def _named(kind: Json) -> str:
    return kind["name"] if kind["name"] and kind["kind"] not in ("NON_NULL", "LIST") else _named(kind["ofType"])


def _written(kind: Json) -> str:
    if kind["kind"] == "NON_NULL":
        return f"{_written(kind['ofType'])}!"
    return f"[{_written(kind['ofType'])}]" if kind["kind"] == "LIST" else str(kind["name"])


def read(path: Path) -> str:
    """The part of the schema in this file."""
    held = json.loads(gzip.decompress(path.read_bytes()))
    schema = build_client_schema(held["data"], assume_valid=True)  # it breaks a rule about what is deprecated
    scopes = {(one["typeName"], one.get("fieldName")): one["requiredAccess"] for one in held["offline_scopes"]["items"]}
    version = re.search(r"\d{4}-\d\d", path.name)
    return pruned(schema, held["data"], scopes, version[0] if version else "?")


if __name__ == "__main__":
    sys.stdout.write(read(Path(sys.argv[1])))
