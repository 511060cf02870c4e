"""What a browser calls itself, short enough to be told from another: "Firefox, Windows"."""

from __future__ import annotations

from typing import Final

# The first that is found counts: browsers name their ancestors as well.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def label(user_agent: str | None) -> str:
    """Program and system, as far as the header says; empty when it says neither."""
    said = user_agent or ""
    found = (next((name for mark, name in marks if mark in said), "") for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)
