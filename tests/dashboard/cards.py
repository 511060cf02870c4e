"""Cards of a list as the tests write them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.dashboard.view import CardView
from portal.orders.viewmodels import ItemView, OrderView, ParcelView, ShopView
from portal.progress.values import OrderState, Tone

PARCEL = ParcelView(
    dom_id="parcel-5",
    position=1,
    total=1,
    carrier="Colissimo",
    number="6A12345678901",
    tracking_url=None,
    tracked=True,
    milestone="in_transit",
    reason=None,
    tone=Tone.CALM,
    delayed=False,
    arrival=None,
    finished_at=None,
    items=(ItemView("Blue mug", "", 2),),
    items_exact=True,
    timeline=(),
    freshness=None,
    shipped_at=None,
    pickup_point="Relais Lilas",
)
_ORDER = OrderView(
    shop=ShopView("Atelier Lune", None, None),
    number="#1001",
    placed_at=None,
    state=OrderState.SHIPPED,
    tone=Tone.CALM,
    headline="in_transit",
    arrival=None,
    delayed=False,
    rail=(),
    parcels=(PARCEL,),
    parcels_done=0,
    collect=None,
    unshipped=(),
    digital=(),
    cancelled=(),
    cancel_reason=None,
    total=None,
)


def a_card(ref: str = "00000000000000aa", **members: Any) -> CardView:
    """A card of an order that is in transit; `members` replace the order's."""
    return CardView(ref, replace(_ORDER, **members))
