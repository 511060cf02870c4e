"""A connected Teashop. Its protocol is played by `tests.support.teashop`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from carriers.core.contract import Credential
from portal.platforms.asking import Call, Reply, json_of, send, succeeded
from portal.platforms.changes import Can, Told
from portal.platforms.live import Account, Finding, Hint, Manifest, Page, Purpose, ShopError, Wire
from portal.platforms.neutral import NeutralOrder
from tests.support.platforms.teashop import order_of

MANIFEST: Final = Manifest(
    slug="teashop",
    label="Teashop",
    credentials=(
        Credential("domain", "The shop's domain", secret=False),
        Credential("token", "A token with access to orders"),
        Credential("secret", "What deliveries are signed with"),
        Credential("secret_old", "The secret before", required=False),
    ),
    can=frozenset({Can.EVENTS}),
    hook_proof="HMAC-SHA256 over the bytes, base64, in Teashop-Signature",
    hook_set_up="Nothing: the deliveries are asked for by themselves.",
    api_version="2026-11",
)
_PURPOSES: Final[Mapping[str, Purpose]] = {
    "order": "orders",
    "ping": "ping",
    "person.shown": "data_request",
    "person.erased": "erase_person",
    "shop.erased": "erase_shop",
    "app.removed": "disconnected",
}


class Teashop:
    """Two readers of documents: `Live` and `Shop` in one file."""

    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> TeashopShop:
        """See `Live.open`."""
        given = account.credentials
        if " " in given["domain"]:
            raise ShopError("credentials", "The domain has a space in it.")
        return TeashopShop(given["domain"], account, wire)


@dataclass(frozen=True, slots=True)
class TeashopShop:
    """One shop."""

    name: str
    account: Account
    wire: Wire
    manifest: Manifest = MANIFEST

    async def _ask(self, path: str, method: str = "GET", told: object = None, **params: str) -> Reply:
        headers = {"authorization": f"Bearer {self.account.credentials['token']}"}
        content = None if told is None else json.dumps(told).encode()
        called = Call(method, f"{self.account.api}{path}", tuple(params.items()), headers, content)
        reply = await send(called, self.wire.client, deadline=5)
        return reply if reply.status == 404 else succeeded(reply)

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """See `Shop.check`."""
        try:
            told = json_of(await self._ask("/me"))
            hooks = json_of(await self._ask("/hooks"))
        except ShopError as problem:
            return [Finding("The shop answers", ok=False, fix=problem.message, grave=True)]
        found = [
            Finding("The shop answers", ok=True),
            Finding("Orders can be read", "orders" in told["may"], "Tick “orders” for the token.", grave=True),
        ]
        if hooks_at is not None:
            found.append(Finding("Deliveries are on", hooks_at in hooks, "Run this command without --check."))
        return found

    async def order(self, order_id: str) -> NeutralOrder | None:
        """See `Shop.order`."""
        reply = await self._ask(f"/orders/{order_id}")
        return None if reply.status == 404 else self._read(json_of(reply))

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """See `Shop.page`."""
        told = json_of(await self._ask("/orders", since=since.isoformat() if since else "", after=cursor or ""))
        orders, unread = [], []
        for one in told["orders"]:
            try:
                orders.append(self._read(one))
            except ShopError as problem:
                unread.append((str(one["id"]), problem.message))
        return Page(orders, told["next"], unread, told["deleted"], told["total"])

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:  # noqa: ARG002 - no stamp
        """See `Hooked.verify`."""
        given = self.account.credentials
        secrets = [given[name] for name in ("secret", "secret_old") if given.get(name)]
        sent = headers.get("teashop-signature", "").encode("utf-8", "surrogateescape")
        right = [hmac.compare_digest(sent, signature(secret, body)) for secret in secrets]
        if not any(right):
            return None
        try:
            told: dict[str, Any] = json.loads(body)
            return Hint(
                event=told["event"],
                topic=told["topic"],
                purpose=_PURPOSES.get(told["topic"], "nothing"),
                order_ids=tuple(told.get("orders", ())),
                origin=told.get("mark"),
                person=tuple(told.get("person", {}).items()),
            )
        except (ValueError, KeyError, TypeError):
            return None

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """See `Hooked.subscribe`."""
        reply = await self._ask("/hooks", "PUT", {"to": hooks_at})
        return [Finding("Deliveries are on", reply.status == 200, "Teashop refuses the address.")]

    async def tell(self, order_id: str, told: Told) -> None:
        """See `Listens.tell`."""
        event = {"key": told.key, "parcel": told.parcel_id, "status": told.status, "at": told.at.isoformat()}
        await self._ask(f"/orders/{order_id}/events", "POST", event)

    def _read(self, told: dict[str, Any]) -> NeutralOrder:
        try:
            return order_of(self.name, told)
        except (KeyError, ValueError, TypeError) as wrong:
            raise ShopError("answer", "An order has no lines.") from wrong


def signature(secret: str, body: bytes) -> bytes:
    """What proves a delivery."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())


LIVE: Final = Teashop()
