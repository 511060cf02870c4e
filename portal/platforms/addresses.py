"""Where a shop's server is, as the account names it: passwords, keys and customers' data go there over https.

Plain http is for what stays on this machine, and for a container that is called by its bare name (`http://medusa:9000`
in a network of one host).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from portal.kit.hosts import is_bare_name, is_here
from portal.platforms.live import ShopError

EXAMPLE: Final = "https://shop.example"
_PLAIN: Final = (
    "Over plain http, keys and customers' data could be read on the way: enter the https address of the shop's server."
)


def server_address(url: str, like: str = EXAMPLE) -> str:
    """The address without a query, a fragment and slashes at its end. `like`: a good one, for the message. Raises
    ShopError (`credentials`) for what cannot be called, or should not."""
    bare = url.strip().partition("#")[0].partition("?")[0].rstrip("/")
    try:
        parts = urlsplit(bare)
        callable_port = parts.port != 0
    except ValueError as error:
        raise _no_address(url, like) from error
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or not callable_port or "@" in parts.netloc:
        raise _no_address(url, like)
    if parts.scheme == "http" and not (is_here(host) or is_bare_name(host)):
        raise ShopError("credentials", _PLAIN)
    return bare


def name_of(address: str) -> str:
    """The shop's name: the host as it is written in lower case, with its port, if one is named."""
    return urlsplit(address).netloc.lower()


def _no_address(url: str, like: str) -> ShopError:
    shown = url.rpartition("@")[2]  # what stands before it may be a password
    return ShopError("credentials", f"{shown!r} is not the address of a shop's server, like {like}")
