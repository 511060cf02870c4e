"""Numbers in every format, in every spelling, and input that means no good."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

import carriers
from carriers import Candidate, detect, number_in
from carriers.core.numbers.formats import FORMATS, HOUSES, Format, compiled
from carriers.core.numbers.matching import matches
from carriers.core.numbers.posts import COUNTRIES, POSTS
from carriers.core.numbers.spelling import LONGEST, plain
from carriers.demo import STORIES, number_for

WRITTEN = {
    "s10": "RA102030405SE",
    "chronopost_s10": "XA102030405FR",
    "chronopost_domestic": "XY102030405JB",
    "colissimo": "6A10203040506",
    "royalmail_2d": "01020304000000000FA1B",
    "postnl_3s": "3SABCD102030405",
    "bpost_24": "323210203040506070809010",
    "swiss_post_18": "991020304050607080",
    "correos_23": "PQ1A2B1020304050607080X",
    "canada_post_16": "1234123412341232",
    "usps_94": "9400102030405060708094",
    "usps_92": "9261290102030405060709",
    "usps_91": "9101020304050607080907",
    "usps_20": "01020304050607080905",
    "usps_20_of_91": "71020304050607080913",
    "ups_1z": "1Z999AA10123456784",
    "ups_waybill": "K1020304055",
    "fedex_ground_96": "9611020123456712345678",
    "fedex_96_34": "9611111111111111111100770011223341",
    "fedex_express_34": "1000000000000000000000770011223341",
    "fedex_astra_32": "31111111111111117700112233412014",
    "fedex_express_12": "770011223341",
    "fedex_ground_15": "123456712345678",
    "fedex_sscc_18": "001234567890123452",
    "fedex_economy_92": "9261290102030405060709",
    "dhl_paket_sscc": "00340434123456789012",
    "dhl_express": "1020304051",
    "dhl_express_piece": "JVGL1020304050",
    "dhl_ecommerce": "GM10203040506070",
    "amazon_tb": "TBA102030405060",
    "amazon_international": "C1020304050",
    "yunexpress": "YT1020304050607080",
    "landmark_ltn": "LTN10203040N1",
    "pigeon_vole": number_for("delayed", 7, datetime(2026, 1, 1, tzinfo=UTC)),
    "purolator_12": "320010203042",
    "purolator_alpha": "ABC102030405",
    "canpar_22": "D102030405060708090102",
    "ontrac_c": "C10020030040052",
    "ontrac_d": "D10020030040051",
    "lasership_l": "LX11020304",
    "lasership_1ls7": "1LS711020304050",
    "lasership_1lscx": "1LSCX1020304050",
    "speedee": "SP102030405060708090",
    "gofo_us": "GFUS10203040506070",
    "old_dominion": "77710203041",
    "dhl_ecommerce_14": "10203040506070",
    "dpd_28": "007500101234567890112327250P",
    "dpd_15": "012345678901233",
    "chronopost_15": "012345678901233",
    "yodel": "JD0001020304050607",
    "dhl_paket_jjd": "JJD000102030405060708",
    "hermes_h": "H1020304050607080901",
    "dhl_paket_identcode": "123456789016",
    "gls_12": "123456789011",
    "gls_11": "10203040506",
    "gls_track_id": "ZAB12CD3",
    "dpd_14": "10203040506070",
    "chronopost_14": "10203040506070",
    "hermes_14": "10203040506070",
    "mondial_relay": "10203040",
    "evri_16": "1020304050607080",
    "inpost_24": "102030405060708090102030",
}


def slugs(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.carrier for candidate in candidates]


def asked(brand: str) -> str:
    """The adapter for a brand, where there is one by now."""
    adapter = carriers.named(brand)
    return adapter.manifest.slug if adapter else brand


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_each_format(form: Format) -> None:
    (match,) = [match for match in matches(WRITTEN[form.name]) if match.format is form]
    assert match.check_digit_ok is (None if form.check is None else True)
    assert asked(match.brand) in slugs(detect(WRITTEN[form.name]))


@pytest.mark.parametrize("form", [form for form in FORMATS if form.check], ids=lambda form: form.name)
def test_a_wrong_check_digit_refutes(form: Format) -> None:
    match = compiled(form.pattern).fullmatch(WRITTEN[form.name])
    assert match is not None
    wrong = "7" if match["key"] != "7" else "3"
    number = f"{match[0][: match.start('key')]}{wrong}{match[0][match.end('key') :]}"
    assert [found.check_digit_ok for found in matches(number) if found.format is form] == [False]
    assert not any(c.check_digit_ok for c in detect(number) if c.format == form.name)


def test_the_table_is_sound() -> None:
    assert WRITTEN.keys() == {form.name for form in FORMATS}
    assert len(WRITTEN) == len(FORMATS)
    assert all({"body", "key"} <= compiled(form.pattern).groupindex.keys() for form in FORMATS if form.check)
    assert {code for form in FORMATS for code in form.countries} <= COUNTRIES | {"BL", "MF", "PR"}
    assert POSTS.keys() <= COUNTRIES
    assert HOUSES.keys() <= {form.brand for form in FORMATS}


@pytest.mark.parametrize(
    ("barcode", "number"),
    [
        ("9611111111111111111100770011223341", "770011223341"),
        ("31111111111111117700112233412014", "770011223341"),
        ("9611020123456712345678", "123456712345678"),
        ("420123459400102030405060708094", "9400102030405060708094"),
        ("42012345678994001020 30405060708094", "9400102030405060708094"),
        ("007500101234567890112327250P", "01234567890112"),
    ],
)
def test_the_number_inside_a_barcode_is_the_one_to_ask(barcode: str, number: str) -> None:
    best = detect(barcode)[0]
    assert (best.number, best.check_digit_ok) == (number, True)
    assert best.tracking_url is not None
    assert number in best.tracking_url


def test_numbers_of_the_playing_carrier_are_its_own() -> None:
    for seed, story in enumerate(STORIES):
        best = detect(number_for(story, seed, datetime(2026, 1, 1, tzinfo=UTC)))[0]
        assert (best.carrier, best.check_digit_ok) == ("demo", True)


@pytest.mark.parametrize(
    "spelling",
    [
        "1Z 999 AA1 01 2345 678 4",
        "1z999aa10123456784",
        "\u202a1Z999-AA1–0123456784\u200b",
        "１Ｚ９９９ＡＡ１０１２３４５６７８４",  # as East Asian keyboards write them
        "Colis n° 1Z 999 AA1 01 2345 6784",
        "Tracking number: 1Z999AA10123456784.",
        "UPS 1Z999AA10123456784",
        "1Z999AA10123456784 (UPS)",
        "https://track.example/?a=b&tracknum=1Z999AA10123456784",
    ],
)
def test_spellings(spelling: str) -> None:
    assert detect(spelling) == detect("1Z999AA10123456784") != ()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("6a 1020 3040 506", "6a10203040506"),
        ("Colis n° 6A 1020 3040 506", "6A10203040506"),
        ("Suivi : RA 102 030 405 SE", "RA102030405SE"),
        ("No. 10203040", "10203040"),
        ("1Z999-AA1-0123456784", "1Z999AA10123456784"),
        ("ABC-12 / 7", "ABC-12/7"),
        ("Your parcel has left", "Yourparcelhasleft"),
        ("", ""),
    ],
)
def test_the_number_in_what_people_write(typed: str, number: str) -> None:
    assert number_in(typed) == number


def test_words_are_left_out_only_where_the_whole_is_no_number() -> None:
    assert [c.format for c in detect("ABC 102 030 405")] == ["purolator_alpha"]
    assert detect("Colis 1Z99") == ()


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ", id="blank"),
        pytest.param("A/B", id="slash"),
        pytest.param("1Z999AA1012345678\u0664", id="an Arabic digit"),
        pytest.param("ſP102030405060708090", id="a letter that becomes S in upper case"),
        pytest.param("1Z999AA1\x0010123456784", id="NUL"),
        pytest.param("\udcff1", id="half a character"),
        pytest.param("9" * (LONGEST + 1), id="too long"),
        pytest.param("9" * 5_000_000, id="far too long"),
        pytest.param("10203040" + " " * 300, id="blanks without end"),
        pytest.param("\u202e" * 500, id="marks alone"),
    ],
)
def test_what_is_no_number_has_no_candidate(number: str) -> None:
    assert plain(number) is None
    assert detect(number, country="FR", shop_says="UPS") == ()


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=60) | st.text("0123456789AJZ -\u202e\x00", max_size=60), st.text(max_size=8), st.text(max_size=8)
)
def test_nothing_raises_and_every_address_holds_the_number_alone(number: str, country: str, shop: str) -> None:
    for candidate in detect(number, country=country, shop_says=shop):
        assert candidate.number.isascii()
        assert candidate.number.isalnum()
        assert candidate.tracking_url is None or candidate.number in candidate.tracking_url
