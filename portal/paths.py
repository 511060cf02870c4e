"""Where the files that come with the code lie: in the wheel inside the package, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _resource(name: str) -> Path:
    packed = _PACKAGE / f"_{name}"
    return packed if packed.is_dir() else _PACKAGE.parent / name


TEMPLATES = _resource("templates")
STATIC = _resource("static")
LOCALES = _PACKAGE / "locales"
MIGRATIONS = _PACKAGE / "migrations"
