"""Country names as carriers write them, turned into ISO 3166 alpha-2 where that is beyond doubt."""

from __future__ import annotations

from typing import Final

_ALPHA3: Final = (
    "AUT:AT AUS:AU BEL:BE BGR:BG BRA:BR CAN:CA CHE:CH CHN:CN CYP:CY CZE:CZ DEU:DE DNK:DK ESP:ES EST:EE FIN:FI FRA:FR "
    "GBR:GB GLP:GP GRC:GR GUF:GF HKG:HK HRV:HR HUN:HU IND:IN IRL:IE ISL:IS ISR:IL ITA:IT JPN:JP KOR:KR LIE:LI LTU:LT "
    "LUX:LU LVA:LV MAR:MA MCO:MC MEX:MX MLT:MT MTQ:MQ MYT:YT NCL:NC NLD:NL NOR:NO NZL:NZ POL:PL PRT:PT PYF:PF REU:RE "
    "ROU:RO SEN:SN SGP:SG SVK:SK SVN:SI SWE:SE TUN:TN TUR:TR TWN:TW USA:US ZAF:ZA"
)
_NAMES: Final = {
    "austria": "AT",
    "australia": "AU",
    "belgium": "BE",
    "brazil": "BR",
    "canada": "CA",
    "china": "CN",
    "czech republic": "CZ",
    "denmark": "DK",
    "deutschland": "DE",
    "finland": "FI",
    "france": "FR",
    "germany": "DE",
    "great britain": "GB",
    "hong kong": "HK",
    "ireland": "IE",
    "italy": "IT",
    "japan": "JP",
    "luxembourg": "LU",
    "mexico": "MX",
    "netherlands": "NL",
    "new zealand": "NZ",
    "norway": "NO",
    "poland": "PL",
    "portugal": "PT",
    "singapore": "SG",
    "spain": "ES",
    "sweden": "SE",
    "switzerland": "CH",
    "united kingdom": "GB",
    "united states": "US",
    "united states of america": "US",
}
_KNOWN: Final = _NAMES | {pair[:3].lower(): pair[4:] for pair in _ALPHA3.split()}


def alpha2(value: str | None) -> str | None:
    """ "FR" for "FR", "fr", "FRA" or "France"; None for what is not surely a country."""
    if value is None:
        return None
    plain = " ".join(value.split())
    if len(plain) == 2 and plain.isascii() and plain.isalpha():
        return plain.upper()
    return _KNOWN.get(plain.lower())
