"""Shopify as a connectable shop: which credentials it takes, what can be done with its orders, and the shop itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from portal.platforms.changes import Applied, Begun, Can, Edit, NotApplied, Quote, Told, Variant
from portal.platforms.live import Account, Finding, Hint, Live, Manifest, Page, ShopError, Wire
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.address import API_VERSION, address_of
from portal.platforms.shopify.admin.client import Admin, Pause
from portal.platforms.shopify.checking import checked
from portal.platforms.shopify.editing import applying
from portal.platforms.shopify.editing.quoting import quoted
from portal.platforms.shopify.editing.variants import variants_of
from portal.platforms.shopify.editing.ways import way_of, whole_or_part
from portal.platforms.shopify.fulfilling import holding, returning, shipping, telling
from portal.platforms.shopify.hooks.subscribing import subscribe
from portal.platforms.shopify.hooks.verifying import hint_of
from portal.platforms.shopify.operations import orders
from portal.platforms.shopify.reading import backfill, listing
from portal.platforms.shopify.reading.cursors import InBulk, as_text, from_text
from portal.platforms.shopify.reading.whole import Whole, read_whole
from portal.platforms.shopify.shape import kind_of, part, text

MANIFEST: Final = Manifest(
    slug="shopify",
    label="Shopify",
    credentials=(
        Credential("domain", "The shop's permanent domain, like atelier-lune.myshopify.com", secret=False),
        Credential("client_id", "The app's client id, from its settings", secret=False, required=False),
        Credential("client_secret", "The app's secret: it gets the tokens, and signs the deliveries", required=False),
        Credential("client_secret_old", "The secret before, while Shopify may still sign with it", required=False),
        Credential("token", "The token of an app made in the shop's admin before 2026, instead", required=False),
    ),
    can=frozenset(Can) - {Can.PREPARE},  # what is being prepared is said in Shopify itself
    hook_proof="X-Shopify-Hmac-Sha256: the app's secret over the bytes of the delivery",
    hook_set_up="Topics are subscribed to from here; customers/data_request, customers/redact and shop/redact are "
    "entered in the app's own settings, with the same address.",
    api_version=API_VERSION,
    docs="docs/shopify.md",
)


@dataclass(slots=True)
class ShopifyShop:
    """One shop. `secrets` are those that may sign its deliveries."""

    name: str
    admin: Admin
    secrets: tuple[str, ...] = field(default=(), repr=False)
    manifest: Manifest = MANIFEST

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """See `live.Shop`."""
        return await checked(self.admin, hooks_at, can_verify=bool(self.secrets))

    async def order(self, order_id: str) -> NeutralOrder | None:
        """See `live.Shop`. The id of a fulfilment order or of a return stands for its order's: deliveries about them
        name nothing else."""
        own = await self._owner(order_id)
        whole = None if own is None else await self._whole(own)
        return None if whole is None else whole.order

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """See `live.Shop`. All orders are gathered by a bulk operation, which takes its time."""
        if cursor is not None:
            at = from_text(cursor)
            return await (
                backfill.page_of(self.admin, at) if isinstance(at, InBulk) else listing.page_of(self.admin, at)
            )
        if since is None:
            return Page((), as_text(await backfill.begun(self.admin)))
        return await listing.page_of(self.admin, listing.beginning(since))

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:  # noqa: ARG002 - no stamp
        """See `live.Hooked`. Shopify repeats a delivery for hours, as it was: its age proves nothing."""
        return hint_of(headers, body, self.name, self.secrets)

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """See `live.Hooked`."""
        return await subscribe(self.admin, hooks_at)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """See `live.Editable`."""
        line = next((line for line in order.lines if line.id == line_id), None)
        return [] if line is None else await variants_of(self.admin, order, line)

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """See `live.Editable`. Shopify reckons it: in a session that is not committed, or as a suggested refund."""
        whole = await self._whole(order.source.order_id)
        if whole is None:
            return NotApplied("changed", "the order is not there any more")
        edit = whole_or_part(whole.order, edit)
        refused = await applying.refused_now(self.admin, whole.order, edit)
        return refused or await quoted(self.admin, whole, edit, way_of(whole.order, edit))

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """See `live.Editable`."""
        return await applying.apply(self.admin, order, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """See `live.Editable`."""
        return await applying.applied(self.admin, before, edit)

    async def hold(self, order_id: str, key: str) -> bool:
        """See `live.Holds`."""
        return await holding.hold(self.admin, order_id, key)

    async def release(self, order_id: str, key: str) -> None:
        """See `live.Holds`."""
        await holding.release(self.admin, order_id, key)

    async def tell(self, order_id: str, told: Told) -> None:  # noqa: ARG002 - a parcel's id is enough
        """See `live.Listens`."""
        await telling.tell(self.admin, told)

    async def request_return(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], reason: str, words: str
    ) -> Applied | NotApplied:
        """See `live.TakesReturns`."""
        return await returning.request_return(self.admin, order, key, units, reason, words)

    async def ship(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], carrier: str | None, number: str | None
    ) -> Applied | NotApplied:
        """See `live.Ships`."""
        return await shipping.ship(self.admin, order, key, units, carrier, number)

    async def ready(
        self,
        order: NeutralOrder,
        key: str,  # noqa: ARG002 - what is ready cannot be made ready again
        delivery_id: str,
    ) -> Applied | NotApplied:
        """See `live.Ships`."""
        return await shipping.ready(self.admin, order, delivery_id)

    async def collected(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
        """See `live.Ships`."""
        return await shipping.collected(self.admin, order, key, delivery_id)

    async def delivered(
        self,
        order: NeutralOrder,  # noqa: ARG002 - a parcel's id is enough
        key: str,
        parcel_id: str,
    ) -> Applied | NotApplied:
        """See `live.Ships`."""
        return await telling.delivered(self.admin, key, parcel_id, self.admin.wire.clock.now().isoformat())

    async def _whole(self, order_id: str) -> Whole | None:
        return await read_whole(self.admin, order_id)

    async def _owner(self, own: str) -> str | None:
        match kind_of(own):
            case "FulfillmentOrder":
                answer = await self.admin.ask(orders.OWNER, id=own)
                return text(part(answer.data, "fulfillmentOrder"), "orderId")
            case "Return":
                answer = await self.admin.ask(orders.RETURN_OWNER, id=own)
                return text(part(part(answer.data, "return"), "order"), "id")
            case _:
                return own


@dataclass(slots=True)
class Shopify:
    """How shops of this platform are opened. `pause` waits for a turn or a job."""

    manifest: Manifest = MANIFEST
    pause: Pause = asyncio.sleep

    def open(self, account: Account, wire: Wire) -> ShopifyShop:
        """See `live.Live`."""
        address = address_of(account)
        have = {name: value.strip() for name, value in account.credentials.items() if value.strip()}
        token, client_id, secret = have.get("token"), have.get("client_id"), have.get("client_secret")
        if token is None and not (client_id and secret):
            raise ShopError("credentials", "It takes the app's client id and secret, or the token of an older app.")
        secrets = tuple(have[name] for name in ("client_secret", "client_secret_old") if name in have)
        return ShopifyShop(address.shop, Admin(address, wire, token, client_id, secret, self.pause), secrets)


LIVE: Final[Live] = Shopify()
