"""A connected PrestaShop shop, over its webservice (1.6 to 9). It sends nothing by itself: it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from portal.platforms.addresses import server_address
from portal.platforms.changes import Applied, Begun, Can, Edit, NotApplied, Quote, Variant
from portal.platforms.live import Account, Finding, Manifest, Page, Shop, ShopError, Wire
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.prestashop import words
from portal.platforms.prestashop.api import Api, name_of
from portal.platforms.prestashop.checking import findings
from portal.platforms.prestashop.gathering import informed, order_row, order_rows, whole, zone_of
from portal.platforms.prestashop.order import order_of
from portal.platforms.prestashop.paging import begun, behind, params, place_of
from portal.platforms.prestashop.record import Reading, Record
from portal.platforms.prestashop.shape import ident
from portal.platforms.prestashop.writing import Desk, quoted

MANIFEST: Final = Manifest(
    slug="prestashop",
    label="PrestaShop",
    credentials=(
        Credential("url", "the shop's https address, with the folder that it is in", secret=False),
        Credential("key", "a webservice key (Advanced parameters > Webservice)"),
        Credential("timezone", "the zone of the shop's clock, like Europe/Paris", secret=False, required=False),
        Credential("states", "what its own order states mean: 14=ready, 15=preparing", secret=False, required=False),
        Credential("pickup_carriers", "numbers of the carriers that are the shop itself", secret=False, required=False),
    ),
    can=frozenset({Can.ADDRESS, Can.CANCEL_ORDER}),
    api_version=None,
    docs="docs/prestashop.md",
)


class PrestaShop:
    """One shop. Edits are made at its `desk`."""

    manifest = MANIFEST

    def __init__(self, api: Api, reading: Reading) -> None:
        self.name = name_of(api.home)
        self._api, self._reading = api, reading
        self._desk = Desk(api, self._found)

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:  # noqa: ARG002 - PrestaShop sends nothing
        """What is as it must be, and what is not."""
        return await findings(self._api, self._reading)

    async def order(self, order_id: str) -> NeutralOrder | None:
        """One order as it is now."""
        found = await self._found(order_id)
        return None if found is None else found[1]

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """The next orders."""
        reading = await informed(self._api, self._reading)
        place = begun(since, reading.zone) if cursor is None else place_of(cursor)
        rows = await order_rows(self._api, params(place))
        on = behind(place, rows)
        orders, unread = [], []
        for record in await whole(self._api, rows, reading):
            try:
                orders.append(order_of(record, reading))
            except InvalidOrder as wrong:
                unread.append((ident(record.order, "id") or "?", str(wrong)))
        return Page(orders, on.cursor() if on else None, unread)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:  # noqa: ARG002 - lines cannot be changed
        """None: the webservice cannot change lines."""
        return ()

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """What the edit would come to."""
        return quoted(order, edit)

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make the edit."""
        return await self._desk.apply(order, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether it was made."""
        return await self._desk.applied(before, edit)

    async def _found(self, order_id: str) -> tuple[Record, NeutralOrder, Reading] | None:
        row = await order_row(self._api, order_id)
        if row is None:
            return None
        reading = await informed(self._api, self._reading)
        (record,) = await whole(self._api, [row], reading)
        try:
            return record, order_of(record, reading), reading
        except InvalidOrder as wrong:
            raise ShopError("answer", f"Order {order_id} cannot be read: {wrong}") from wrong


class _Live:
    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> Shop:
        """The shop of this account. Raises ShopError (`credentials`)."""
        given = account.credentials
        home = server_address(account.api or given.get("url", "")).removesuffix("/api").rstrip("/")
        named = given.get("timezone")
        zone = zone_of(named)
        if named and zone is None:
            raise ShopError("credentials", f"timezone: {named!r} is no time zone, like Europe/Paris")
        try:
            states = words.states(given.get("states"))
        except words.BadStates as wrong:
            raise ShopError("credentials", f"states: {wrong}") from wrong
        fetched = frozenset(filter(None, (one.strip() for one in given.get("pickup_carriers", "").split(","))))
        return PrestaShop(Api(home, given.get("key", ""), wire.client), Reading(name_of(home), zone, states, fetched))


LIVE = _Live()
