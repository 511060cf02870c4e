"""The order of the list, what a card says of what is in it, and the filters."""

from __future__ import annotations

from datetime import date

import pytest

from portal.dashboard.view import by_urgency, only
from portal.orders.viewmodels import ItemView
from portal.progress.values import ArrivalView, Tone
from tests.dashboard.cards import PARCEL, a_card


def test_what_needs_the_customer_comes_first_then_what_arrives_soonest() -> None:
    given = [
        a_card("good", tone=Tone.GOOD),
        a_card("later", arrival=ArrivalView(date(2026, 11, 29))),
        a_card("soon", arrival=ArrivalView(date(2026, 11, 21))),
        a_card("unknown"),
        a_card("alert", tone=Tone.ALERT),
        a_card("wait", tone=Tone.WAIT),
        a_card("off", tone=Tone.OFF),
    ]
    assert [card.ref for card in by_urgency(given)] == ["alert", "wait", "soon", "later", "unknown", "good", "off"]


def test_each_product_is_named_once() -> None:
    mug, bowl = ItemView("Blue mug", "", 2), ItemView("Bowl", "large", 1)
    assert a_card(parcels=(PARCEL, PARCEL), unshipped=(bowl,)).items == (mug, bowl)
    assert a_card(parcels=(), cancelled=(bowl,)).items == (bowl,)


@pytest.mark.parametrize(
    ("headline", "tone", "kind"),
    [
        ("cancelled", Tone.OFF, "cancelled"),
        ("expired", Tone.OFF, "attention"),
        ("exception", Tone.ALERT, "attention"),
        ("ready_to_collect", Tone.WAIT, "attention"),
        ("in_transit", Tone.CALM, "moving"),
        ("delivered", Tone.GOOD, "arrived"),
    ],
)
def test_each_order_is_under_one_filter(headline: str, tone: Tone, kind: str) -> None:
    card = a_card(headline=headline, tone=tone)
    shown = {show for show in ("attention", "moving", "arrived", "cancelled") if only([card], show)}
    assert (shown, only([card], "")) == ({kind}, (card,))
