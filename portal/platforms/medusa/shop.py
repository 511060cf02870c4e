"""A connected Medusa: what it needs, what it can do, and who does it. See docs/medusa.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from carriers.core.pushing import SHORTEST
from portal.platforms import signed
from portal.platforms.addresses import name_of, server_address
from portal.platforms.changes import (
    Applied,
    Begun,
    Can,
    CancelOrder,
    CancelUnits,
    Edit,
    NotApplied,
    Quote,
    SwapVariant,
    Variant,
)
from portal.platforms.live import Account, Finding, Hint, Manifest, Page, ShopError, Wire
from portal.platforms.medusa import hooks, parcelling, writing
from portal.platforms.medusa.api import Api, Refused
from portal.platforms.medusa.editing import Editor, UnitChange
from portal.platforms.medusa.reading import body_of, neutral, page
from portal.platforms.medusa.returning import request_return
from portal.platforms.medusa.variants import variants
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.repricing import leaves_nothing
from portal.platforms.units import nothing_shipped

MANIFEST: Final = Manifest(
    slug="medusa",
    label="Medusa",
    credentials=(
        Credential("url", "The address of the Medusa server, like https://api.shop.example", secret=False),
        Credential("secret_key", "A secret API key: Settings, Secret API Keys in Medusa's admin", required=False),
        Credential("email", "Instead of a key: a user's e-mail address", secret=False, required=False),
        Credential("password", "and that user's password", required=False),
        Credential(
            "storefront", "Where customers pay what an edit made due: the shop's address", secret=False, required=False
        ),
        *hooks.CREDENTIALS,
    ),
    can=frozenset(
        {
            Can.SWAP,
            Can.QUANTITY,
            Can.ADDRESS,
            Can.INSTRUCTIONS,
            Can.CANCEL_LINES,
            Can.CANCEL_ORDER,
            Can.FEE,
            Can.RETURN,
            Can.SHIP,
        }
    ),
    hook_proof=signed.PROOF,
    hook_set_up=hooks.SET_UP,
    api_version="2",
    docs="docs/medusa.md",
)


class Medusa:
    """Satisfies `portal.platforms.live.Live`."""

    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> MedusaShop:
        """See `Live.open`."""
        given = account.credentials
        base = server_address(account.api or given.get("url", ""), "https://api.shop.example")
        key, user = given.get("secret_key"), (given.get("email", ""), given.get("password", ""))
        if key is None and not all(user):
            raise ShopError("credentials", "Medusa needs a secret key, or an e-mail address and a password.")
        api = Api(base, wire, key, None if key else user)
        name = name_of(base)
        storefront = (given.get("storefront") or "").rstrip("/") or None
        return MedusaShop(name, api, Editor(api, name, storefront), _secrets(given))


@dataclass(frozen=True, slots=True)
class MedusaShop:
    """Satisfies `Hooked`, `Editable`, `TakesReturns` and `Ships` of `portal.platforms.live`."""

    name: str
    api: Api
    editor: Editor
    secrets: tuple[str, ...]
    manifest: Manifest = MANIFEST

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """See `Shop.check`."""
        reach = "Orders can be read"
        try:
            await self.api.get("/admin/orders", [("fields", "id"), ("limit", "1")])
        except ShopError as problem:
            return [Finding(reach, ok=False, fix=problem.message, grave=True)]
        except Refused as refused:
            return [Finding(reach, ok=False, fix=f"Medusa refuses: {refused.said}", grave=True)]
        return [Finding(reach, ok=True), *(self._hooks(hooks_at) if hooks_at else ())]

    async def order(self, order_id: str) -> NeutralOrder | None:
        """See `Shop.order`."""
        body = await body_of(self.api, order_id)
        return None if body is None else neutral(body, self.name)

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """See `Shop.page`."""
        return await page(self.api, self.name, since, cursor)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:
        """See `Hooked.verify`."""
        return hooks.hint_of(headers, body, self.secrets, now)

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """See `Hooked.subscribe`. What tells us is a file in the shop's own project: nobody can put it there from
        here."""
        return self._hooks(hooks_at)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """See `Editable.variants`."""
        return await variants(self.api, order, line_id)

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """See `Editable.quote`."""
        edit = _as_meant(order, edit)
        if isinstance(edit.change, UnitChange):
            return await self.editor.quote(order, edit, await self._variant(order, edit))
        return await writing.quote(self.editor, order, edit)

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """See `Editable.apply`."""
        edit = _as_meant(order, edit)
        if isinstance(edit.change, UnitChange):
            return await self.editor.apply(order, edit, await self._variant(order, edit))
        return await writing.apply(self.editor, order, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """See `Editable.applied`."""
        edit = _as_meant(before, edit)
        if isinstance(edit.change, UnitChange):
            return await self.editor.applied(before, edit)
        return await writing.applied(self.editor, before, edit)

    async def request_return(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], reason: str, words: str
    ) -> Applied | NotApplied:
        """See `TakesReturns.request_return`."""
        return await request_return(self.api, order, key, units, reason, words)

    async def ship(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], carrier: str | None, number: str | None
    ) -> Applied | NotApplied:
        """See `Ships.ship`."""
        return await parcelling.ship(self.editor, order, key, units, parcelling.Sent(carrier, number))

    async def ready(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:  # noqa: ARG002 - one
        """See `Ships.ready`."""
        return await parcelling.ready(self.editor, order, key)

    async def collected(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:  # noqa: ARG002 - one
        """See `Ships.collected`."""
        return await parcelling.collected(self.editor, order)

    async def delivered(self, order: NeutralOrder, key: str, parcel_id: str) -> Applied | NotApplied:  # noqa: ARG002 - once
        """See `Ships.delivered`."""
        return await parcelling.delivered(self.editor, order, parcel_id)

    def _hooks(self, hooks_at: str) -> list[Finding]:
        what = "Medusa tells us of changes by itself"
        if not self.secrets:
            return [Finding(what, ok=False, fix=f"{hooks.SET_UP} The address is {hooks_at}.")]
        if any(len(secret) < SHORTEST for secret in self.secrets):
            return [Finding(what, ok=False, fix=f"The secret needs {SHORTEST} characters or more.")]
        return [Finding(f"Medusa's subscriber can sign what it sends to {hooks_at}", ok=True)]

    async def _variant(self, order: NeutralOrder, edit: Edit) -> Variant | None:
        if not isinstance(edit.change, SwapVariant):
            return None
        wanted = edit.change.variant_id
        return next((one for one in await self.variants(order, edit.change.line_id) if one.id == wanted), None)


def _as_meant(order: NeutralOrder, edit: Edit) -> Edit:
    """Taking everything off an order that has not shipped is its end, and Medusa then pays back its shipping as well;
    with a fee it stays an edit, because its end leaves no room for one."""
    if not isinstance(edit.change, CancelUnits) or (edit.fee.shop or 0) > 0:
        return edit
    whole = nothing_shipped(order) and leaves_nothing(order, edit.change)
    return replace(edit, change=CancelOrder()) if whole else edit


def _secrets(given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(secret for name in (hooks.SECRET, hooks.OLD_SECRET) if (secret := given.get(name)))


LIVE: Final = Medusa()
