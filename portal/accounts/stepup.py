"""Changes ask for more than a cookie: that the person proved themselves here within minutes."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from portal.accounts.viewer import Viewer
from portal.kit.errors import Elsewhere


def signed_in(viewer: Viewer, back: str) -> int:
    """The person who asks. Raises Elsewhere: to sign in, and then back to the path `back`."""
    if viewer.person_id is None:
        raise Elsewhere(_address("/sign-in", back))
    return viewer.person_id


def proven(viewer: Viewer, now: datetime, back: str) -> int:
    """The person who asks and has just proven who they are. Raises Elsewhere: to do so, and then back to `back`.

    `back` is the page with the button, not the address that the button sends to: what a redirect leads to is
    fetched, not sent.
    """
    person_id = signed_in(viewer, back)
    if not viewer.proven(now):
        raise Elsewhere(_address("/sign-in/again", back))
    return person_id


def _address(page: str, back: str) -> str:
    return f"{page}?back={quote(back, safe='')}"
