"""Order pages in every story that they have to tell: values for tests and for looking at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from markupsafe import Markup

from portal.notices.values import Shown
from portal.orders.viewmodels import (
    ArrivalView,
    CollectView,
    DateView,
    FormerView,
    Money,
    OrderState,
    OrderView,
    ParcelView,
    ShopView,
    Tone,
)
from tests.orders.sample_journeys import (
    at_a_point,
    attempted,
    customs,
    damaged,
    delivered,
    expired,
    late,
    link_only,
    lost,
    out_for_delivery,
    returned,
    returning,
    silent_carrier,
    untracked,
    young_label,
)
from tests.orders.sample_parts import (
    APRON,
    AT_THE_SHOP,
    BOWL,
    KNIFE,
    LAMP,
    NOW,
    ORDER,
    PARCEL,
    PATTERN,
    TO_THE_DOOR,
    days,
    entry,
    mapped,
    rail,
)


def confirmed() -> OrderView:
    """Paid a moment ago; nothing is packed."""
    return replace(
        ORDER,
        state=OrderState.CONFIRMED,
        headline="confirmed",
        arrival=None,
        rail=rail(TO_THE_DOOR, "ordered"),
        parcels=(),
        unshipped=(APRON, BOWL),
        placed_at=NOW - timedelta(minutes=20),
    )


def preparing() -> OrderView:
    """Being packed, with the shop's promise."""
    return replace(
        confirmed(),
        state=OrderState.PREPARING,
        headline="arriving",
        arrival=ArrivalView(date(2026, 11, 28), certain=False),
        rail=rail(TO_THE_DOOR, "prepared"),
    )


def several() -> OrderView:
    """Three parcels with three carriers, something unsent, something digital, something cancelled."""
    first = replace(delivered().parcels[0], total=3, items=(APRON,))
    second = replace(
        late().parcels[0], dom_id="parcel-2", position=2, total=3, items=(LAMP,), number="1Z999AA10123456784"
    )
    third = replace(link_only().parcels[0], dom_id="parcel-3", position=3, total=3, items=(BOWL,), items_exact=False)
    return replace(
        ORDER,
        state=OrderState.PARTLY_DELIVERED,
        headline="partly_delivered",
        arrival=second.arrival,
        parcels=(first, second, third),
        parcels_done=1,
        unshipped=(KNIFE,),
        digital=(PATTERN,),
        cancelled=(replace(LAMP, title="Wall lamp “Brume”", cancelled=True),),
        cancel_reason="No longer available",
        total=Money(21990, "EUR"),
    )


def three_far() -> OrderView:
    """Three parcels from all over the world, each with a long journey and a map of its own, and all the rest."""
    base, far = several(), customs().parcels[0]
    parcels = tuple(
        replace(_from(far, towns), dom_id=f"parcel-{place}", position=place, total=3, former=())
        for place, towns in enumerate(({}, _FROM_AMERICA, _FROM_ABROAD), 1)
    )
    return replace(base, state=OrderState.PROBLEM, headline="action_required", tone=Tone.ALERT, parcels=parcels)


_FROM_AMERICA: Final = {"YIWU": "FRESNO CA", "HANGZHOU": "LOS ANGELES CA", "SHANGHAI PVG": "MEMPHIS TN"}
_FROM_ABROAD: Final = {"YIWU": "OSAKA", "HANGZHOU": "TOKYO", "SHANGHAI PVG": "ANCHORAGE AK", "ROISSY CDG": "LONDON LHR"}


def _from(parcel: ParcelView, towns: dict[str, str]) -> ParcelView:
    """The parcel, on its way through other towns."""
    timeline = tuple(
        replace(day, entries=tuple(one._replace(place=towns.get(one.place or "", one.place)) for one in day.entries))
        for day in parcel.timeline
    )
    return replace(parcel, timeline=timeline)


def collect_preparing() -> OrderView:
    """Click & Collect, not ready."""
    collect = CollectView("Atelier Nord, 4 quai de la Saône, Lyon", "preparing", None, None, None, (APRON, BOWL))
    return replace(
        confirmed(),
        state=OrderState.PREPARING,
        headline="preparing",
        collect=collect,
        unshipped=(),
        rail=rail(AT_THE_SHOP, "prepared"),
    )


