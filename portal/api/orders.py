"""Orders over the API: stored, read, and what of them was sent, is ready, was collected or arrived.

What is written of an order goes to where the order lives: to its connected platform, or to the book that is kept here.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from carriers.core.accounts import served
from portal.api.desk import Answer, Call, Problem
from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.errors import NotThere
from portal.kit.ids import REF
from portal.orders import queries
from portal.orders.directory import Wanted, listed, ref_at
from portal.orders.documents import Stored, stored_by_ref
from portal.orders.links import make_link
from portal.orders.sync import Outcome, import_order
from portal.orders.view import order_view
from portal.orders.viewmodels import OrderView, ShopView
from portal.platforms.changes import Applied, NotApplied
from portal.platforms.live import Ships, ShopError
from portal.platforms.members import name_of
from portal.platforms.neutral import InvalidOrder, NeutralOrder, as_json, neutral_order
from portal.platforms.neutral.fields import instant
from portal.platforms.units import unshipped_units

MOST: Final = 100  # orders of one call
_NAMES: Final = uuid.UUID("6f1f8a3e-6d0c-4b55-8f0e-3f3c5d0f8a11")  # ours alone: keys of callers become keys of steps
_KEYS: Final = 200  # characters of an Idempotency-Key

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Units(BaseModel):
    """Units of one line."""

    model_config = ConfigDict(extra="forbid")

    line_id: Text
    quantity: int = Field(ge=1, le=9999)


class Shipment(BaseModel):
    """What was handed to a carrier. Without `units`: everything that is left."""

    model_config = ConfigDict(extra="forbid")

    units: list[Units] = Field(default_factory=list, max_length=500)
    carrier: Text | None = None
    number: Text | None = None


class LinkWish(BaseModel):
    """For how long a link is to open an order."""

    model_config = ConfigDict(extra="forbid")

    days: int | None = Field(default=None, ge=1, le=365)


Step = Callable[[Ships, NeutralOrder, str], Awaitable[Applied | NotApplied]]


@dataclass(frozen=True, slots=True)
class Orders:
    """Serves one installation."""

    context: Context
    shops: Shops
    shop: ShopView

    async def store(self, call: Call) -> Answer:
        """POST /orders: one neutral document, or a list of them."""
        values = call.body if isinstance(call.body, list) else [call.body]
        if not 1 <= len(values) <= MOST:
            raise Problem(422, "too_many", f"Between 1 and {MOST} orders at once.")
        stored = [await self._store(value) for value in values]
        if isinstance(call.body, list):
            return 200, {"orders": stored}
        if "faults" in stored[0]:
            faults = tuple((fault["member"], fault["fault"]) for fault in stored[0]["faults"])
            raise Problem(422, "no_order", "This is no order of the form order/1.", faults)
        if stored[0]["outcome"] == Outcome.STALE:
            raise Problem(409, "stale", "A newer version of this order is stored.")
        return (201 if stored[0]["outcome"] == Outcome.CREATED else 200), stored[0]

    async def listed(self, call: Call) -> Answer:
        """GET /orders?changed_since=&number=&order_id=&cursor=&limit="""
        limit, since, cursor = _limit(call.asked("limit")), call.asked("changed_since"), call.asked("cursor")
        wanted = Wanted(
            _moment(since) if since else None,
            call.asked("number"),
            call.asked("order_id"),
            _cursor(cursor) if cursor else None,
        )
        async with self.context.db.read() as reader:
            rows = await listed(reader, wanted, limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        following = f"{last.updated_at.isoformat()}~{last.id}" if last is not None else None
        return 200, {"orders": [_brief(row) for row in rows[:limit]], "cursor": following}

    async def read(self, call: Call) -> Answer:
        """GET /orders/{ref}"""
        order = await self.stored(call)
        now = self.context.clock.now()
        async with self.context.db.read() as reader:
            rows = await queries.load(reader, order.order_id)
        if rows is None:
            raise NotThere
        zone, polled = ZoneInfo(self.context.settings.time_zone), served(self.context.accounts)
        view = order_view(rows, shop=self.shop, now=now, zone=zone, polled=polled)
        page = f"{self.context.settings.base_url}/orders/{order.ref}"
        return 200, {"ref": order.ref, "page": page, **_state(view), "document": as_json(order.document)}

    async def link(self, call: Call) -> Answer:
        """POST /orders/{ref}/links"""
        wish = checked(LinkWish, call.body)
        order = await self.stored(call)
        return 201, {"url": await make_link(self.context, order.order_id, days=wish.days)}

    async def ship(self, call: Call) -> Answer:
        """POST /orders/{ref}/shipments"""
        sent = checked(Shipment, call.body)

        def step(shop: Ships, order: NeutralOrder, key: str) -> Awaitable[Applied | NotApplied]:
            named = [(part.line_id, part.quantity) for part in sent.units]
            units = named or [(line, left) for line, left in unshipped_units(order).items() if left]
            return shop.ship(order, key, units, sent.carrier, sent.number)

        return await self._take(call, step)

    async def ready(self, call: Call) -> Answer:
        """POST /orders/{ref}/deliveries/{delivery}/ready"""
        return await self._take(call, lambda shop, order, key: shop.ready(order, key, call.name("delivery")))

    async def collected(self, call: Call) -> Answer:
        """POST /orders/{ref}/deliveries/{delivery}/collected"""
        return await self._take(call, lambda shop, order, key: shop.collected(order, key, call.name("delivery")))

    async def delivered(self, call: Call) -> Answer:
        """POST /orders/{ref}/parcels/{parcel}/delivered"""
        return await self._take(call, lambda shop, order, key: shop.delivered(order, key, call.name("parcel")))

    async def stored(self, call: Call) -> Stored:
        """The order that the address names. Raises NotThere."""
        ref = call.name("ref")
        if not REF.fullmatch(ref):
            raise NotThere
        async with self.context.db.read() as reader:
            order = await stored_by_ref(reader, ref)
        if order is None:
            raise NotThere
        return order

    async def _store(self, value: Any) -> dict[str, Any]:
        try:
            order = neutral_order(value)
        except InvalidOrder as wrong:
            return {"faults": [{"member": name_of(path), "fault": message} for path, message in wrong.faults]}
        source = order.source
        if source.platform != "neutral" and self.shops.at(source.platform) is not None:
            said = f"is connected: its orders are read from it ({source.platform})"
            return {"faults": [{"member": "source.platform", "fault": said}]}
        outcome = await import_order(self.context, order)
        async with self.context.db.read() as reader:
            ref = await ref_at(reader, source)
        return {"ref": ref, "number": order.number, "outcome": outcome.value}

    async def _take(self, call: Call, step: Step) -> Answer:
        """Have a step made where the order lives, once for each Idempotency-Key, and read the order again."""
        key, known = step_key(call), await self.stored(call)
        shop = self.shops.of(known.platform, known.shop)
        if shop is None or not isinstance(shop, Ships):
            raise Problem(
                409, "unsupported", "This order's platform is not connected, or is told such things elsewhere."
            )
        try:
            await self._made(shop, known, key, step)
        except ShopError as problem:
            wait = {"retry-after": str(int(problem.retry_after) + 1)} if problem.retry_after else None
            raise Problem(502, problem.kind, problem.message, headers=wait) from problem
        return await self.read(call)

    async def _made(self, shop: Any, known: Stored, key: str, step: Step) -> None:
        order = await shop.order(known.external_id)
        if order is None:
            raise NotThere
        outcome = await step(shop, order, key)
        if isinstance(outcome, NotApplied):
            raise Problem(409, outcome.why, outcome.said or "The platform did not do it.")
        after = await shop.order(known.external_id)
        if after is not None:
            await import_order(self.context, after)


def checked(model: type[BaseModel], body: Any) -> Any:
    """A body as `model` reads it. Raises Problem (422), naming what is wrong."""
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as wrong:
        faults = tuple((name_of(fault["loc"]), fault["msg"]) for fault in wrong.errors(include_input=False))
        raise Problem(422, "wrong", "This cannot be read as it was sent.", faults) from wrong


def step_key(call: Call) -> str:
    """The key of a step, from the caller's own. Raises Problem (400) without one: calls get lost and are sent again."""
    given = call.request.headers.get("idempotency-key", "").strip()
    if not 1 <= len(given) <= _KEYS or not given.isprintable():
        said = "Send an Idempotency-Key (a UUID, say): with the same one, a call that is sent again is made once."
        raise Problem(400, "no_idempotency_key", said)
    return str(uuid.uuid5(_NAMES, f"{call.program.id}\0{call.request.url.path}\0{given}"))


