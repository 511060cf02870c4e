"""Saleor's webhooks: what shows that one is genuine, what it hints at, and how they are set up.

A delivery bears a detached signature (JWS, RS256) over the bytes of its body, made with a key of the server's own,
whose public half is at `/.well-known/jwks.json`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from jwt import PyJWKSet
from jwt.api_jws import decode, get_unverified_header
from jwt.exceptions import PyJWTError

from portal.platforms.live import Finding, Hint
from portal.platforms.saleor.api import Api, Refused
from portal.platforms.saleor.queries import ABOUT, ADD_HOOK, DROP_HOOK, EVENTS, SET_HOOK, SUBSCRIPTION
from portal.platforms.saleor.shape import Node, folded, nodes, part, text
from portal.platforms.strictjson import BadJson, first_value

_NAME: Final = "Jalon"
_ALGORITHM: Final = "RS256"

Keys = Mapping[str, Any]


def keys_of(published: Mapping[str, Any]) -> Keys:
    """The keys that signatures are made with, by their names; none of what cannot be read."""
    try:
        found = PyJWKSet.from_dict(dict(published)).keys
    except (PyJWTError, AttributeError, TypeError, ValueError, KeyError):
        return {}
    return {str(key.key_id or ""): key.key for key in found if key.algorithm_name == _ALGORITHM}


def hint_of(headers: Mapping[str, str], body: bytes, keys: Keys) -> Hint | None:
    """What a delivery hints at; None for one that is not shown to be the shop's."""
    proof = headers.get("saleor-signature") or headers.get("x-saleor-signature") or ""
    if not _is_signed(proof, body, keys):
        return None
    topic = (headers.get("saleor-event") or headers.get("x-saleor-event") or "").lower()
    event = f"{topic}:{hashlib.sha256(body).hexdigest()}"
    order_id = _order_id(body)
    if order_id is None:
        return Hint(event, topic, "nothing")
    return Hint(event, topic, "orders", (order_id,))


def faults(webhooks: Iterable[Node], address: str) -> str | None:
    """What is wrong with our webhook; None if nothing is."""
    mine = [hook for hook in webhooks if text(hook, "target_url") == address]
    if not mine:
        return "is not set up"
    if len(mine) > 1:
        return "is there twice"
    if mine[0].get("is_active") is not True:
        return "is switched off"
    return None if _is_whole(mine[0]) else "does not tell all that is needed"


async def subscribed(api: Api, address: str) -> Sequence[Finding]:
    """Have every event delivered to us by one webhook. Raises ShopError."""
    about = folded(await api.ask(ABOUT))
    mine = [hook for hook in nodes(part(about, "app"), "webhooks") if text(hook, "target_url") == address]
    if faults(mine, address) is None:
        return [Finding("Webhook", ok=True)]
    told = {"name": _NAME, "targetUrl": address, "isActive": True, "asyncEvents": list(EVENTS), "query": SUBSCRIPTION}
    try:
        if mine:
            await api.change(SET_HOOK, id=text(mine[0], "id"), input=told)
        else:
            await api.change(ADD_HOOK, input=told)
        for hook in mine[1:]:
            await api.change(DROP_HOOK, id=text(hook, "id"))
    except Refused as refused:
        return [Finding("Webhook", ok=False, fix=f"Saleor refused it: {refused.message}")]
    return [Finding("Webhook", ok=True)]


def _is_whole(hook: Node) -> bool:
    events = {text(event, "event_type") for event in nodes(hook, "async_events")}
    return set(EVENTS) <= events and "".join((text(hook, "subscription_query") or "").split()) == "".join(
        SUBSCRIPTION.split()
    )


def _is_signed(proof: str, body: bytes, keys: Keys) -> bool:
    try:
        key = keys.get(str(get_unverified_header(proof).get("kid", "")))
        if key is None:
            return False
        decode(proof, key, algorithms=[_ALGORITHM], detached_payload=body)
    except (PyJWTError, ValueError):
        return False
    return True


def _order_id(body: bytes) -> str | None:
    """The order that a body names: our own webhook's, or that of Saleor's old fixed payloads (a list)."""
    try:
        value, _ = first_value(body.decode())
    except (UnicodeDecodeError, BadJson):
        return None
    told = value[0] if isinstance(value, list) and value else value
    if not isinstance(told, dict):
        return None
    return text(part(told, "order"), "id") or (text(told, "id") if told.get("type") == "Order" else None)
