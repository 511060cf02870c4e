"""Names that shops use, and the public pages behind them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

import carriers
from carriers.core.links import BRANDS, label_of, tracking_page
from carriers.core.registry import service_named


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Colissimo", "laposte"),
        ("La Poste", "laposte"),
        ("CHRONOPOST", "chronopost"),
        ("Lettre recommandée", "laposte"),
        ("DHL Express", "dhl_express"),
        ("dhl-paket", "dhl_parcel_de"),
        ("UPS®", "ups"),
        ("Federal Express", "fedex"),
        ("GLS Italy", "gls"),
        ("U.S. Postal Service", "usps"),
        ("dpd", "dpd"),
        ("DPD France", None),
        ("Mondial Relay®", "mondial_relay"),
        ("royal_mail", "royalmail"),
        ("Royal Mail Tracked 24®", "royalmail"),
        ("PostNL", "postnl"),
        ("bpost", "bpost"),
        ("Canada Post", "canadapost"),
        ("Postes Canada", "canadapost"),
        ("Hermes", "hermes_de"),
        ("Amazon Logistics", "amazon_shipping"),
        ("AusPost", "australiapost"),
        ("InPost Paczkomaty", "inpost"),
        ("Purolator", "purolator"),
        ("Asendia USA", "asendia"),
        ("17TRACK", "seventeentrack"),
        ("Hermes UK", None),
        ("La Poste Suisse", None),
        ("", None),
    ],
)
def test_names_of_shops(name: str, slug: str | None) -> None:
    carrier = carriers.named(name)
    assert (carrier.manifest.slug if carrier else None) == slug


def test_a_name_can_stand_for_a_division() -> None:
    assert [service_named(name) for name in ("DHL Paket", "dhl express", "DHL", "UPS")] == [
        "parcel-de",
        "express",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("name", "label", "page"),
    [
        ("mondial_relay", "Mondial Relay", "https://www.mondialrelay.fr/suivi-de-colis?numeroExpedition=A%2FB"),
        ("Colissimo", "Colissimo", "https://www.laposte.fr/outils/suivre-vos-envois?code=A%2FB"),
        ("laposte", "La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code=A%2FB"),
        ("United Parcel Service", "UPS", "https://www.ups.com/track?loc=en_US&tracknum=A%2FB"),
        ("La Poste Suisse", "Swiss Post", "https://service.post.ch/ekp-web/ui/entry/search/A%2FB"),
        ("PostNL", "PostNL", None),
        ("demo", "Pigeon Vole", None),
        ("Nobody & Sons", None, None),
    ],
)
def test_labels_and_pages(name: str, label: str | None, page: str | None) -> None:
    assert (label_of(name), tracking_page(name, " A/B ")) == (label, page)


@given(st.sampled_from([brand for brand in BRANDS if brand.page]), st.text(max_size=40))
def test_a_number_never_leaves_its_place(brand: object, number: str) -> None:
    assert hasattr(brand, "slug")
    plain, odd = tracking_page(brand.slug, "1"), tracking_page(brand.slug, number)
    assert plain is not None
    assert odd is not None
    shape = [urlsplit(url)[:2] for url in (plain, odd)]
    assert shape[0] == shape[1]
    assert odd.isascii()
    assert odd.count("/") == plain.count("/")
    assert odd.count("&") == plain.count("&")


def test_no_two_brands_share_a_name() -> None:
    names = [name for brand in BRANDS for name in (brand.label, *brand.names)]
    assert (
        sorted(
            name for name in names if (label_of(name) not in {b.label for b in BRANDS if name in (b.label, *b.names)})
        )
        == []
    )
