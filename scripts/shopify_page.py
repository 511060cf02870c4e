#!/usr/bin/env python3
"""Writes the tables of docs/shopify.md from the code: `make docs`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.platforms.accounts import variable
from portal.platforms.shopify.admin.scopes import READ, WRITE
from portal.platforms.shopify.hooks.topics import SUBSCRIBED
from portal.platforms.shopify.shop import MANIFEST

PAGE = Path(__file__).resolve().parents[1] / "docs/shopify.md"


def page(text: str) -> str:
    """The page with its tables as they must be, each behind its marker."""
    for name, table in (("variables", _variables()), ("scopes", _scopes()), ("topics", _topics())):
        text = re.sub(rf"<!-- {name} -->\n(?:\n(?:[|`][^\n]*\n)+)?", f"<!-- {name} -->\n\n{table}", text)
    return text


def _variables() -> str:
    rows = [f"| `{variable('shopify', one.name)}` | {one.help} |" for one in MANIFEST.credentials]
    return "\n".join(["| variable | |", "|---|---|", *rows, ""])


def _scopes() -> str:
    rows = [f"| `{scope}` | {what} |" for scope, what in {**READ, **WRITE}.items()]
    return "\n".join(["| scope | what for |", "|---|---|", *rows, ""])


def _topics() -> str:
    """By resource, as many as a line takes."""
    resources = dict.fromkeys(topic.partition("/")[0] for topic in SUBSCRIBED)
    rows = [f"| `{resource}` | {', '.join(_of(resource))} |" for resource in resources]
    return "\n".join(["| topics | |", "|---|---|", *rows, ""])


def _of(resource: str) -> list[str]:
    return [topic.partition("/")[2] for topic in SUBSCRIBED if topic.startswith(f"{resource}/")]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
