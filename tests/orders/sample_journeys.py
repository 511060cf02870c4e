"""Sample order pages of a single parcel, one for each turn that its journey can take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from portal.orders.viewmodels import ArrivalView, FreshnessView, OrderState, OrderView, ParcelView, Tone
from tests.orders.sample_parts import (
    ANNOUNCED,
    BACK,
    DONE,
    FRESH,
    HANDED,
    NOW,
    ORDER,
    OUT,
    PARCEL,
    SORTED,
    TO_A_POINT,
    TO_THE_DOOR,
    TODAY,
    days,
    entry,
    rail,
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
        timeline=days(
            OUT,
            entry(24, "05:12", "in_transit", "Gennevilliers", "Arrivée au centre de tri"),
            SORTED,
            HANDED,
            ANNOUNCED,
        ),
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
