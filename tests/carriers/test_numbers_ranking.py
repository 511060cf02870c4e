"""Which candidate comes first: the shop's word, what the number proves, the recipient's country."""

from __future__ import annotations

import pytest

import carriers
from carriers import Evidence, detect

PLAIN_14 = "10203040506070"
FEDEX_AND_PUROLATOR = "320010203083"  # has the check digit of both
PUROLATOR = "320010203018"  # has no other check digit


def labels(number: str, country: str | None = None, shop_says: str | None = None) -> list[str | None]:
    return [c.label for c in detect(number, country=country, shop_says=shop_says)]


def test_a_form_with_its_check_digit_comes_before_all() -> None:
    first, *rest = detect("9261290102030405060709")
    assert (first.carrier, first.evidence) == ("usps", Evidence.FORM_AND_CHECK)
    assert [(c.carrier, c.evidence) for c in rest] == [("fedex", Evidence.CHECK)]


def test_a_check_digit_comes_before_mere_digits() -> None:
    found = detect("770011223341")
    assert [c.evidence for c in found] == sorted((c.evidence for c in found), reverse=True)
    assert (found[0].carrier, found[0].evidence) == ("fedex", Evidence.CHECK)
    assert found[-1].evidence is Evidence.DIGITS


def test_the_country_decides_between_check_digits() -> None:
    assert labels(FEDEX_AND_PUROLATOR)[:2] == ["FedEx", "Purolator"]
    assert labels(FEDEX_AND_PUROLATOR, "CA")[:2] == ["Purolator", "FedEx"]


def test_a_check_digit_of_a_carrier_from_elsewhere_proves_little() -> None:
    assert labels(PUROLATOR) == ["Purolator", "Mondial Relay"]
    assert labels(PUROLATOR, "FR") == ["Mondial Relay", "Purolator"]


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("FR", ["DPD France", "Chronopost"]),
        ("DE", ["DPD Germany", "Hermes"]),
        ("PL", ["DPD"]),
        ("AU", []),
        ("US", ["DHL"]),
    ],
)
def test_mere_digits_are_only_carriers_of_that_country(country: str, expected: list[str]) -> None:
    assert [label for label in labels(PLAIN_14, country) if label != "La Poste"] == expected


@pytest.mark.parametrize("country", ["france", "FRA", "fr"])
def test_a_country_in_any_spelling(country: str) -> None:
    assert detect(PLAIN_14, country=country) == detect(PLAIN_14, country="FR")


def test_a_wrong_check_digit_shows_only_where_the_form_is_specific() -> None:
    (only,) = detect("1Z999AA10123456785")
    assert (only.carrier, only.check_digit_ok, only.evidence) == ("ups", False, Evidence.REFUTED)
    assert "fedex_express_12" not in [c.format for c in detect("770011223342")]
    told = detect("770011223342", shop_says="FedEx")[0]
    assert (told.carrier, told.format, told.check_digit_ok) == ("fedex", "fedex_express_12", False)


def test_the_shop_is_believed_before_the_number() -> None:
    assert labels("770011223341", shop_says="Mondial Relay")[0] == "Mondial Relay"
    assert labels(PLAIN_14, "FR", "Chronopost France")[0] == "Chronopost"
    assert labels(PLAIN_14, shop_says="DPD Predict")[0] == "DPD France"
    assert labels("1020304051", shop_says="DHL Express")[0] == "DHL Express"
    assert labels("1020304051", shop_says="DHL")[0] == "DHL"


def test_the_shop_alone_is_a_candidate_but_no_match_for_a_form_with_its_check_digit() -> None:
    ups, gls = detect("1Z999AA10123456784", shop_says="GLS")
    assert (ups.carrier, gls.carrier, gls.evidence) == ("ups", "gls", Evidence.SAID)
    assert (gls.format, gls.check_digit_ok) == (None, None)
    (relay,) = detect("AB12", shop_says="Mondial Relay")
    assert (relay.carrier, relay.number) == ("mondial_relay", "AB12")
    assert relay.tracking_url == carriers.tracking_page("mondial_relay", "AB12")


@pytest.mark.parametrize(("country", "shop"), [(None, None), ("Atlantis", "Nobody & Sons"), ("", ""), ("\0", "\0")])
def test_what_is_not_known_counts_as_not_given(country: str | None, shop: str | None) -> None:
    assert detect(PLAIN_14, country=country, shop_says=shop) == detect(PLAIN_14)
    assert detect("AB12", country=country, shop_says=shop) == ()


def test_postal_numbers_name_who_took_them_in_and_then_who_brings_them() -> None:
    origin, destination = detect("RA102030405GB", country="FR")
    assert (origin.carrier, origin.country, origin.check_digit_ok) == ("royalmail", "GB", True)
    assert (destination.carrier, destination.country, destination.check_digit_ok) == ("laposte", "GB", True)
    assert len(detect("RA102030405FR", country="FR")) == 1


def test_a_post_without_a_name_here_is_still_a_post() -> None:
    (post,) = detect("RA102030405SE")
    assert (post.carrier, post.country, post.tracking_url) == ("upu", "SE", None)
    assert detect("RA102030405XX") == ()


def test_one_carrier_is_one_candidate() -> None:
    for number in ("9400102030405060708094", PLAIN_14, "XA102030405FR", "00340434123456789012"):
        found = [(c.carrier, c.label) for c in detect(number, country="FR", shop_says="La Poste")]
        assert len(found) == len(set(found))


def test_the_house_answers_for_its_brands() -> None:
    assert "laposte" in [c.carrier for c in detect("XA102030405FR")]
    assert "dhl_unified" in [c.carrier for c in detect("1020304051")]
