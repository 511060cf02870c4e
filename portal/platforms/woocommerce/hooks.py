"""WooCommerce's webhooks: what shows that one is genuine, what it hints at, and how they are set up.

A webhook that fails more than five times in a row is switched off by WooCommerce, nothing is ever sent again, and a
delivery's own number is not always its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from portal.platforms.live import Finding, Hint, ShopError
from portal.platforms.strictjson import BadJson, first_value
from portal.platforms.woocommerce.api import Api, Refused
from portal.platforms.woocommerce.gathering import every
from portal.platforms.woocommerce.shape import Node, ident, text

TOPICS: Final = ("order.created", "order.updated", "order.deleted", "order.restored")
_PING: Final = re.compile(rb"webhook_id=\d{1,20}")
_NAME: Final = "Jalon"


def hint_of(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Hint | None:
    """What a delivery hints at; None for one that is not shown to be the shop's. Saving a webhook sends a ping that
    nothing proves: it is known by its form, and causes nothing."""
    if _is_ping(headers, body):
        return Hint(f"ping:{body.decode()}", "ping", "ping")
    if not _is_signed(headers.get("x-wc-webhook-signature"), body, secrets):
        return None
    topic = headers.get("x-wc-webhook-topic", "")
    told = _object(body)
    order_id = ident(told, "id")
    event = _event(headers, body, told)
    if not topic.startswith("order.") or order_id is None:
        return Hint(event, topic, "nothing")
    return Hint(event, topic, "orders", (order_id,))


async def hooks_of(api: Api, address: str) -> list[Node]:
    """The webhooks that deliver to us. Raises ShopError."""
    try:
        return [hook for hook in await every(api, "webhooks") if text(hook, "delivery_url") == address]
    except Refused as refused:
        raise ShopError("scope", f"The key may not see the shop's webhooks ({refused.code}).") from refused


def lacking(hooks: Sequence[Node], secret: str) -> list[tuple[str, str]]:
    """The topics that do not reach us as they must, and why."""
    found: list[tuple[str, str]] = []
    for topic in TOPICS:
        mine = [hook for hook in hooks if text(hook, "topic") == topic]
        if not mine:
            found.append((topic, "is not delivered"))
        elif text(mine[0], "status") != "active":
            found.append((topic, "is switched off: WooCommerce does that after more than five failures in a row"))
        elif text(mine[0], "name") != _name(topic, secret):
            found.append((topic, "is perhaps signed with another secret"))
        elif len(mine) > 1:
            found.append((topic, "is delivered twice"))
    return found


async def subscribed(api: Api, address: str, secret: str) -> list[Finding]:
    """Have each topic delivered to us once, signed with this secret. Raises ShopError."""
    hooks = await hooks_of(api, address)
    findings = []
    for topic in TOPICS:
        mine = [hook for hook in hooks if text(hook, "topic") == topic]
        try:
            await _set_up(api, address, topic, secret, mine)
        except Refused as refused:
            findings.append(Finding(f"Webhook {topic}", ok=False, fix=_refused(refused)))
        else:
            findings.append(Finding(f"Webhook {topic}", ok=True))
    return findings


async def _set_up(api: Api, address: str, topic: str, secret: str, mine: Sequence[Node]) -> None:
    """A secret cannot be read back: the name says with which one a webhook signs, as far as we know."""
    wanted = {"name": _name(topic, secret), "status": "active", "secret": secret}
    if not mine:
        await api.ask("POST", "webhooks", (), {**wanted, "topic": topic, "delivery_url": address})
        return
    keep, *extra = sorted(mine, key=lambda hook: text(hook, "status") != "active")
    if text(keep, "status") != "active" or text(keep, "name") != wanted["name"]:
        await api.ask("PUT", f"webhooks/{ident(keep, 'id')}", (), wanted)
    for hook in extra:
        await api.ask("DELETE", f"webhooks/{ident(hook, 'id')}", (("force", "true"),))


def _name(topic: str, secret: str) -> str:
    return f"{_NAME} {topic} ({hashlib.sha256(secret.encode()).hexdigest()[:6]})"


def _refused(refused: Refused) -> str:
    return (
        f"WooCommerce refused it: {refused.message or refused.code}. It delivers to public addresses on the ports 80, "
        "443 and 8080 only, unless the shop allows others."
    )


def _is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    proven = any(name.startswith("x-wc-webhook-") for name in headers)
    return not proven and _PING.fullmatch(body.strip()) is not None


def _is_signed(proof: str | None, body: bytes, secrets: Sequence[str]) -> bool:
    """Every secret is tried, whatever is wrong: how long it takes tells nothing."""
    try:
        given = base64.b64decode(proof or "", validate=True)
    except (binascii.Error, ValueError):
        given = b""
    signed = [hmac.compare_digest(hmac.digest(secret.encode(), body, hashlib.sha256), given) for secret in secrets]
    return any(signed)


def _event(headers: Mapping[str, str], body: bytes, told: Node) -> str:
    """One name for each telling of an order, however often and under which topic it comes. A deletion says nothing but
    an id: there, the delivery's own number tells it from an earlier one."""
    digest = hashlib.sha256(body).hexdigest()
    changed = text(told, "date_modified_gmt")
    if changed is None:
        own = headers.get("x-wc-webhook-delivery-id", "")
        return f"{headers.get('x-wc-webhook-topic', '')}:{ident(told, 'id')}:{own}:{digest}"
    return f"{ident(told, 'id')}:{changed}:{digest}"


def _object(body: bytes) -> dict[str, Any]:
    try:
        value, _ = first_value(body.decode())
    except (UnicodeDecodeError, BadJson):
        return {}
    return value if isinstance(value, dict) else {}
