"""Countries at the end of postal numbers (UPU S10), and the posts among them that have a name of their own here.

The suffix says which post took the parcel in, not which one brings it.
"""

from __future__ import annotations

from typing import Final

UNNAMED: Final = "upu"  # some post of the Universal Postal Union

POSTS: Final = {
    "AU": "australia_post",
    "BE": "bpost",
    "CA": "canada_post",
    "CH": "swiss_post",
    "DE": "dhl_parcel_de",
    "ES": "correos",
    "FR": "laposte",
    "GB": "royalmail",
    "IT": "poste_italiane",
    "MC": "laposte",
    "NL": "postnl",
    "US": "usps",
}

_CODES: Final = (
    "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG "
    "CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG "
    "GH GI GL GM GN GP GQ GR GT GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR "
    "KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC "
    "NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH "
    "SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG "
    "VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES: Final = frozenset(_CODES.split())
