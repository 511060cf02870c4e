"""Writes docs/settings.md from the settings themselves: `make docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

from portal.settings import PREFIX, Settings

PAGE = Path(__file__).resolve().parent.parent / "docs/settings.md"
HEAD = """# Settings

Environment variables. Each may also be given as `NAME_FILE`, the path of a file that holds the value. A wrong value,
or a name that begins like these and is none of them, stops the start and is named. `jalon check` looks at all of them.

Carriers' credentials are settings too, one set for each carrier: `jalon carriers` lists them.

| name | default | what it decides |
|---|---|---|
"""


def page() -> str:
    """The whole page, as Markdown."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.default is None else f"`{field.default}`"
    allowed = _allowed(field)
    text = (field.description or "") + (f" {allowed}" if allowed else "")
    return f"| `{PREFIX}{name.upper()}` | {default} | {text.replace('|', '&#124;')} |\n"


def _allowed(field: FieldInfo) -> str:
    """The choices or bounds in words; empty when there are none to tell."""
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        return f"One of {', '.join(f'`{choice}`' for choice in choices)}."
    low = _bound(field, "ge")
    high = _bound(field, "le")
    if low is not None and high is not None:
        return f"From {low} to {high}."
    return f"At least {low}." if low is not None else ""


def _bound(field: FieldInfo, name: str) -> Any:
    return next((getattr(limit, name) for limit in field.metadata if hasattr(limit, name)), None)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
