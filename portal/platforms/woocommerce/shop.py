"""A connected WooCommerce shop, over its REST API (wc/v3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from portal.platforms.addresses import server_address
from portal.platforms.changes import Applied, Begun, Can, Edit, NotApplied, Quote, Variant
from portal.platforms.contract import Delivered
from portal.platforms.live import Account, Finding, Hint, Manifest, Page, Shop, ShopError, Wire
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.woocommerce import words
from portal.platforms.woocommerce.api import Api
from portal.platforms.woocommerce.checking import findings
from portal.platforms.woocommerce.gathering import gathered, listed
from portal.platforms.woocommerce.hints import is_no_order_yet
from portal.platforms.woocommerce.hooks import hint_of, subscribed
from portal.platforms.woocommerce.order import order_of, shop_of
from portal.platforms.woocommerce.paging import begun, behind, params, place_of
from portal.platforms.woocommerce.shape import Node, ident
from portal.platforms.woocommerce.variants import variants_of
from portal.platforms.woocommerce.words import Standing
from portal.platforms.woocommerce.writing import Desk

_WAITING: Final = ("pending", "on-hold", "processing")

MANIFEST: Final = Manifest(
    slug="woocommerce",
    label="WooCommerce",
    credentials=(
        Credential("url", "the shop's https address, with the folder that WordPress is in", secret=False),
        Credential("key", "consumer key of a REST API key with the permission Read/Write (ck_…)"),
        Credential("secret", "consumer secret of that key (cs_…)"),
        Credential("hook_secret", "a long random text of your own, with which webhooks are signed", required=False),
        Credential("hook_secret_old", "the one before it, for as long as it may still sign", required=False),
        Credential(
            "statuses",
            "what the shop's own statuses mean: ready-for-pickup=ready, at-the-warehouse=preparing",
            secret=False,
            required=False,
        ),
    ),
    can=frozenset({
        Can.SWAP, Can.QUANTITY, Can.ADDRESS, Can.INSTRUCTIONS, Can.CANCEL_LINES, Can.CANCEL_ORDER, Can.FEE,
    }),
    hook_proof="X-WC-Webhook-Signature: HMAC-SHA256 of the body with the webhook's secret, in base64",
    hook_set_up="WooCommerce > Settings > Advanced > Webhooks: order created, updated, deleted and restored",
    api_version="wc/v3",
    docs="docs/woocommerce.md",
)  # fmt: skip


class WooShop:
    """One shop. Edits are made at its `desk`."""

    manifest = MANIFEST

    def __init__(self, api: Api, secrets: Sequence[str], own: Mapping[str, Standing]) -> None:
        self.name = shop_of(api.home) or api.home
        self._api, self._secrets, self._own = api, secrets, own
        self._desk = Desk(api, self._read)

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """What is as it must be, and what is not."""
        return await findings(self._api, hooks_at, self._secrets, self._own)

    async def order(self, order_id: str) -> NeutralOrder | None:
        """One order as it is now; None for one that was deleted, for good or into the bin."""
        body = await gathered(self._api, order_id)
        if body is None or is_no_order_yet(body):
            return None
        try:
            return self._read(body)
        except InvalidOrder as wrong:
            raise ShopError("answer", f"Order {order_id} cannot be read: {wrong}") from wrong

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """The next orders."""
        place = begun(since) if cursor is None else place_of(cursor)
        bodies, total = await listed(self._api, params(place, self._waiting(), self._api.clock.now()))
        on = behind(place, bodies)
        if place.phase == "binned":
            gone = [key for body in bodies if (key := ident(body, "id"))]
            return Page((), on.cursor() if on else None, gone=gone)
        orders, unread = [], []
        for body in bodies:
            if is_no_order_yet(body):
                continue
            try:
                orders.append(self._read(body))
            except InvalidOrder as wrong:
                unread.append((ident(body, "id") or "?", str(wrong)))
        count = total if place.phase == "changed" and cursor is None else None
        return Page(orders, on.cursor() if on else None, unread, total=count)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:  # noqa: ARG002 - WooCommerce dates no delivery
        """What a delivery hints at, if it is the shop's."""
        return hint_of(headers, body, self._secrets)

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """Have every topic delivered, once."""
        if not self._secrets:
            return [Finding("Webhooks", ok=False, fix="Set a secret for them first: hook_secret.", grave=False)]
        return await subscribed(self._api, hooks_at, self._secrets[0])

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """The other variations of the line's product."""
        return await variants_of(self._api, order, line_id)

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """What the edit would come to, reckoned here: WooCommerce has no preview."""
        return await self._desk.quote(order, edit)

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make the edit."""
        return await self._desk.apply(order, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether it was made."""
        return await self._desk.applied(before, edit)

    def _read(self, body: Node) -> NeutralOrder:
        return order_of(body, Delivered(self.name), self._own)

    def _waiting(self) -> Sequence[str]:
        """The statuses of orders that wait to be sent, the shop's own ones included."""
        own = [slug for slug, word in self._own.items() if word in ("open", "unpaid", "preparing", "partly", "ready")]
        return (*_WAITING, *own)


class _Live:
    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> Shop:
        """The shop of this account. Raises ShopError (`credentials`)."""
        given = account.credentials
        home = server_address((account.api or given.get("url", "")).split("/wp-json")[0])
        try:
            own = words.statuses(given.get("statuses"))
        except words.BadStatuses as wrong:
            raise ShopError("credentials", f"statuses: {wrong}") from wrong
        secrets = tuple(secret for name in ("hook_secret", "hook_secret_old") if (secret := given.get(name)))
        api = Api(home, given.get("key", ""), given.get("secret", ""), wire.client, wire.clock)
        return WooShop(api, secrets, own)


LIVE = _Live()
