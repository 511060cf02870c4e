"""A connected Saleor shop, over its GraphQL API with an app's token. Written from its documentation and its schema, and
never run against a Saleor: docs/saleor.md says so to whoever connects one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from carriers.core.contract import Credential
from portal.kit.clock import Clock
from portal.platforms.addresses import server_address
from portal.platforms.changes import Applied, Begun, Can, Edit, NotApplied, Quote, Variant
from portal.platforms.live import Account, Finding, Hint, Manifest, Page, Shop, ShopError, Wire
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.money import MoneyError, to_minor
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.saleor import queries
from portal.platforms.saleor.api import Api
from portal.platforms.saleor.checking import findings
from portal.platforms.saleor.hooks import Keys, hint_of, keys_of, subscribed
from portal.platforms.saleor.order import order_of
from portal.platforms.saleor.shape import Node, amount, folded, nodes, part, text
from portal.platforms.saleor.writing import Desk

PER_PAGE: Final = 50
_OVERLAP: Final = timedelta(minutes=5)
_SELDOM: Final = timedelta(seconds=30)  # between two times that the keys are asked for

MANIFEST: Final = Manifest(
    slug="saleor",
    label="Saleor (not tried against a running one)",
    credentials=(
        Credential("url", "the shop's GraphQL address, like https://shop.example/graphql/", secret=False),
        Credential("token", "the token of an app with the permission MANAGE_ORDERS"),
    ),
    can=frozenset({
        Can.ADDRESS, Can.INSTRUCTIONS, Can.SWAP, Can.QUANTITY, Can.CANCEL_LINES, Can.CANCEL_ORDER,
    }),
    hook_proof="Saleor-Signature: a detached JWS (RS256) over the body, by a key at /.well-known/jwks.json",
    hook_set_up="by `jalon connect`, for the app whose token it is; without a secret key",
    docs="docs/saleor.md",
)  # fmt: skip


class SaleorShop:
    """One shop. The keys that it signs with are all that is remembered of it: they are public, and change seldom."""

    manifest = MANIFEST

    def __init__(self, api: Api, clock: Clock) -> None:
        self.name = api.home.partition("://")[2]
        self._api, self._clock = api, clock
        self._keys: Keys = {}
        self._asked_at: datetime | None = None
        self._desk = Desk(api, self._found, self._variants)

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """What is as it must be, and what is not."""
        try:
            await self.learn()
        except ShopError:
            self._keys = {}
        return await findings(self._api, hooks_at, knows_keys=bool(self._keys))

    async def order(self, order_id: str) -> NeutralOrder | None:
        """One order as it is now; a draft is none."""
        found = await self._found(order_id)
        return None if found is None else found[1]

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """The next orders. A cursor holds where all of it began."""
        began, _, after = (cursor or "").partition("|")
        if cursor is None and since is not None:
            began = (since.astimezone(UTC) - _OVERLAP).isoformat()
        told: dict[str, Any] = {"first": PER_PAGE, "after": after or None}
        if began:
            told["filter"] = {"updatedAt": {"gte": datetime.fromisoformat(began).isoformat()}}
        held = part(folded(await self._api.ask(queries.ORDERS, **told)), "orders")
        info = part(held, "page_info")
        on = f"{began}|{text(info, 'end_cursor')}" if info.get("has_next_page") is True else None
        orders, unread = [], []
        for body in nodes({"orders": held}, "orders"):
            try:
                orders.append(order_of(body, self.name))
            except InvalidOrder as wrong:
                unread.append((text(body, "id") or "?", str(wrong)))
        count = held.get("total_count")
        return Page(orders, on, unread, total=count if cursor is None and isinstance(count, int) else None)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:  # noqa: ARG002 - bodies bear no date that is proven apart from them
        """What a delivery hints at, if it is the shop's, as far as its keys are known."""
        return hint_of(headers, body, self._keys)

    async def learn(self) -> bool:
        """Ask for the keys that deliveries are signed with, seldom; whether there are others now. Raises ShopError."""
        now = self._clock.now()
        if self._asked_at is not None and now - self._asked_at < _SELDOM:
            return False
        self._asked_at = now
        known = set(self._keys)
        self._keys = keys_of(await self._api.keys())
        return set(self._keys) != known

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """Have every event delivered by one webhook."""
        return await subscribed(self._api, hooks_at)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """The other variants of the line's product, at the prices of the order's channel."""
        return await self._variants(order, line_id)

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """What the edit would come to, reckoned here: Saleor has no preview."""
        return await self._desk.quote(order, edit)

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make the edit."""
        return await self._desk.apply(order, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether it was made."""
        return await self._desk.applied(before, edit)

    async def _found(self, order_id: str) -> tuple[Node, NeutralOrder] | None:
        body = part(folded(await self._api.ask(queries.ORDER, id=order_id)), "order")
        if not body or (text(body, "status") or "").lower() == "draft":
            return None
        try:
            return body, order_of(body, self.name)
        except InvalidOrder as wrong:
            raise ShopError("answer", f"Order {order_id} cannot be read: {wrong}") from wrong

    async def _variants(self, order: NeutralOrder, line_id: str) -> tuple[Variant, ...]:
        line = next((line for line in order.lines if line.id == line_id), None)
        if line is None or line.variant_id is None:
            return ()
        told = await self._api.ask(queries.VARIANTS, id=line.variant_id, channel=order.source.channel)
        product = part(part(folded(told), "product_variant"), "product")
        read = (_variant(item, order) for item in nodes(product, "variants") if text(item, "id") != line.variant_id)
        return tuple(variant for variant in read if variant is not None)


def _variant(item: Node, order: NeutralOrder) -> Variant | None:
    """A variant; None for one that is not sold in the order's channel."""
    price = amount(part(item, "pricing"), "price", "gross" if order.taxes_included else "net")
    own = text(item, "id")
    if price is None or own is None:
        return None
    pairs = [
        (text(part(choice, "attribute"), "name"), next(iter(nodes(choice, "values")), {}))
        for choice in nodes(item, "attributes")
    ]
    options = tuple((name, value) for name, held in pairs if name and (value := text(held, "name")))
    try:
        minor = to_minor(price, order.currency.shop or "")
    except MoneyError:
        return None
    left = item.get("quantity_available")
    title = text(item, "name") or ", ".join(value for _, value in options) or own
    return Variant(own, title, options, Amount(shop=minor, buyer=minor), left if isinstance(left, int) else None)


class _Live:
    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> Shop:
        """The shop of this account. Raises ShopError (`credentials`)."""
        given = account.credentials
        home = server_address(account.api or given.get("url", ""), "https://shop.example/graphql/")
        url = f"{home.removesuffix('/graphql').rstrip('/')}/graphql/"
        return SaleorShop(Api(url, given.get("token", ""), wire.client), wire.clock)


LIVE = _Live()
