"""Regions as carriers write them, as GeoNames' codes of first divisions. Pure.

In the United States and their like a region is part of a town's name ("ONTARIO, CA"), so it decides; the
French département only prefers.
"""

from __future__ import annotations

from typing import Final

from portal.places import spelling

_US: Final = """
    AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
    DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas
    KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi
    MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York
    NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island
    SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington
    WV West Virginia|WI Wisconsin|WY Wyoming
"""
_CA: Final = """
    AB Alberta=01|BC British Columbia=02|MB Manitoba=03|NB New Brunswick=04|NL Newfoundland and Labrador=05
    NS Nova Scotia=07|ON Ontario=08|PE Prince Edward Island=09|QC Quebec=10|PQ Quebec=10|SK Saskatchewan=11
    YT Yukon=12|NT Northwest Territories=13|NU Nunavut=14
"""
_AU: Final = """
    ACT Australian Capital Territory=01|NSW New South Wales=02|NT Northern Territory=03|QLD Queensland=04
    SA South Australia=05|TAS Tasmania=06|VIC Victoria=07|WA Western Australia=08
"""
_FR: Final = (
    "11:75 77 78 91 92 93 94 95|24:18 28 36 37 41 45|27:21 25 39 58 70 71 89 90|28:14 27 50 61 76|32:02 59 60 62 80|"
    "44:08 10 51 52 54 55 57 67 68 88|52:44 49 53 72 85|53:22 29 35 56|75:16 17 19 23 24 33 40 47 64 79 86 87|"
    "76:09 11 12 30 31 32 34 46 48 65 66 81 82|84:01 03 07 15 26 38 42 43 63 69 73 74|93:04 05 06 13 83 84|94:20 2A 2B"
)
# French postcodes of what carriers count as a country of its own.
OVERSEAS: Final = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT"}
# The first three digits from which a state's postcodes run, until the next.
_ZIP: Final = (
    "005 NY|006 -|010 MA|028 RI|030 NH|039 ME|050 VT|055 MA|056 VT|060 CT|063 NY|064 CT|070 NJ|090 -|100 NY|"
    "150 PA|197 DE|200 DC|201 VA|202 DC|206 MD|220 VA|247 WV|270 NC|290 SC|300 GA|320 FL|340 -|341 FL|350 AL|"
    "370 TN|386 MS|398 GA|400 KY|430 OH|460 IN|480 MI|500 IA|530 WI|550 MN|570 SD|580 ND|590 MT|600 IL|630 MO|"
    "660 KS|680 NE|700 LA|716 AR|730 OK|733 TX|734 OK|750 TX|800 CO|820 WY|832 ID|840 UT|850 AZ|870 NM|885 TX|"
    "889 NV|900 CA|962 -|967 HI|969 -|970 OR|980 WA|995 AK"
)


def _entries(table: str) -> list[str]:
    return [entry.strip() for line in table.strip().splitlines() for entry in line.split("|")]


def _table(table: str) -> dict[str, str]:
    """Short and long names, as keys, with GeoNames' code; without "=" the short name is the code."""
    found: dict[str, str] = {}
    for entry in _entries(table):
        names, _, code = entry.partition("=")
        short, _, long = names.partition(" ")
        found[short] = found[spelling.key(spelling.words(long))] = code or short
    return found


STATES: Final = {"US": _table(_US), "CA": _table(_CA), "AU": _table(_AU)}
_DEPARTMENTS: Final = {
    number: region for region, numbers in (entry.split(":") for entry in _FR.split("|")) for number in numbers.split()
}
_ZIP_FROM: Final = [(int(start), state) for start, state in (entry.split() for entry in _ZIP.split("|"))]


def decides(country: str | None) -> bool:
    """Whether towns of a country are told apart by their state, so that one in another is another."""
    return country in STATES


def of_name(key: str, country: str) -> str | None:
    """The region by the key of its short or long name."""
    return STATES.get(country, {}).get(key)


def of_postcode(digits: str, country: str) -> str | None:
    """The region by a postcode, of France also by the département."""
    if country == "FR":
        return _DEPARTMENTS.get(digits[:2].upper())
    if country == "US" and digits[:5].isdigit() and len(digits) >= 5:
        state = next((state for start, state in reversed(_ZIP_FROM) if int(digits[:3]) >= start), "-")
        return None if state == "-" else state
    return None
