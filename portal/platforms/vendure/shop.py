"""A connected Vendure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from portal.platforms.changes import Applied, Begun, Can, Edit, NotApplied, Quote, SwapVariant, Variant
from portal.platforms.guards import refusal
from portal.platforms.live import Account, Finding, Hint, Manifest, Page, Shop, ShopError, Wire
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.vendure import applying, checking, hooks, parcelling, quoting, sweep, variants
from portal.platforms.vendure.api import Api, admin_url
from portal.platforms.vendure.desk import Desk, find
from portal.platforms.vendure.operations import field_names
from portal.platforms.vendure.order import API_VERSION


def _named(name: str, help: str) -> Credential:
    return Credential(name, help, secret=False, required=False)


MANIFEST: Final = Manifest(
    slug="vendure",
    label="Vendure",
    credentials=(
        Credential("url", "Where the server is: https://shop.example", secret=False),
        Credential("username", "An administrator of Jalon's own", secret=False, required=False),
        Credential("password", "The administrator's password", required=False),
        Credential("api_key", "An API key, instead of user name and password: slower", required=False),
        Credential("channel", "The channel's token, for shops with several", required=False),
        Credential("hook_secret", "What the plugin signs its deliveries with", required=False),
        Credential("hook_secret_old", "The secret before, while the plugin still uses it", required=False),
        _named("instructions_field", "The orders' custom field for delivery instructions"),
        _named("line_fields", "Custom fields of order lines to be shown, separated by commas"),
        _named("pay_url", "Where customers pay what an order lacks; {code} is its code"),
    ),
    can=frozenset({
        Can.SWAP, Can.QUANTITY, Can.ADDRESS, Can.INSTRUCTIONS, Can.CANCEL_LINES, Can.CANCEL_ORDER, Can.FEE, Can.SHIP,
    }),
    hook_proof="Standard Webhooks: HMAC-SHA256 over id, moment and body",
    hook_set_up="In Vendure's configuration: add the plugin of docs/vendure.md, with this address and a secret.",
    api_version=API_VERSION,
    docs="docs/vendure.md",
)  # fmt: skip
_GONE: Final = NotApplied("changed", "the order is not there any more")


class Vendure:
    """How Vendure's shops are talked to."""

    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> Shop:
        """See `Live.open`."""
        given = account.credentials
        if not given.get("api_key") and not (given.get("username") and given.get("password")):
            raise ShopError("credentials", "Set a username and a password, or an api_key.")
        url, name = admin_url(account.api or given.get("url"))
        instructions = _fields(given, "instructions_field")
        if len(instructions) > 1:
            raise ShopError("credentials", "The instructions_field is one custom field.")
        pay_url = given.get("pay_url")
        if pay_url and not (pay_url.startswith("https://") and "{code}" in pay_url):
            raise ShopError(
                "credentials", "The pay_url starts with https:// and has {code} where the order's code goes."
            )
        return VendureShop(
            Desk(Api(url, account, wire), name, next(iter(instructions), None), _fields(given, "line_fields"), pay_url)
        )


@dataclass(frozen=True, slots=True)
class VendureShop:
    """One shop."""

    desk: Desk
    manifest: Manifest = MANIFEST

    @property
    def name(self) -> str:
        """The server's name, as orders' `source.shop` has it."""
        return self.desk.name

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """See `Shop.check`."""
        return await checking.findings(self.desk, hooks_at)

    async def order(self, order_id: str) -> NeutralOrder | None:
        """See `Shop.order`."""
        found = await find(self.desk, order_id)
        return found.document if found else None

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """See `Shop.page`."""
        return await sweep.page_of(self.desk, since, cursor)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:
        """See `Hooked.verify`."""
        given = self.desk.api.account.credentials
        return hooks.verify([given.get(name, "") for name in ("hook_secret", "hook_secret_old")], headers, body, now)

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """See `Hooked.subscribe`: Vendure has to be told in its own configuration, so this only looks."""
        return await checking.plugin(self.desk, hooks_at)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """See `Editable.variants`."""
        return await variants.variants_of(self.desk, order, line_id)

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """See `Editable.quote`."""
        found = await find(self.desk, order.source.order_id)
        if found is None:
            return _GONE
        variant: Variant | None = None
        if isinstance(edit.change, SwapVariant):
            variant = await variants.variant_of(self.desk, found, edit.change)
        return refusal(found.document, edit, variant) or await quoting.quote(self.desk, found, edit)

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """See `Editable.apply`."""
        found = await find(self.desk, order.source.order_id)
        return _GONE if found is None else await applying.apply(self.desk, found, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """See `Editable.applied`."""
        found = await find(self.desk, before.source.order_id)
        return None if found is None else await applying.applied(self.desk, found, edit)

    async def ship(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], carrier: str | None, number: str | None
    ) -> Applied | NotApplied:
        """See `Ships.ship`."""
        found = await parcelling.current(self.desk, order)
        if isinstance(found, NotApplied):
            return found
        return await parcelling.ship(self.desk, found, key, units, carrier, number)

    async def ready(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
        """See `Ships.ready`."""
        found = await parcelling.current(self.desk, order)
        return found if isinstance(found, NotApplied) else await parcelling.ready(self.desk, found, key, delivery_id)

    async def collected(
        self,
        order: NeutralOrder,
        key: str,  # noqa: ARG002 - asked twice, it changes nothing
        delivery_id: str,
    ) -> Applied | NotApplied:
        """See `Ships.collected`."""
        found = await parcelling.current(self.desk, order)
        return found if isinstance(found, NotApplied) else await parcelling.collected(self.desk, found, delivery_id)

    async def delivered(
        self,
        order: NeutralOrder,
        key: str,  # noqa: ARG002 - asked twice, it changes nothing
        parcel_id: str,
    ) -> Applied | NotApplied:
        """See `Ships.delivered`."""
        found = await parcelling.current(self.desk, order)
        return found if isinstance(found, NotApplied) else await parcelling.delivered(self.desk, found, parcel_id)


LIVE: Final = Vendure()


def _fields(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    try:
        return field_names(given.get(name))
    except ValueError as wrong:
        raise ShopError("credentials", f"The {name} has a name that no custom field can have.") from wrong
