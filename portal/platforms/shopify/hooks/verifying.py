"""Whether Shopify sent a delivery, for this shop: its signature over the bytes as they came. Pure.

The headers are not signed: what is done about a person or about the connection needs the body to say it as well.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from portal.platforms.live import Hint, Purpose
from portal.platforms.marks import mark_in
from portal.platforms.shopify.admin.address import API_VERSION, SHOP
from portal.platforms.shopify.hooks.headers import header
from portal.platforms.shopify.hooks.subjects import order_ids_of, orders_named, person_of
from portal.platforms.shopify.hooks.topics import purpose_of
from portal.platforms.shopify.shape import Node, part, text
from portal.platforms.strictjson import BadJson, first_value

_NO_SIGNATURE: Final = b"\0" * 32

_log = logging.getLogger(__name__)


def hint_of(headers: Mapping[str, str], body: bytes, shop: str, secrets: Sequence[str]) -> Hint | None:
    """What a genuine delivery for `shop` is about; None for every doubt. `secrets` are those that may sign now."""
    genuine = is_signed(header(headers, "hmac-sha256"), body, secrets)
    topic, sender = header(headers, "topic"), header(headers, "shop-domain")
    if not genuine or topic is None or (sender or "").lower() != shop:
        return None
    _compare_version(header(headers, "api-version"))
    node = _parsed(body)
    if node is None:
        return None
    event = header(headers, "webhook-id") or hashlib.sha256(topic.encode() + b"\0" + body).hexdigest()
    return _hint(event, topic.lower(), node, shop)


def is_signed(given: str | None, body: bytes, secrets: Sequence[str]) -> bool:
    """Whether the header is the signature of these bytes with one of the secrets. All are tried, each time."""
    sent = _decoded(given)
    tried = [hmac.compare_digest(sent, hmac.digest(secret.encode(), body, "sha256")) for secret in secrets]
    return any(tried)


def _decoded(given: str | None) -> bytes:
    """The 32 bytes of a signature; what is none stands for one that matches nothing."""
    try:
        signature = base64.b64decode((given or "").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return _NO_SIGNATURE
    return signature if len(signature) == len(_NO_SIGNATURE) else _NO_SIGNATURE


def _parsed(body: bytes) -> Node | None:
    try:
        value, _ = first_value(body.decode().strip())
    except (UnicodeDecodeError, BadJson):
        return None
    return value if isinstance(value, dict) else None


def _hint(event: str, topic: str, body: Node, shop: str) -> Hint | None:
    purpose = purpose_of(topic)
    if purpose in ("data_request", "erase_person"):
        return _about_person(event, topic, purpose, body, shop)
    if purpose in ("erase_shop", "disconnected"):
        return Hint(event, topic, purpose) if _is_about_shop(purpose, body, shop) else None
    if purpose == "nothing":
        return Hint(event, topic, purpose)
    return Hint(event, topic, "orders", order_ids_of(topic, body), _origin(topic, body))


def _about_person(event: str, topic: str, purpose: Purpose, body: Node, shop: str) -> Hint | None:
    member = "orders_requested" if purpose == "data_request" else "orders_to_redact"
    if member not in body or _is_elsewhere(body, "shop_domain", shop) or not part(body, "customer"):
        return None
    return Hint(event, topic, purpose, orders_named(body, member), person=person_of(body))


def _is_about_shop(purpose: Purpose, body: Node, shop: str) -> bool:
    """A body that has nothing but the shop's name asks for its erasure; the shop's own record tells that it left."""
    if purpose == "erase_shop":
        return set(body) == {"shop_id", "shop_domain"} and not _is_elsewhere(body, "shop_domain", shop)
    return "shop_owner" in body and not _is_elsewhere(body, "myshopify_domain", shop)


def _is_elsewhere(body: Node, member: str, shop: str) -> bool:
    """Whether the body names another shop. Documented ones name none."""
    named = (text(body, member) or "").lower()
    return named != shop and SHOP.fullmatch(named) is not None


def _origin(topic: str, body: Node) -> str | None:
    """Our own mark, in what comes back of what we wrote and changes nothing that we do not know."""
    return mark_in(text(body, "message")) if topic == "fulfillment_events/create" else None


@cache
def _compare_version(version: str | None) -> None:
    """Once a process and version: bodies are only hints, but another version than ours wants looking at."""
    if version not in (None, API_VERSION):
        _log.warning("Shopify delivers in version %s of its API, not in %s: set it in the app", version, API_VERSION)