def collect_ready() -> OrderView:
    """Click & Collect, ready, with a code."""
    base = collect_preparing()
    assert base.collect is not None
    collect = replace(
        base.collect,
        state="ready",
        ready_at=NOW - timedelta(hours=3),
        hold_until=date(2026, 12, 1),
        opening_hours="Tue–Sat 10:00–19:00",
        code="K7-204",
    )
    return replace(
        base,
        state=OrderState.READY_TO_COLLECT,
        tone=Tone.WAIT,
        headline="ready_to_collect",
        collect=collect,
        rail=rail(AT_THE_SHOP, "ready_to_collect"),
    )


def collected() -> OrderView:
    """Click & Collect, done."""
    base = collect_ready()
    assert base.collect is not None
    return replace(
        base,
        state=OrderState.COMPLETED,
        tone=Tone.GOOD,
        headline="collected",
        collect=replace(base.collect, state="collected", collected_at=NOW - timedelta(minutes=35)),
        rail=rail(AT_THE_SHOP, None),
    )


def cancelled() -> OrderView:
    """Cancelled as a whole."""
    items = (replace(APRON, cancelled=True), replace(BOWL, cancelled=True))
    return replace(
        confirmed(),
        state=OrderState.CANCELLED,
        tone=Tone.OFF,
        headline="cancelled",
        rail=(),
        unshipped=(),
        cancelled=items,
        cancel_reason="Cancelled at your request",
    )


def digital_only() -> OrderView:
    """Nothing travels. Prices in yen, an unfriendly name, no contact."""
    return replace(
        confirmed(),
        shop=ShopView(name="<b>Ruse & Cie</b>", home_url=None, contact=None),
        state=OrderState.COMPLETED,
        tone=Tone.GOOD,
        headline="delivered",
        rail=(),
        unshipped=(),
        digital=(PATTERN,),
        total=Money(1200, "JPY"),
        demo=True,
    )


def handed_out() -> OrderView:
    """Digital, and with the customer."""
    return replace(digital_only(), headline="available", rail=rail(("ordered", "prepared", "available"), "available"))


def moved() -> OrderView:
    """A day that moved twice, a parcel sent anew, instructions, a note of the shop and its messages."""
    said = [(24, "shop", 2), (27, "carrier", 30), (26, "carrier", 70)]
    dates = tuple(DateView(date(2026, 11, day), by, NOW - timedelta(hours=80 - at)) for day, by, at in said)
    old = FormerView(
        "parcel-9",
        "Colissimo",
        "6A10000000009",
        NOW - timedelta(days=3),
        days(entry(20, "18:20", "exception", "Lyon", None)),
    )
    words = Shown("hub", "wait", "Parcels through <Lyon> take a day longer.", rich=False)
    parcel = replace(late().parcels[0], dates=dates, former=(old,), notices=(words,))
    return replace(
        late(),
        parcels=(parcel,),
        ref="0123456789abcdef",
        instructions="Behind the blue door.\nThe dog is kind.",
        note="With a sample of our new tea.",
        notices=(Shown("holiday", "calm", Markup("<p>We are <b>closed</b> on Monday.</p>"), rich=True),),
    )


_STORIES: Final[dict[str, Callable[[], OrderView]]] = {
    "confirmed": confirmed,
    "preparing": preparing,
    "young_label": young_label,
    "in_transit": lambda: ORDER,
    "out_for_delivery": out_for_delivery,
    "late": late,
    "silent_carrier": silent_carrier,
    "attempted": attempted,
    "at_a_point": at_a_point,
    "customs": customs,
    "damaged": damaged,
    "returning": returning,
    "returned": returned,
    "lost": lost,
    "expired": expired,
    "delivered": delivered,
    "link_only": link_only,
    "untracked": untracked,
    "several": several,
    "three_far": three_far,
    "collect_preparing": collect_preparing,
    "collect_ready": collect_ready,
    "collected": collected,
    "cancelled": cancelled,
    "digital_only": digital_only,
    "handed_out": handed_out,
    "moved": moved,
}


def _with_maps(build: Callable[[], OrderView]) -> Callable[[], OrderView]:
    return lambda: mapped(build())


STORIES: Final = {name: _with_maps(build) for name, build in _STORIES.items()}


def samples() -> dict[str, OrderView]:
    """Every story by name."""
    return {name: build() for name, build in STORIES.items()}


def long_order() -> OrderView:
    """Three parcels of ten checkpoints each: the size at which rendering is measured."""
    scans = [
        entry(10 + number, f"{7 + number:02}:15", "in_transit", f"Hub {number}", "Arrived at hub")
        for number in range(10)
    ]
    parcels = tuple(
        replace(PARCEL, dom_id=f"parcel-{place}", position=place, total=3, timeline=days(*reversed(scans)))
        for place in (1, 2, 3)
    )
    return replace(ORDER, parcels=parcels)
