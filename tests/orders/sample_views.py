"""Order pages in every story that they have to tell: values for tests and for looking at.

`NOW` is a Tuesday afternoon; all people, shops and parcels are invented.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from portal.orders.viewmodels import (
    ArrivalView,
    CollectView,
    DayView,
    EntryView,
    FreshnessView,
    ItemView,
    Money,
    OrderState,
    OrderView,
    ParcelView,
    ShopView,
    StepState,
    StepView,
    Tone,
)

ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
TODAY = date(2026, 11, 24)

SHOP = ShopView(name="Atelier Nord", home_url="https://shop.example", contact="hello@shop.example")
APRON = ItemView("Linen apron", "Sage, size M", 1)
BOWL = ItemView("Stoneware bowl", "", 2)
LAMP = ItemView("Table lamp “Brume”", "Oak, warm white", 1)
KNIFE = ItemView("Bread knife", "", 1)
PATTERN = ItemView("Sewing pattern (PDF)", "", 1)

TO_THE_DOOR = ("ordered", "prepared", "in_transit", "out_for_delivery", "delivered")
TO_A_POINT = ("ordered", "prepared", "in_transit", "ready_to_collect", "collected")
AT_THE_SHOP = ("ordered", "prepared", "ready_to_collect", "collected")
BACK = ("ordered", "in_transit", "returning", "returned")


def rail(keys: tuple[str, ...], current: str | None) -> tuple[StepView, ...]:
    """Steps up to `current`; None: all done."""
    place = keys.index(current) if current else len(keys)
    states = [
        StepState.DONE if index < place else StepState.CURRENT if index == place else StepState.TODO
        for index in range(len(keys))
    ]
    return tuple(StepView(key, state) for key, state in zip(keys, states, strict=True))


def entry(
    day: int, clock: str | None, milestone: str, place: str | None, text: str | None, **more: object
) -> EntryView:
    """A checkpoint in November 2026, with its zone known unless said otherwise."""
    known = bool(more.get("zone_known", True))
    iso = f"2026-11-{day:02}" + (f"T{clock}:00{'+01:00' if known else ''}" if clock else "")
    reason = more.get("reason")
    return EntryView(milestone, str(reason) if reason else None, clock, iso, known, place, text)


def days(*entries: EntryView) -> tuple[DayView, ...]:
    """Entries, newest first, grouped by their day."""
    found: dict[date, list[EntryView]] = {}
    for one in entries:
        found.setdefault(date.fromisoformat(one.iso[:10]), []).append(one)
    return tuple(DayView(day, tuple(those)) for day, those in found.items())


ANNOUNCED = entry(19, "16:40", "label_created", None, "Votre expédition est annoncée")
HANDED = entry(20, "18:20", "handed_over", "Mions", "Pris en charge par notre réseau")
SORTED = entry(23, "04:38", "in_transit", "Chilly-Mazarin", "Départ de la plateforme")
NEAR = entry(24, "09:12", "in_transit", "Gennevilliers", "Arrivée au centre de tri")
OUT = entry(24, "08:02", "out_for_delivery", "Le Havre", "En cours de livraison")
DONE = entry(24, "13:47", "delivered", "Le Havre", "Livré, remis en mains propres")

FRESH = FreshnessView(
    asked_at=NOW - timedelta(minutes=4),
    last_scan_at=NOW - timedelta(hours=2),
    next_at=NOW + timedelta(minutes=16),
    failing_since=None,
)

PARCEL = ParcelView(
    dom_id="parcel-1",
    position=1,
    total=1,
    carrier="Colissimo",
    number="6A12345678901",
    tracking_url="https://carrier.example/follow/6A12345678901",
    tracked=True,
    milestone="in_transit",
    reason=None,
    tone=Tone.CALM,
    delayed=False,
    arrival=ArrivalView(date(2026, 11, 25), "09:00", "13:00"),
    finished_at=None,
    items=(APRON, BOWL),
    items_exact=True,
    timeline=days(NEAR, SORTED, HANDED, ANNOUNCED),
    freshness=FRESH,
    shipped_at=datetime(2026, 11, 20, 17, 20, tzinfo=UTC),
)

ORDER = OrderView(
    shop=SHOP,
    number="#1042",
    placed_at=datetime(2026, 11, 18, 20, 11, tzinfo=UTC),
    state=OrderState.SHIPPED,
    tone=Tone.CALM,
    headline="arriving",
    arrival=PARCEL.arrival,
    delayed=False,
    rail=rail(TO_THE_DOOR, "in_transit"),
    parcels=(PARCEL,),
    parcels_done=0,
    collect=None,
    unshipped=(),
    digital=(),
    cancelled=(),
    cancel_reason=None,
    total=Money(8450, "EUR"),
    last_change_at=NOW - timedelta(hours=5),
    event_id=41,
)


def one(parcel: ParcelView, headline: str, **order: object) -> OrderView:
    """An order of a single parcel, in the parcel's tone."""
    base: dict[str, object] = {
        "parcels": (parcel,),
        "headline": headline,
        "tone": parcel.tone,
        "arrival": parcel.arrival,
    }
    return replace(ORDER, **(base | order))  # type: ignore[arg-type]  # fields of OrderView by name


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


