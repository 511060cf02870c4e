"""The page of documentation has what the code has."""

from __future__ import annotations

from scripts import shopify_page


def test_the_tables_of_the_page_are_current() -> None:
    text = shopify_page.PAGE.read_text()
    assert text == shopify_page.page(text), "run `make docs`"


def test_a_table_that_is_not_current_is_found() -> None:
    text = shopify_page.PAGE.read_text()
    assert shopify_page.page(text.replace("| `write_returns` |", "| `write_anything` |")) == text
