"""Writes docs/personal-data.md from what the tables say of themselves: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from portal import tables
from portal.kit.datamap import about_nobody, about_people
from portal.settings import PREFIX, Settings

PAGE = Path(__file__).resolve().parent.parent / "docs/personal-data.md"
HEAD = Path(__file__).with_name("personal_data_head.md")
_DECLARED = tables  # every table has said what it holds once this is imported


def page() -> str:
    """The whole page, as Markdown."""
    about = "".join(_table(name) for name in sorted(about_people()))
    others = "".join(f"| `{name}` | {what} |\n" for name, what in sorted(about_nobody().items()))
    return (
        f"{HEAD.read_text(encoding='utf-8')}\n{about}\n## Tables about nobody\n\n| table | holds |\n|---|---|\n{others}"
    )


def _table(name: str) -> str:
    held = about_people()[name]
    rows = "".join(f"| `{column}` | {what} |\n" for column, what in held.personal.items())
    return (
        f"### `{name}`\n\n- For: {held.why}.\n- Ground: {held.basis}.\n- Kept: {_kept(held.kept)}.\n\n"
        f"| column | says |\n|---|---|\n{rows}\n"
    )


def _kept(text: str) -> str:
    """The time, with each setting's name and default."""

    def named(found: re.Match[str]) -> str:
        default = Settings.model_fields[found[1]].default
        return f"`{PREFIX}{found[1].upper()}` ({default} unless set)"

    return re.sub(r"\{(\w+)\}", named, text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
