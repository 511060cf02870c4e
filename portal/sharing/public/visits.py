"""What a request for a shared page is: somebody opening it, a browser that has it already, or a machine. Pure.

An open is a browser going to the address. Messengers that draw a preview, mail scanners, browsers that load ahead
of a click and scripts are none; they are known by what browsers say of themselves (Sec-Fetch-Mode, Sec-Purpose)
and by name.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from starlette.types import Scope as Request

# Names under which previews and scanners fetch links; nearly all say "bot". Apps in which people read name
# themselves too: what stands here must not be in those. Cubot makes telephones.
_MACHINES: Final = re.compile(
    rb"(?<!cu)bot\b|crawl|spider|preview|scanner|facebookexternalhit|facebookcatalog|^whatsapp/|slack-img|embedly"
    rb"|iframely|ms-office|safelinks|proofpoint|barracuda|mimecast|google-safety|feedfetcher|^mastodon|^matrix|synapse",
    re.IGNORECASE,
)


class Visit(Enum):
    """Who is asking."""

    OPENS = "opens"  # a browser going to the address
    AGAIN = "again"  # a browser that has the page: a reload, another language
    READS = "reads"  # a client that says nothing about itself: an old browser, a script
    MACHINE = "machine"  # a preview, a scanner, something loaded ahead of a click


def visit_of(request: Request) -> Visit:
    """What this request is."""
    given: dict[bytes, bytes] = dict(request["headers"])
    if _MACHINES.search(given.get(b"user-agent", b"")) or given.get(b"sec-purpose") or given.get(b"purpose"):
        return Visit.MACHINE
    mode = given.get(b"sec-fetch-mode")
    if mode is None or request["method"] != "GET":
        return Visit.READS
    if mode != b"navigate" or given.get(b"sec-fetch-dest", b"document") != b"document":
        return Visit.MACHINE
    control = given.get(b"cache-control", b"")
    reload = b"max-age=0" in control or b"no-cache" in control
    return Visit.AGAIN if reload or given.get(b"sec-fetch-site") == b"same-origin" else Visit.OPENS
