"""Carriers by their public pages: the brands that shops name, and where a customer can look for himself.

For these there is a link, and for some an adapter under another name (Colissimo is asked through La
Poste). The number is the only thing that ever enters an address, and it is encoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import quote

from carriers.core.registry import fold, get, named, slugs


@dataclass(frozen=True, slots=True)
class Brand:
    """A carrier as shops and customers know it. `page` has `{number}` in it; None where there is no stable page."""

    slug: str
    label: str
    page: str | None
    names: tuple[str, ...] = ()


_LA_POSTE: Final = "https://www.laposte.fr/outils/suivre-vos-envois?code={number}"

BRANDS: Final = (
    Brand("colis_prive", "Colis Privé", None),
    Brand("colissimo", "Colissimo", _LA_POSTE, ("La Poste Colissimo", "Colissimo La Poste")),
    Brand(
        "correos",
        "Correos",
        "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={number}",
        ("Correos España",),
    ),
    Brand("dpd_de", "DPD Germany", "https://tracking.dpd.de/status/en_US/parcel/{number}", ("DPD Deutschland",)),
    Brand("dpd_fr", "DPD France", "https://trace.dpd.fr/fr/trace/{number}", ("DPD FR", "DPD Predict", "DPD Relais")),
    Brand("evri", "Evri", "https://www.evri.com/track/parcel/{number}", ("Hermes UK", "myHermes UK")),
    Brand("poste_italiane", "Poste Italiane", "https://www.poste.it/cerca/#/risultati-spedizioni/{number}"),
    Brand("canpar", "Canpar", "https://www.canpar.com/en/track/tracking.jsp?reference={number}&locale=en"),
    Brand("gofo", "GOFO Express", "https://www.gofoexpress.com/tracking.html?searchID={number}", ("GOFO",)),
    Brand("landmark", "Landmark Global", "https://track.landmarkglobal.com/?search={number}"),
    Brand("lasership", "LaserShip", None),
    Brand(
        "old_dominion",
        "Old Dominion",
        "https://www.odfl.com/us/en/tools/trace-track-ltl-freight/trace.html?proNumbers={number}",
        ("ODFL",),
    ),
    Brand("ontrac", "OnTrac", "https://www.ontrac.com/tracking/?number={number}"),
    Brand("speedee", "Spee-Dee", "https://www.speedeedelivery.com/track/?tracking={number}", ("Spee-Dee Delivery",)),
    Brand("yodel", "Yodel", "https://www.yodel.co.uk/tracking/{number}"),
    Brand("yunexpress", "YunExpress", "https://www.yuntrack.com/parcelTracking?id={number}"),
    Brand(
        "swiss_post",
        "Swiss Post",
        "https://service.post.ch/ekp-web/ui/entry/search/{number}",
        ("Die Schweizerische Post", "La Poste Suisse", "La Posta Svizzera"),
    ),
)


def tracking_page(slug_or_name: str, number: str) -> str | None:
    """The carrier's public page for this number; None when we know the carrier's page or the carrier not.

    Only the number goes into the address, percent-encoded throughout.
    """
    page = _page(slug_or_name)
    return page.format(number=quote(number.strip(), safe="")) if page is not None else None


def label_of(slug_or_name: str) -> str | None:
    """The carrier's name as customers read it, or None for a carrier we have never heard of."""
    if slug_or_name in slugs():
        return get(slug_or_name).manifest.label
    brand = _brands().get(fold(slug_or_name))
    if brand is not None:
        return brand.label
    carrier = named(slug_or_name)
    return carrier.manifest.label if carrier is not None else None


def _page(slug_or_name: str) -> str | None:
    if slug_or_name in slugs():
        return get(slug_or_name).manifest.tracking_page
    brand = _brands().get(fold(slug_or_name))
    if brand is not None:
        return brand.page
    carrier = named(slug_or_name)
    return carrier.manifest.tracking_page if carrier is not None else None


@cache
def _brands() -> dict[str, Brand]:
    return {fold(name): brand for brand in BRANDS for name in (brand.slug, brand.label, *brand.names)}