def young_label() -> OrderView:
    """The label is made; the carrier does not know the number yet."""
    parcel = replace(
        PARCEL,
        milestone="label_created",
        arrival=None,
        timeline=(),
        freshness=FreshnessView(None, None, NOW + timedelta(minutes=40), None, known=False),
        shipped_at=NOW - timedelta(hours=1),
    )
    return one(parcel, "preparing", state=OrderState.SHIPPED, rail=rail(TO_THE_DOOR, "prepared"))


def out_for_delivery() -> OrderView:
    """On the van, today between two hours."""
    parcel = replace(
        PARCEL,
        milestone="out_for_delivery",
        arrival=ArrivalView(TODAY, "15:00", "17:00"),
        timeline=days(OUT, replace(NEAR, iso="2026-11-24T05:12:00+01:00", clock="05:12"), SORTED, HANDED, ANNOUNCED),
    )
    return one(parcel, "arriving_today", rail=rail(TO_THE_DOOR, "out_for_delivery"))


def late() -> OrderView:
    """The promise has passed; the carrier blames the weather and gives a new day."""
    held = entry(24, "06:30", "in_transit", "Gennevilliers", "Acheminement retardé : intempéries", reason="weather")
    parcel = replace(
        PARCEL,
        tone=Tone.WAIT,
        delayed=True,
        reason="weather",
        arrival=ArrivalView(date(2026, 11, 26)),
        timeline=days(held, SORTED, HANDED, ANNOUNCED),
    )
    return one(parcel, "arriving_late", delayed=True)


def silent_carrier() -> OrderView:
    """The carrier has not answered for a while; what is known stays."""
    fresh = replace(FRESH, asked_at=NOW - timedelta(minutes=90), failing_since=NOW - timedelta(minutes=85))
    return one(replace(PARCEL, arrival=None, freshness=fresh), "in_transit")


def attempted() -> OrderView:
    """Nobody at home."""
    missed = entry(24, "11:20", "attempted", "Le Havre", "Destinataire absent, avis de passage", reason="absent")
    parcel = replace(
        PARCEL,
        milestone="attempted",
        reason="absent",
        tone=Tone.WAIT,
        arrival=None,
        timeline=days(missed, OUT, SORTED, HANDED, ANNOUNCED),
    )
    return one(parcel, "attempted", state=OrderState.PROBLEM, rail=rail(TO_THE_DOOR, "out_for_delivery"))


def at_a_point() -> OrderView:
    """Waiting at a pickup point."""
    there = entry(24, "10:05", "ready_for_pickup", "Le Havre", "Disponible en point de retrait")
    parcel = replace(
        PARCEL,
        milestone="ready_for_pickup",
        tone=Tone.WAIT,
        arrival=None,
        timeline=days(there, SORTED, HANDED, ANNOUNCED),
        pickup_point="Tabac des Halles, 12 rue Voltaire, Le Havre",
    )
    return one(parcel, "ready_for_pickup", rail=rail(TO_A_POINT, "ready_to_collect"))


def customs() -> OrderView:
    """A long journey, no zones, stuck at customs: the customer must act."""
    far = [
        entry(22, "11:41", "action_required", "ROISSY CDG", "Held by customs, contact receiver", reason="customs"),
        entry(22, "07:15", "in_transit", "ROISSY CDG", "Arrived at destination country", zone_known=False),
        entry(20, "23:50", "in_transit", "SHANGHAI PVG", "Departed from airport", zone_known=False),
        entry(20, "18:12", "in_transit", "SHANGHAI PVG", "Export customs cleared", zone_known=False),
        entry(19, "09:33", "in_transit", "HANGZHOU", "Processed through sorting center", zone_known=False),
        entry(18, "20:02", "handed_over", "YIWU", "Shipment picked up", zone_known=False),
        entry(18, None, "label_created", None, "Electronic information received", zone_known=False),
    ]
    parcel = replace(
        PARCEL,
        carrier="Paket Express International",
        number="LX123456789CN",
        milestone="action_required",
        reason="customs",
        tone=Tone.ALERT,
        arrival=None,
        timeline=days(*far),
        freshness=replace(FRESH, last_scan_at=NOW - timedelta(days=2)),
    )
    return one(parcel, "action_required", state=OrderState.PROBLEM)


