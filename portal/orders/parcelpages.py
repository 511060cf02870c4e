"""What the order's person may see and do besides reading: the proof of delivery, and whose parcel it really is.

By an order link alone none of this opens: a signature is not for whoever has the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

import carriers
from carriers.core.accounts import served
from carriers.core.links import BRANDS
from carriers.core.registry import slugs
from portal.accounts.viewer import viewer_of
from portal.context import Context
from portal.kit import forms, html, i18n, wish
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.kit.forms import N_, Form
from portal.kit.redirects import see_other
from portal.orders.access import Access, readable
from portal.orders.guarded import Guarded, Page, Say
from portal.orders.queries import topic_of
from portal.tracking.actions import UnknownCarrier, correct_carrier
from portal.tracking.proofs import document, documents_of
from portal.tracking.queries import received

_HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Language, Cookie"}
_KINDS: Final = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
_OTHER: Final = N_("Choose one of these.")


class Correction(BaseModel):
    """What the form asks for."""

    carrier: str = Field(min_length=1, max_length=60)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel on the page: who has it, who received it, and the papers (id, kind, size)."""

    id: int
    number: str
    carrier: str | None
    signed_by: str | None
    papers: tuple[Any, ...]
    choices: tuple[tuple[str, str], ...]
    form: Form[Correction]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is asking, for which order, in which language."""

    access: Access
    locale: str
    now: datetime

    @property
    def base(self) -> str:
        """The address of the order."""
        return f"/orders/{self.access.ref}"


@dataclass(frozen=True, slots=True)
class ParcelPages:
    """What these pages need besides the context."""

    context: Context
    env: Environment
    say: Say
    shop: object

    async def overview(self, request: Request) -> Response:
        """GET /orders/{ref}/parcels"""
        return await self._page(request, await self._owner(request), {})

    async def correct(self, request: Request) -> Response:
        """POST /orders/{ref}/parcels/{shipment}/carrier"""
        owner, shipment_id = await self._owner(request), request.path_params["shipment"]
        await self._theirs(owner, shipment_id)
        form = await forms.read(request, Correction)
        if form.data is None:
            return await self._page(request, owner, {shipment_id: form})
        name = form.data.carrier

        async def unit(tx: Tx) -> bool:
            return await correct_carrier(tx, owner.now, shipment_id, name, "customer")

        try:
            await self.context.db.write(unit)
        except UnknownCarrier:
            return await self._page(request, owner, {shipment_id: form.refused("carrier", _OTHER)})
        return see_other(f"{owner.base}{_wish(request, owner)}#parcel-{shipment_id}")

    async def paper(self, request: Request) -> Response:
        """GET /orders/{ref}/parcels/{shipment}/proofs/{document}"""
        owner, shipment_id = await self._owner(request), request.path_params["shipment"]
        await self._theirs(owner, shipment_id)
        async with self.context.db.read() as reader:
            found = await document(reader, shipment_id, request.path_params["document"])
        if found is None or found.kind not in _KINDS:
            raise NotThere
        # Bytes of a stranger: never shown as part of a page of ours, and nothing in them is run.
        name = f"proof-{shipment_id}-{request.path_params['document']}.{_KINDS[found.kind]}"
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
        return Response(found.content, 200, headers, found.kind)

    async def _owner(self, request: Request) -> Owner:
        now = self.context.clock.now()
        async with self.context.db.read() as reader:
            viewer = await viewer_of(reader, request.scope, now)
            access = await readable(reader, viewer, request.path_params["ref"], now)
        if access.how != "person":
            raise NotThere
        wishes = [wish.chosen(request.scope), access.locale]
        locale = i18n.choose(wishes, request.headers.get("accept-language"), self.context.settings.locale)
        return Owner(access, locale, now)

    async def _theirs(self, owner: Owner, shipment_id: int) -> None:
        """Raises NotThere for a parcel of another order, or of none."""
        async with self.context.db.read() as reader:
            rows = await received(reader, topic_of(owner.access.order_id))
        if shipment_id not in {row.id for row in rows}:
            raise NotThere

    async def _page(self, request: Request, owner: Owner, sent: Mapping[int, Form[Correction]]) -> Response:
        async with self.context.db.read() as reader:
            rows = await received(reader, topic_of(owner.access.order_id))
            papers = {row.id: tuple(await documents_of(reader, row.id)) for row in rows}
        parcels = [
            Parcel(
                row.id,
                row.number,
                row.carrier_label,
                row.signed_by,
                papers[row.id],
                self._choices(row),
                sent.get(row.id, Form({"carrier": row.carrier or ""})),
            )
            for row in rows
        ]
        values = {
            "shop": self.shop,
            "lang": owner.locale,
            "languages": [
                (code, i18n.own_name(code), f"{owner.base}/parcels?lang={code}") for code in i18n.languages()
            ],
            "order": f"{owner.base}{_wish(request, owner)}",
            "base": f"{owner.base}/parcels",
            "wish": _wish(request, owner),
            "parcels": parcels,
            "today": owner.now.astimezone(ZoneInfo(self.context.settings.time_zone)).date(),
        }
        with i18n.using(owner.locale, self.context.settings.time_zone):
            text = html.render(self.env, "orders/parcels.html", values)
        status = 422 if any(form.problems for form in sent.values()) else 200
        return Response(text, status, _HEADERS | wish.remembered(request.scope), "text/html; charset=utf-8")

    def _choices(self, row: Any) -> tuple[tuple[str, str], ...]:
        """Carriers by slug and name: those that the number may belong to first, then those that are asked here,
        then all that there is a page of to link to. Who only asks others has none, and is none."""
        guesses = [guess.carrier for guess in carriers.detect(row.number, country=row.country)]
        asked = sorted(slug for slug in served(self.context.accounts) if carriers.tracking_page(slug, "1"))
        others = [slug for slug in (*slugs(), *(brand.slug for brand in BRANDS)) if carriers.tracking_page(slug, "1")]
        others.sort(key=lambda slug: (carriers.label_of(slug) or "").lower())
        names = dict.fromkeys([*([row.carrier] if row.carrier else []), *guesses, *asked, *others])
        labels: dict[str, str] = {}
        for slug in names:
            label = carriers.label_of(slug)
            if label is not None and label not in labels.values():
                labels[slug] = label
        return tuple(labels.items())

    def at(self, **pages: Page) -> Guarded:
        """A route's endpoint: a page for each method."""
        return Guarded(pages, self.say)


def _wish(request: Request, owner: Owner) -> str:
    """The language that was asked for in the address, for the next one."""
    return f"?lang={owner.locale}" if request.query_params.get("lang") else ""
