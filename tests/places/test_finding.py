"""Which town a carrier's text means: a table of invented scans, and what must give none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.places import gazetteer, hubs
from portal.places.finding import find, near

PUBLISHED = Path(__file__).resolve().parents[3] / "shared/fixtures/places/scans.json"

# Country, what the carrier writes, the town and its country.
SCANS = """
FR|PFC GENNEVILLIERS|Gennevilliers
FR|Plateforme Colis de Moissy-Cramayel|Moissy-Cramayel
FR|LA ROCHELLE PPDC|La Rochelle
FR|CENTRE DE TRI DE LA ROCHELLE|La Rochelle
FR|Agence Colissimo Toulouse|Toulouse
FR|Lyon 7e arrondissement|Lyon
FR|75015 PARIS|Paris
FR|ROISSY HUB|Roissy-en-France
FR|ROISSY EN BRIE|Roissy-en-Brie
FR|MARSEILLE LA VALENTINE|Marseille
FR|SAINT DENIS (93)|Saint-Denis
FR|SAINT DENIS (974)|Saint-Denis|RE
FR|CHAMPIGNY SUR MAR|Champigny-sur-Marne
FR|BORDEAUX CEDEX|Bordeaux
FR|ST ETIENNE PIC|Saint-Étienne
FR|ISLE D ABEAU|L'Isle-d'Abeau
FR|BONNEUIL S/MARNE|Bonneuil-sur-Marne
FR|AIX EN PROVENCE CEDEX 3|Aix-en-Provence
FR|STRASBOURG ENTZHEIM|Strasbourg
FR|CRETEIL PDC1|Créteil
DE|Paketzentrum Aschheim|Aschheim
DE|D-50667 Köln|Köln
DE|IPZ-Ffm|Frankfurt am Main
DE|Frankfurt a. M.|Frankfurt am Main
DE|DUESSELDORF|Düsseldorf
DE|Zustellbasis Bonn Zentrum|Bonn
DE|Halle (Saale)|Halle (Saale)
DE|Lehrte, Deutschland|Lehrte
DE|LEJ|Schkeuditz
GB|LONDON HEATHROW|Hounslow
GB|Medway MC|Rochester
GB|Home Counties North MC|Hemel Hempstead
GB|Glasgow Mail Centre|Glasgow
GB|Croydon DO|Croydon
GB|Parcelforce Coventry International Hub|Coventry
GB|Exeter EX2 7LB|Exeter
GB|Stoke-on-Trent|Stoke-on-Trent
US|JERSEY CITY NETWORK DISTRIBUTION CENTER|Jersey City
US|CHICAGO IL INTERNATIONAL DISTRIBUTION CENTER|Chicago
US|HEBRON KY DISTRIBUTION CENTER|Hebron
US|KANSAS CITY MO DISTRIBUTION CENTER|Kansas City
US|Portland, ME|Portland
US|ST. PAUL, MN 55121|Saint Paul
US|WASHINGTON, DC|Washington
US|Fort Washington|Fort Washington
US|Park City, UT|Park City
US|NORTHERN KENTUCKY|Hebron
US|Earth City, MO, US|Bridgeton
US|Mobile, AL|Mobile
US|FedEx Memphis World Hub|Memphis
CA|MISSISSAUGA, ON|Mississauga
CA|MONTREAL LEO BLANCHETTE|Montréal
CN|Guangdong, Shenzhen|Shenzhen
CN|【深圳市】快件离开|Shenzhen
CN|上海浦东国际机场|Shanghai
CN|广州互换局|Guangzhou
CN|GUANGZHOU INTERNATIONAL MAIL PROCESSING CENTER|Guangzhou
CN|Hong Kong|Hong Kong|HK
HK|HONG KONG - HONG KONG SAR, CHINA|Hong Kong
HK|香港|Hong Kong
JP|新東京郵便局|Tokyo
JP|川崎東郵便局|Kawasaki
JP|大阪国際郵便局|Osaka
JP|東京都|Tokyo
KR|국제우편물류센터|Incheon
KR|부산우편집중국|Busan
NL|1012 AB Amsterdam|Amsterdam
NL|Sorteercentrum Nieuwegein|Nieuwegein
BE|BRUSSEL X|Brussels
BE|LIEGE - BELGIUM|Liège
ES|UNIDAD DE REPARTO SEVILLA|Sevilla
ES|CAM 4 BARAJAS|Madrid
IT|Segrate (MI)|Segrate
PL|WER Warszawa|Warsaw
PL|Łódź|Łódź
CH|Zürich-Mülligen|Schlieren
AU|SUNSHINE WEST VIC|Melbourne
DK|København|Copenhagen
GR|Αθήνα|Athens
BG|София|Sofia
SG|Singapore|Singapore
""".strip().splitlines()

# With no country to go by: a country or state in the text, or a name that only one great town has.
ANYWHERE = {
    "Leipzig - Germany": ("Leipzig", "DE"),
    "ONTARIO, CA": ("Ontario", "US"),
    "MONTREAL, CA": ("Montréal", "CA"),
    "DOVER, DE": ("Dover", "US"),
    "BERLIN, DE": ("Berlin", "DE"),
    "Paris, TX": ("Paris", "US"),
    "London": ("London", "GB"),
    "Mountain View, CA, USA": ("Mountain View", "US"),
}

NOWHERE = [
    ("", None),
    ("x", None),
    ("Cambridge", None),  # the one or the other
    ("Springfield", "US"),
    ("Neustadt", "DE"),
    ("UNKNOWN LOCATION", "FR"),
    ("France", "FR"),
    ("TEXAS", "US"),
    ("Ontario", "CA"),
    ("In transit", "GB"),
    ("Delivered, front door", None),
    ("Processed through facility", "US"),
    ("RUE DE LYON", "FR"),
    ("TABAC DE PARIS", "FR"),
    ("Leipzig - Germany", "FR"),  # one of the two is wrong, and nobody knows which
    ("Marseille", "JP"),
]


@pytest.mark.parametrize("line", SCANS)
def test_scans_are_where_they_say(line: str) -> None:
    country, text, name, *elsewhere = line.split("|")
    found = find(text, country=country)
    assert found is not None
    assert (found.name, found.country) == (name, elsewhere[0] if elsewhere else country)


@pytest.mark.parametrize("text", ANYWHERE)
def test_a_text_may_tell_the_country_itself(text: str) -> None:
    found = find(text)
    assert found is not None
    assert (found.name, found.country) == ANYWHERE[text]


@pytest.mark.parametrize(("text", "country"), NOWHERE)
def test_what_names_no_town_for_sure_has_no_point(text: str, country: str | None) -> None:
    assert find(text, country=country) is None


def test_the_city_is_asked_before_the_text_and_the_state_decides() -> None:
    portland = find("At the door", city="Portland", region="ME", country="US")
    assert portland is not None
    assert round(portland.lon) == -70
    assert find(city="Portland", region="Kansas", country="US") is None


def test_a_postcode_tells_namesakes_apart() -> None:
    here, there = (find(city="Springfield", postcode=zip_, country="US") for zip_ in ("62701", "65801"))
    assert here is not None
    assert there is not None
    assert [round(here.lon), round(there.lon)] == [-90, -93]


def test_likely_countries_tip_the_scales_and_rule_nothing_out() -> None:
    assert find("Cambridge", likely=("GB",)) != find("Cambridge", likely=("US",))
    found = find("Liège", likely=("FR",))
    assert found is not None
    assert found.country == "BE"


def test_a_point_has_the_town_next_to_it() -> None:
    town = near(45.75, 4.84)
    assert town is not None
    assert (town.country, town.evidence) == ("FR", "near")
    assert near(0.0, -30.0) is None
    assert near(45.75, 4.84, "DE") is None
    assert near(float("nan"), 4.0) is None


def test_every_hub_has_a_town() -> None:
    names = [line.removeprefix("=").split(" = ")[0] for line in _hub_lines()]
    lost = [name for name in names if not (hub := _hub(name)) or hubs.town_of(hub) is None]
    assert len(names) > 150
    assert lost == []


def _hub(name: str) -> hubs.Hub | None:
    from portal.places import spelling

    return hubs.named(spelling.key(spelling.words(name)))


def _hub_lines() -> list[str]:
    return [line for line in hubs.TABLE.read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published scans are not beside this checkout")
def test_published_scans_are_within_tolerance() -> None:
    scans = json.loads(PUBLISHED.read_text())
    missed, abroad = [], []
    for scan in scans:
        found = find(scan["text"], country=scan["country"])
        if found is not None and found.country != scan["country"]:
            abroad.append(scan["text"])
        meant = (scan["lat"], scan["lon"])
        if found is None or gazetteer.apart_km((found.lat, found.lon), meant) > scan["within_km"]:
            missed.append(scan["text"])
    assert abroad == []
    assert len(missed) <= 2, missed
