"""What programs set up for themselves over the API: where they are told news, and what products there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portal.api import hooks
from portal.api.desk import Answer, Call, Problem
from portal.api.orders import checked
from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.catalog.document import InvalidProduct, product
from portal.orders.catalog.store import put_product


class HookWish(BaseModel):
    """Where news are to go. Without `kinds`: all there are."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    kinds: list[str] = Field(default_factory=list, max_length=20)


@dataclass(frozen=True, slots=True)
class Programs:
    """Serves one installation."""

    context: Context
    shops: Shops

    async def hooks(self, _: Call) -> Answer:
        """GET /hooks"""
        async with self.context.db.read() as reader:
            rows = await hooks.hooks(reader)
        return 200, {"hooks": [_shown(row) for row in rows]}

    async def make_hook(self, call: Call) -> Answer:
        """POST /hooks"""
        wish = checked(HookWish, call.body)
        try:
            number, secret = await hooks.make_hook(self.context, wish.url, wish.kinds)
        except hooks.BadHook as wrong:
            raise Problem(422, "hook", f"{wrong}.") from wrong
        return 201, {"id": number, "secret": secret}

    async def end_hook(self, call: Call) -> Answer:
        """DELETE /hooks/{id}"""
        if not await hooks.end_hook(self.context, int(call.name("id"))):
            raise NotThere
        return 204, None

    async def put_product(self, call: Call) -> Answer:
        """PUT /products/{product}"""
        native = self.shops.at("neutral")
        given = {"product_id": call.name("product"), **call.body} if isinstance(call.body, dict) else call.body
        try:
            found = product(given, native.name if native is not None else None)
        except InvalidProduct as wrong:
            raise Problem(422, "no_product", f"{wrong}.") from wrong
        if found.product_id != call.name("product"):
            raise Problem(422, "no_product", "product_id is not the one in the address.")

        async def unit(tx: Tx) -> None:
            await put_product(tx, found)

        await self.context.db.write(unit)
        return 200, {"product_id": found.product_id, "variants": len(found.variants)}


def _shown(row: Any) -> dict[str, Any]:
    moments = ("created_at", "failing_since", "stopped_at")
    told = {name: value.isoformat() if (value := getattr(row, name)) else None for name in moments}
    return {"id": row.id, "url": row.url, "kinds": row.kinds.split(), **told}
