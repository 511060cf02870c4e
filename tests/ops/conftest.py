"""The databases that these tests run on."""

from __future__ import annotations

from tests.support.context import (
    any_context,
    blank_postgres,
    blank_sqlite,
    clock,
    context,
    engine_url,
    sqlite_url,
    tables_url,
)

__all__ = [
    "any_context",
    "blank_postgres",
    "blank_sqlite",
    "clock",
    "context",
    "engine_url",
    "sqlite_url",
    "tables_url",
]
