"""What to call a browser in the list of one's sessions: "Firefox · Android". A name to recognise, no fingerprint."""

from __future__ import annotations

from typing import Final

from starlette.types import Scope

# The first that is found counts: most browsers name others as well.
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
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def label_of(scope: Scope) -> str:
    """The browser that sent this request, and what it runs on; empty when it does not say."""
    given = next((value for name, value in scope["headers"] if name == b"user-agent"), b"").decode("latin-1")
    found = [next((name for word, name in words if word in given), "") for words in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name)
