"""The normaliser: never an exception, and the same key whatever a carrier makes of a name."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from portal.places import spelling
from portal.places.finding import find

ANY_TEXT = st.text(max_size=300)
NAMES = st.text(alphabet=string.ascii_letters + "éèàçñöüåøæßŁłŽž '-", min_size=1, max_size=40)


@settings(max_examples=10_000, deadline=None)
@given(ANY_TEXT)
def test_any_text_has_words_and_a_key(text: str) -> None:
    parts = spelling.words(text)
    assert all(parts)
    assert not any(letter.isspace() for part in parts for letter in part)
    assert spelling.words(" ".join(parts)[: spelling.LONGEST]) == parts or len(" ".join(parts)) > spelling.LONGEST
    assert spelling.keys(text) or not spelling.key(parts)


@given(NAMES)
def test_case_accents_hyphens_and_composition_make_no_difference(name: str) -> None:
    key = spelling.key(spelling.words(name))
    assert spelling.key(spelling.words(name.upper())) == key
    assert spelling.key(spelling.words(unicodedata.normalize("NFD", name))) == key
    assert spelling.key(spelling.words(name.replace("-", " ").replace("'", "’"))) == key


@settings(max_examples=500, deadline=None)
@given(ANY_TEXT, st.sampled_from([None, "FR", "US", "CN", "nowhere", ""]), st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_looked_up_without_an_exception(text: str, country: str | None, postcode: str, region: str) -> None:
    found = find(text, city=text[::-1], country=country, postcode=postcode, region=region, likely=("FR", "DE"))
    assert found is None or (abs(found.lat) <= 90 and abs(found.lon) <= 180)


_WRITTEN = """
    LYON PARIS PFC DE LA ST HUB , ( ) - / 69 75001 CEDEX KY NY US FR GERMANY 深圳 市 HONG KONG SUR RUE S/ D-
"""
WORDS = st.sampled_from(_WRITTEN.split())


@settings(max_examples=500, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join), st.sampled_from([None, "FR", "US", "DE", "CN"]))
def test_a_town_is_never_outside_the_country_that_is_given(text: str, country: str | None) -> None:
    found = find(text, country=country)
    kin = {"US": {"US", "PR", "GU", "VI", "AS", "MP"}, "CN": {"CN", "HK", "MO", "TW"}}
    overseas = {"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "MC"}
    allowed = overseas if country == "FR" else kin.get(country or "", {country})
    assert found is None or country is None or found.country in allowed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Ouen-l'Aumône", "ST OUEN LAUMONE"),
        ("Sankt Augustin", "St. Augustin"),
        ("Łódź", "LODZ"),
        ("Ｔｏｋｙｏ", "TOKYO"),
        ("Gießen", "GIESSEN"),
        ("İstanbul", "ISTANBUL"),
    ],
)
def test_spellings_that_are_one(one: str, other: str) -> None:
    assert spelling.key(spelling.words(one)) == spelling.key(spelling.words(other))


def test_umlauts_are_also_found_written_out() -> None:
    assert spelling.keys("Köln") == {"KOLN", "KOELN"}
