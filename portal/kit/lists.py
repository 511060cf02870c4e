"""Texts that hold a list, as settings are written: links with labels, networks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

Network = IPv4Network | IPv6Network
MOST_LINKS: Final = 8
_LONGEST_LABEL: Final = 40
_SEPARATOR: Final = re.compile(r"[;\n]")
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+\S*|mailto:[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere, and what it is called."""

    label: str
    url: str


def links_in(text: str) -> tuple[Link, ...]:
    """The links of a text like `LABEL=ADDRESS; LABEL=ADDRESS`. Raises ValueError."""
    found = []
    for part in filter(None, map(str.strip, _SEPARATOR.split(text))):
        label, _, url = (side.strip() for side in part.partition("="))
        if not label or len(label) > _LONGEST_LABEL or not _ADDRESS.fullmatch(url):
            raise ValueError("must each look like LABEL=https://shop.example/page, or LABEL=mailto:…; separated by ;")
        found.append(Link(label, url))
    if len(found) > MOST_LINKS:
        raise ValueError(f"at most {MOST_LINKS} links")
    return tuple(found)


def networks_in(text: str) -> tuple[Network, ...]:
    """The networks of a text like `10.0.0.0/8, ::1/128`. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
