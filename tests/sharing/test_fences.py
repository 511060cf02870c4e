"""What keeps a visitor's page from ever holding more: its columns, its types, its templates."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import date
from typing import Any

import pytest
from jinja2 import TemplateNotFound
from jinja2.exceptions import SecurityError, UndefinedError
from sqlalchemy import Table, TableClause
from sqlalchemy.sql.sqltypes import NullType
from sqlmodel import SQLModel

from portal import paths, tables
from portal.kit import html, i18n
from portal.kit.private import Private
from portal.sharing.public import columns, values

KNOWN = tables
SEEN = {name: t for name, t in vars(columns).items() if isinstance(t, TableClause)}
VALUES: list[Any] = [
    kind for _, kind in inspect.getmembers(values, inspect.isclass) if kind.__module__ == values.__name__
]


def private_tables() -> set[str]:
    """The tables that are declared in a module called `private`."""
    kinds = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    return {kind.__tablename__ for kind in kinds if kind.__module__.endswith(".private")}


@pytest.mark.parametrize("name", SEEN)
def test_a_visible_column_is_a_column_of_no_private_table(name: str) -> None:
    table: Table = SQLModel.metadata.tables[SEEN[name].name]
    assert table.name not in private_tables()
    for seen in SEEN[name].c:
        real = table.c[seen.name]
        assert not isinstance(seen.type, NullType)
        assert seen.type._type_affinity is real.type._type_affinity, f"{table.name}.{seen.name}"


def test_these_columns_and_no_others_are_visible() -> None:
    """A list that somebody has to look at: whatever is added here, strangers can see."""
    seen: dict[str, set[str]] = {}
    for one in SEEN.values():
        seen.setdefault(one.name, set()).update(column.name for column in one.c)
    assert {name: " ".join(sorted(kept)) for name, kept in seen.items()} == {
        "order": "cancelled_at fulfilment gone_at id promise_from promise_to",
        "order_line": "current fulfilled id kind options order_id ordered position requires_shipping title",
        "delivery": "collected_at id method order_id ready_at state",
        "delivery_line": "delivery_id line_id quantity",
        "parcel": "allocation id order_id position shipment_id state",
        "parcel_line": "line_id parcel_id quantity",
        "shipment": "carrier delayed estimate_day finished_at id milestone shop_delayed shop_estimate_day topic",
        "tracker": "answered_at shipment_id",
        "checkpoint": "date_only id milestone offset_minutes shipment_id sort_at"
        " town town_country town_lat town_lon wall",
    }


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_public_values_are_frozen_and_inherit_nothing(kind: Any) -> None:
    assert kind.__bases__ == (object,)
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)
    assert not hasattr(kind, "__dict__") or "__dict__" not in kind.__slots__
    with pytest.raises((AttributeError, TypeError)):
        object.__setattr__(object.__new__(kind), "name_of_a_person", "x")


def test_visitors_templates_find_no_others() -> None:
    i18n.load(paths.LOCALES)
    map_of = {"_map.html": paths.TEMPLATES / "_map.html"}
    env = html.environment(paths.TEMPLATES / "visitor", lambda name: f"/static/{name}", sandboxed=True, lent=map_of)
    assert "journey_map" in env.get_template("_map.html").module.__dict__
    for name in ("orders/page.html", "../orders/page.html", "../_base.html", "/etc/passwd"):
        with pytest.raises(TemplateNotFound):
            env.get_template(name)


def test_visitors_templates_reach_nothing_behind_a_value() -> None:
    env = html.environment(paths.TEMPLATES / "visitor", str, sandboxed=True)
    shop = values.SharedShop("Atelier")
    for text in ("{{ shop.__class__.__mro__ }}", "{{ shop.__init__.__globals__ }}", "{{ ''.format.__globals__ }}"):
        with pytest.raises((SecurityError, UndefinedError)):
            env.from_string(text).render(shop=shop)
    with pytest.raises(SecurityError):
        env.from_string("{{ days.append(1) }}").render(days=[date(2026, 1, 1)])
    assert env.from_string("{{ shop.name }}").render(shop=shop) == "Atelier"


def test_a_private_value_is_shown_by_no_accident() -> None:
    label = Private("Mum")
    env = html.environment(paths.TEMPLATES / "visitor", str)
    assert [str(label), repr(label), f"{label}", "%s" % label, repr([label])] == ["***"] * 4 + ["[***]"]  # noqa: UP031
    with pytest.raises(TypeError):
        env.from_string("{{ label }}").render(label=label)
    assert env.from_string("{{ label.shown() }}").render(label=label) == "Mum"


def test_links_are_told_by_members_alone() -> None:
    assert {field.name for field in dataclasses.fields(values.SharedShop)} == {"name"}
    assert "label" not in {field.name for kind in VALUES for field in dataclasses.fields(kind)}
