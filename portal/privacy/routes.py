"""Every address of a person's own data."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from portal.privacy.pages import DATA, ERASE, ERASED, OwnData
from portal.signin.desk import Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """The routes."""
    pages = OwnData(desk)
    return [
        Route(DATA, pages.read, methods=["GET"]),
        Route(f"{DATA}.json", pages.take, methods=["GET"]),
        Route(ERASE, pages.erase, methods=["GET", "POST"]),
        Route(ERASED, pages.erased, methods=["GET"]),
    ]
