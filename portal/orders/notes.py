"""The shop's messages on an order's page: those that concern all of it, and those that concern a parcel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portal.notices.values import Board
from portal.orders.viewmodels import OrderView


def with_notices(view: OrderView, board: Board, now: datetime, languages: Sequence[str]) -> OrderView:
    """The page with what the shop has to say, in the first of these languages that it says it in."""
    if not board.notices:
        return view
    shop, statuses = view.shop_key, {view.state.value, *(parcel.milestone for parcel in view.parcels)}
    parcels = tuple(
        replace(
            parcel,
            notices=board.at_parcel(
                now, languages, shop=shop, statuses={view.state.value, parcel.milestone}, carrier=parcel.carrier
            ),
        )
        for parcel in view.parcels
    )
    return replace(view, parcels=parcels, notices=board.at_top(now, languages, shop=shop, statuses=statuses))
