"""What a host's name says of where it is."""

from __future__ import annotations

from ipaddress import ip_address


def is_here(host: str | None) -> bool:
    """Whether what is sent to this host stays on this machine."""
    if not host:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_bare_name(host: str) -> bool:
    """Whether it is one word, as containers call each other by: no public host and no address of digits."""
    return host.replace("-", "").replace("_", "").isalnum() and not host.replace("_", "").isdigit()
