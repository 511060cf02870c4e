"""docs/api.md says what there is."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from portal.api.news import KINDS
from portal.api.scopes import EXPLAINED, Scope
from portal.platforms.changes import Why
from portal.platforms.live import Kind

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


def test_every_scope_and_all_news_are_there_as_they_are_described() -> None:
    assert set(EXPLAINED) == set(Scope)
    rows = {scope.value: words for scope, words in EXPLAINED.items()} | dict(KINDS)
    assert [name for name, words in rows.items() if f"| `{name}` | {words} |" not in PAGE] == []


def test_every_word_of_a_refusal_is_there() -> None:
    assert [word for word in (*get_args(Why), *get_args(Kind)) if f"`{word}`" not in PAGE] == []
