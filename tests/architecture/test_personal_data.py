"""Nothing is held of people unless it is said what for, and every slice that holds something shows and erases it."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table as SaTable, Text
from sqlmodel import SQLModel

from portal import tables
from portal.kit.datamap import Basis, about_people, held, undeclared
from portal.privacy.slices import SLICES
from portal.settings import Settings

PORTAL = Path(tables.__file__).parent
TABLES = SQLModel.metadata.tables


def private_modules() -> list[str]:
    """The slices with personal columns in tables of their own."""
    return sorted(path.parent.name for path in PORTAL.glob("*/private.py") if path.parent.name != "kit")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_says_what_it_is(name: str) -> None:
    assert undeclared(TABLES[name]) == []


def test_a_column_that_nobody_declared_is_found() -> None:
    table = SaTable(
        "invented", MetaData(), Column("id", Integer, primary_key=True), Column("a", Text), Column("b", Text)
    )
    assert undeclared(table) == ["invented"]
    with pytest.raises(ValueError, match="no c"):
        held(table, why="x", kept="x", c="x")
    assert undeclared(table) == ["invented"]


@pytest.mark.parametrize("slice_", private_modules())
def test_a_private_column_is_always_personal(slice_: str) -> None:
    """Whoever has a private table says of each column there what it says of somebody, or that it is a thing's."""
    module = import_module(f"portal.{slice_}.private")
    found = [value for value in vars(module).values() if isinstance(value, SaTable)]
    assert found
    for table in found:
        assert about_people()[table.name].personal, table.name


@pytest.mark.parametrize("name", sorted(about_people()))
def test_purpose_ground_and_time_are_said(name: str) -> None:
    one = about_people()[name]
    assert len(one.why) > 10
    assert one.basis in Basis
    assert len(one.kept) > 5
    assert all(len(what) > 5 for what in one.personal.values())
    assert set(re.findall(r"\{(\w+)\}", one.kept)) <= Settings.model_fields.keys()


def slices_about_people() -> list[str]:
    """The slices that have tables about people, private or not; the kit's own are settled by its callers."""
    held_in = {
        path.parent.name
        for path in PORTAL.glob("*/*.py")
        if path.stem in ("models", "private")
        for value in vars(import_module(f"portal.{path.parent.name}.{path.stem}")).values()
        if isinstance(value, SaTable) and value.name in about_people()
    }
    return sorted(held_in - {"kit", "privacy"})


def test_private_columns_are_about_people() -> None:
    assert set(private_modules()) <= set(slices_about_people())


@pytest.mark.parametrize("slice_", slices_about_people())
def test_every_slice_with_private_columns_shows_and_erases_them(slice_: str) -> None:
    rights = SLICES[slice_]
    assert rights is import_module(f"portal.{slice_}.rights")
    assert iscoroutinefunction(rights.export_of)
    assert iscoroutinefunction(rights.erase)