def _brief(row: Any) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "number": row.number,
        "platform": row.platform,
        "order_id": row.external_id,
        "changed_at": row.updated_at.isoformat().replace("+00:00", "Z"),
    }


def _state(view: OrderView) -> dict[str, Any]:
    parcels: Sequence[dict[str, Any]] = [
        {
            "carrier": parcel.carrier,
            "number": parcel.number,
            "tracking_url": parcel.tracking_url,
            "milestone": parcel.milestone,
            "reason": parcel.reason,
            "delayed": parcel.delayed,
            "finished_at": _iso(parcel.finished_at),
        }
        for parcel in view.parcels
    ]
    return {"state": view.state.value, "headline": view.headline, "delayed": view.delayed, "parcels": parcels}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _limit(text: str | None) -> int:
    if text is None:
        return 50
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise Problem(400, "limit", f"limit is a number from 1 to {MOST}.")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return instant(text.replace(" ", "+"))  # a plus sign in an address is a blank
    except ValueError as wrong:
        raise Problem(400, "changed_since", f"changed_since: {wrong}.") from wrong


def _cursor(text: str) -> tuple[datetime, int]:
    moment, _, order_id = text.partition("~")
    if not order_id.isdigit() or len(order_id) > 18:
        raise Problem(400, "cursor", "cursor is what the call before gave.")
    try:
        return instant(moment.replace(" ", "+")), int(order_id)
    except ValueError as wrong:
        raise Problem(400, "cursor", "cursor is what the call before gave.") from wrong