def damaged() -> OrderView:
    """The carrier broke it."""
    broken = entry(24, "07:55", "exception", "Gennevilliers", "Colis endommagé", reason="damaged")
    parcel = replace(
        PARCEL,
        milestone="exception",
        reason="damaged",
        tone=Tone.ALERT,
        arrival=None,
        timeline=days(broken, SORTED, HANDED, ANNOUNCED),
    )
    return one(parcel, "exception", state=OrderState.PROBLEM)


def returning() -> OrderView:
    """Not collected in time, on its way back."""
    back = entry(23, "17:30", "returning", "Le Havre", "Retour à l'expéditeur", reason="uncollected")
    parcel = replace(
        PARCEL,
        milestone="returning",
        reason="uncollected",
        tone=Tone.ALERT,
        arrival=None,
        timeline=days(back, SORTED, HANDED, ANNOUNCED),
    )
    return one(parcel, "returning", state=OrderState.PROBLEM, rail=rail(BACK, "returning"))


def returned() -> OrderView:
    """Back where it came from."""
    home = entry(24, "10:00", "returned", "Lyon", "Remis à l'expéditeur")
    parcel = replace(
        PARCEL,
        milestone="returned",
        tone=Tone.OFF,
        arrival=None,
        finished_at=NOW - timedelta(hours=5),
        timeline=days(home, SORTED, HANDED),
        freshness=replace(FRESH, next_at=None),
    )
    return one(parcel, "returned", state=OrderState.PROBLEM, rail=rail(BACK, None))


def lost() -> OrderView:
    """The carrier gave it up."""
    gone = entry(23, "09:00", "lost", None, "Colis déclaré perdu", reason="lost")
    parcel = replace(
        PARCEL,
        milestone="lost",
        reason="lost",
        tone=Tone.ALERT,
        arrival=None,
        finished_at=NOW - timedelta(days=1),
        timeline=days(gone, SORTED, HANDED),
    )
    return one(parcel, "lost", state=OrderState.PROBLEM)


def expired() -> OrderView:
    """No news for a long time."""
    parcel = replace(
        PARCEL,
        milestone="expired",
        tone=Tone.OFF,
        arrival=None,
        timeline=days(SORTED, HANDED),
        freshness=replace(FRESH, next_at=None, last_scan_at=NOW - timedelta(days=40)),
    )
    return one(parcel, "expired", state=OrderState.PROBLEM)


def delivered() -> OrderView:
    """It is there."""
    parcel = replace(
        PARCEL,
        milestone="delivered",
        tone=Tone.GOOD,
        arrival=None,
        finished_at=datetime(2026, 11, 24, 12, 47, tzinfo=UTC),
        timeline=days(DONE, OUT, SORTED, HANDED, ANNOUNCED),
        freshness=replace(FRESH, next_at=None),
    )
    return one(parcel, "delivered", state=OrderState.COMPLETED, rail=rail(TO_THE_DOOR, None))


def link_only() -> OrderView:
    """A carrier that answers nobody: a link, and no guess."""
    parcel = replace(
        PARCEL,
        carrier="Relais Sud",
        number="RS4455667",
        tracked=False,
        milestone="handed_over",
        arrival=None,
        timeline=(),
        freshness=None,
    )
    return one(parcel, "link_only", rail=rail(("ordered", "prepared", "in_transit"), "in_transit"))


def untracked() -> OrderView:
    """Sent without any number."""
    parcel = replace(link_only().parcels[0], carrier=None, number=None, tracking_url=None)
    return one(parcel, "link_only", rail=rail(("ordered", "prepared", "in_transit"), "in_transit"))


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


STORIES = {
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
    "collect_preparing": collect_preparing,
    "collect_ready": collect_ready,
    "collected": collected,
    "cancelled": cancelled,
    "digital_only": digital_only,
}


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
