"""Sample shared pages, one for each thing that a visitor may see; all shops and parcels are invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from portal.maps.viewmodels import Journey, Stop
from portal.progress.values import ArrivalView, OrderState, Tone
from portal.sharing.public.values import Scope, SharedItem, SharedParcel, SharedStep, SharedView
from tests.orders.sample_parts import TO_A_POINT, TO_THE_DOOR, TODAY, rail

_WAY: Final = Journey((Stop("Lyon", 45.76, 4.84, "FR"), Stop("Orléans", 47.9, 1.9, "FR")))
_MUG: Final = SharedItem("Mug Galet", "Grès, blanc", 4)


def parcel(milestone: str, tone: Tone, position: int = 1, total: int = 1, scope: Scope = Scope()) -> SharedParcel:  # noqa: B008 - frozen
    """A parcel that has come as far as `milestone`."""
    over = milestone in ("delivered", "collected")
    steps = [SharedStep(milestone, TODAY, None)]
    for back, earlier in enumerate(("in_transit", "handed_over", "label_created")):
        steps.append(SharedStep(earlier, TODAY - timedelta(days=back), "Orléans" if scope.towns else None))
    return SharedParcel(
        key=f"parcel-{position}",
        position=position,
        total=total,
        carrier=None if scope.gift else "La Poste",
        tracked=True,
        milestone=milestone,
        tone=tone,
        delayed=False,
        arrival=None if over else ArrivalView(date(2026, 11, 25)),
        ended=TODAY if over else None,
        items=(_MUG,) if scope.shows_items else (),
        steps=tuple(steps),
        journey=_WAY if scope.towns else None,
    )


def page(headline: str, milestone: str, tone: Tone, scope: Scope, state: OrderState, parcels: int = 1) -> SharedView:
    """A page with `parcels` parcels that have come equally far."""
    shown = tuple(parcel(milestone, tone, n, parcels, scope) for n in range(1, parcels + 1))
    keys = TO_A_POINT if milestone == "ready_for_pickup" else TO_THE_DOOR
    current = {"ready_for_pickup": "ready_to_collect", "exception": "in_transit", "delivered": None}
    return SharedView(
        scope=scope,
        state=state,
        tone=tone,
        headline=headline,
        arrival=shown[0].arrival,
        delayed=False,
        rail=rail(keys, current.get(milestone, milestone)),
        parcels=shown,
        parcels_done=0,
        at_shop=None,
        shop_items=(),
        waiting=(SharedItem("Tabouret Estran", "Chêne", 1),) if scope.shows_items else (),
        over_at=None,
    )


SHARED: Final = {
    "status": page("arriving", "in_transit", Tone.CALM, Scope(), OrderState.SHIPPED),
    "everything": page(
        "arriving", "in_transit", Tone.CALM, Scope(items=True, towns=True), OrderState.PARTLY_SHIPPED, 2
    ),
    "delivered": page("delivered", "delivered", Tone.GOOD, Scope(towns=True), OrderState.COMPLETED),
    "held_up": page("exception", "exception", Tone.WAIT, Scope(), OrderState.PROBLEM),
    "gift": page("arriving", "in_transit", Tone.CALM, Scope(items=True, gift=True), OrderState.SHIPPED),
    "gift_waiting": page(
        "ready_for_pickup", "ready_for_pickup", Tone.WAIT, Scope(gift=True), OrderState.READY_TO_COLLECT
    ),
}
