"""The number formats of carriers, as data. Their order decides between equals: the likelier first.

A pattern is matched against the whole of a plain number (see `spelling`). Its groups, where it has them:
`body` and `key` are what the check is worked out from and what it has to give; `number` is the tracking
number inside a longer barcode; `country` is the suffix of a postal number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from carriers.core.numbers.checks import (
    Check,
    doubled,
    fedex,
    gls,
    gs1,
    gs1_behind_91,
    identcode,
    luhn,
    mod7,
    mod_37_36,
    odd_weights,
    s10,
)
from carriers.core.numbers.posts import UNNAMED


@dataclass(frozen=True, slots=True)
class Format:
    """One way a brand writes its numbers.

    `specific`: letters or digits at fixed places that others do not use there. `countries`: where the
    brand delivers under such numbers (ISO 3166 alpha-2); empty where that is no clue.
    """

    name: str
    brand: str
    pattern: str
    check: Check | None = None
    specific: bool = True
    countries: frozenset[str] = frozenset()


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first needed."""
    return re.compile(pattern)


def _countries(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


_EUROPE: Final = _countries("AT BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IT LI LT LU LV MC NL NO PL PT RO SE SI SK")
_FRANCE: Final = _countries("FR MC GF GP MQ RE YT PM BL MF NC PF WF")
_GERMANY: Final = _countries("DE")
_BRITAIN: Final = _countries("GB IE")
_POINTS: Final = _countries("FR MC BE LU NL ES PT")  # where Mondial Relay hands out
_POLAND: Final = _countries("PL")
_CANADA: Final = _countries("CA US")
_STATES: Final = _countries("US PR")

_TEN: Final = r"(?P<key>[0-9])"
_ZIP: Final = r"(?:420[0-9]{5}(?:[0-9]{4})?)?"
_AIRBILL: Final = r"(?=(?:00)?(?P<number>[0-9]{12,14})\Z)(?P<body>[0-9]{13})(?P<key>[0-9])"

_POSTAL: Final = (
    Format("chronopost_s10", "chronopost", rf"[EX][A-Z](?P<body>[0-9]{{8}}){_TEN}FR", s10, countries=_FRANCE),
    Format("s10", UNNAMED, rf"[A-Z]{{2}}(?P<body>[0-9]{{8}}){_TEN}(?P<country>[A-Z]{{2}})", s10),
    Format("chronopost_domestic", "chronopost", r"[A-Z]{2}[0-9]{9}JB", countries=_FRANCE),
    Format("colissimo", "colissimo", r"[0-9][A-Z][0-9]{11}", countries=_FRANCE),
    Format("royalmail_2d", "royalmail", r"[0-9]{9}[0-9A-F]{12}", countries=_BRITAIN),
    Format("postnl_3s", "postnl", r"3S[A-Z]{4,6}[0-9]{6,9}", countries=_EUROPE),
    Format("bpost_24", "bpost", r"3232[0-9]{20}", countries=_EUROPE),
    Format("swiss_post_18", "swiss_post", r"9[89][0-9]{16}", countries=_countries("CH LI")),
    Format("correos_23", "correos", r"P[A-Z][0-9A-Z]{4}[0-9]{16}[0-9A-Z]", countries=_countries("ES PT AD")),
    Format("canada_post_16", "canada_post", rf"(?P<body>[0-9]{{15}}){_TEN}", gs1, False, _CANADA),
)

_USPS: Final = (
    Format("usps_94", "usps", rf"{_ZIP}(?P<number>(?P<body>94[0-9]{{19}}(?:[0-9]{{4}}){{0,2}}){_TEN})", gs1),
    Format(
        "usps_92",
        "usps",
        rf"{_ZIP}(?P<number>(?P<body>(?:92[0-9]{{3}}9|93[0-9]{{3}}[0-8]|95[0-9]{{4}})[0-9]{{15}}(?:[0-9]{{4}})?){_TEN})",
        gs1,
    ),
    Format("usps_91", "usps", rf"{_ZIP}(?P<number>(?P<body>91[0-9]{{19}}){_TEN})", gs1),
    Format("usps_20", "usps", rf"(?P<body>(?!00)[0-9]{{19}}){_TEN}", gs1, False, _STATES),
    Format("usps_20_of_91", "usps", rf"(?P<body>(?!00)[0-9]{{19}}){_TEN}", gs1_behind_91, False, _STATES),
)

_WORLD: Final = (
    Format("ups_1z", "ups", rf"1Z(?P<body>[0-9A-Z]{{15}}){_TEN}", doubled),
    Format("ups_waybill", "ups", rf"[AHJKTV](?P<body>[0-9]{{9}}){_TEN}", doubled),
    Format("fedex_ground_96", "fedex", rf"96[0-9]{{5}}(?P<number>(?P<body>[0-9]{{14}}){_TEN})", gs1),
    Format("fedex_96_34", "fedex", rf"96[0-9]{{18}}{_AIRBILL}", fedex),
    Format("fedex_express_34", "fedex", rf"[0-8][0-9]{{19}}{_AIRBILL}", fedex, False),
    Format(
        "fedex_astra_32",
        "fedex",
        rf"3[0-9]{{15}}(?P<number>(?P<body>[0-9]{{11}}){_TEN})[0-9]{{4}}",
        fedex,
        False,
    ),
    Format("fedex_express_12", "fedex", rf"(?P<body>[0-9]{{11}}){_TEN}", fedex, False),
    Format("fedex_ground_15", "fedex", rf"(?P<body>[0-9]{{14}}){_TEN}", gs1, False),
    Format("fedex_sscc_18", "fedex", rf"(?P<body>0[0124][0-9]{{15}}){_TEN}", gs1, False),
    Format(
        "fedex_economy_92", "fedex", rf"{_ZIP}(?P<number>(?P<body>92(?:61|74)[0-9]{{17}}){_TEN})", gs1, False, _STATES
    ),
    Format("dhl_paket_sscc", "dhl_parcel_de", rf"(?P<body>(?:00)?340434[0-9]{{11}}){_TEN}", gs1),
    Format("dhl_express", "dhl_express", rf"(?P<body>[0-9]{{9,10}}){_TEN}", mod7, False),
    Format("dhl_express_piece", "dhl_express", r"J(?:[A-Z]{2}[0-9]{10}|[A-Z]{3}[0-9]{9,10}|J?D01[0-9]{16,18})"),
    Format(
        "dhl_ecommerce",
        "dhl_ecommerce",
        r"(?![A-Z]{2}[0-9]{9}[A-Z]{2}\Z)(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)[0-9][0-9A-Z]{9,36}",
    ),
    Format("amazon_tb", "amazon_shipping", r"TB[ACM][0-9]{12}"),
    Format("amazon_international", "amazon_shipping", r"[AFC][0-9]{10}"),
    Format("yunexpress", "yunexpress", r"YT[0-9]{16}"),
    Format("landmark_ltn", "landmark", r"LTN[0-9]{8}N1"),
    Format("pigeon_vole", "demo", r"PV(?P<body>[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{14})(?P<key>[0-9A-Z])", odd_weights),
)

_AMERICA: Final = (
    Format("purolator_12", "purolator", rf"(?P<body>[0-5][0-9]{{10}}){_TEN}", luhn, False, _CANADA),
    Format("purolator_alpha", "purolator", r"[A-Z]{3}[0-9]{9}", countries=_CANADA),
    Format("canpar_22", "canpar", r"[CDKLSUXZ][0-9]{21}", countries=_CANADA),
    Format("ontrac_c", "ontrac", rf"(?P<body>C[0-9]{{13}}){_TEN}", doubled, countries=_STATES),
    Format("ontrac_d", "ontrac", rf"(?P<body>D[0-9]{{13}}){_TEN}", doubled, countries=_STATES),
    Format("lasership_l", "lasership", r"L[AEHINX][1-3][0-9]{7}", countries=_STATES),
    Format("lasership_1ls7", "lasership", r"1LS7[12](?:[0-9]{10}|[0-9]{2}01[1-4][0-9]{6}1)", countries=_STATES),
    Format("lasership_1lscx", "lasership", r"1LSCX[0-9A-Z]{10}", countries=_STATES),
    Format("speedee", "speedee", r"SP[0-9]{18}", countries=_STATES),
    Format("gofo_us", "gofo", r"GFUS[0-9]{14}", countries=_STATES),
    Format(
        "old_dominion",
        "old_dominion",
        rf"(?P<body>(?:77[78]|780|072)[0-9]{{7}}|80[0-9]{{8}}){_TEN}",
        luhn,
        countries=_CANADA,
    ),
    Format("dhl_ecommerce_14", "dhl_ecommerce", r"[0-9]{14}", None, False, _STATES),
)

_EUROPEAN: Final = (
    Format(
        "dpd_28",
        "dpd",
        r"(?=[0-9]{7}(?P<number>[0-9]{14}))(?P<body>[0-9]{27})(?P<key>[0-9A-Z])",
        mod_37_36,
        True,
        _EUROPE,
    ),
    Format("dpd_15", "dpd", r"(?P<body>(?P<number>[0-9]{14}))(?P<key>[0-9A-Z])", mod_37_36, False, _EUROPE),
    Format("chronopost_15", "chronopost", r"(?P<body>[0-9]{14})(?P<key>[0-9A-Z])", mod_37_36, False, _FRANCE),
    Format("yodel", "yodel", r"JJ?D[0-9]{16}", countries=_BRITAIN),
    Format("dhl_paket_jjd", "dhl_parcel_de", r"JJD[0-9]{14,22}", countries=_GERMANY),
    Format("hermes_h", "hermes_de", r"H[0-9]{19}", countries=_GERMANY),
    Format("dhl_paket_identcode", "dhl_parcel_de", rf"(?P<body>[0-9]{{11}}){_TEN}", identcode, False, _GERMANY),
    Format("gls_12", "gls", rf"(?P<body>[0-9]{{11}}){_TEN}", gls, False, _EUROPE - {"GB"}),
    Format("gls_11", "gls", r"[0-9]{11}", None, False, _EUROPE - {"GB"}),
    Format("gls_track_id", "gls", r"(?=.*[0-9])(?=.*[A-Z])[0-9A-Z]{8}", None, False, _EUROPE - {"GB"}),
    Format("dpd_14", "dpd", r"[0-9]{14}", None, False, _EUROPE),
    Format("chronopost_14", "chronopost", r"[0-9]{14}", None, False, _FRANCE),
    Format("hermes_14", "hermes_de", r"[0-9]{14}", None, False, _GERMANY),
    Format("mondial_relay", "mondial_relay", r"[0-9]{8}|[0-9]{10}|[0-9]{12}", None, False, _POINTS),
    Format("evri_16", "evri", r"[0-9]{16}|[CHPT][0-9][0-9A-Z]{14}", None, False, _BRITAIN),
    Format("inpost_24", "inpost", r"[0-9]{24}", None, False, _POLAND),
)

FORMATS: Final = _POSTAL + _USPS + _WORLD + _AMERICA + _EUROPEAN

# Brands that their house answers for too.
HOUSES: Final = {
    "chronopost": "laposte",
    "colissimo": "laposte",
    "dhl_ecommerce": "dhl_unified",
    "dhl_express": "dhl_unified",
    "dhl_parcel_de": "dhl_unified",
}
