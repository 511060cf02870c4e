"""Country names as carriers write them, turned into ISO 3166 alpha-2 where that is beyond doubt."""

from __future__ import annotations

from typing import Final

_ALPHA3: Final = (
    "ABW:AW AFG:AF AGO:AO AIA:AI ALA:AX ALB:AL AND:AD ARE:AE ARG:AR ARM:AM ASM:AS ATA:AQ ATF:TF ATG:AG AUS:AU AUT:AT "
    "AZE:AZ BDI:BI BEL:BE BEN:BJ BES:BQ BFA:BF BGD:BD BGR:BG BHR:BH BHS:BS BIH:BA BLM:BL BLR:BY BLZ:BZ BMU:BM BOL:BO "
    "BRA:BR BRB:BB BRN:BN BTN:BT BVT:BV BWA:BW CAF:CF CAN:CA CCK:CC CHE:CH CHL:CL CHN:CN CIV:CI CMR:CM COD:CD COG:CG "
    "COK:CK COL:CO COM:KM CPV:CV CRI:CR CUB:CU CUW:CW CXR:CX CYM:KY CYP:CY CZE:CZ DEU:DE DJI:DJ DMA:DM DNK:DK DOM:DO "
    "DZA:DZ ECU:EC EGY:EG ERI:ER ESH:EH ESP:ES EST:EE ETH:ET FIN:FI FJI:FJ FLK:FK FRA:FR FRO:FO FSM:FM GAB:GA GBR:GB "
    "GEO:GE GGY:GG GHA:GH GIB:GI GIN:GN GLP:GP GMB:GM GNB:GW GNQ:GQ GRC:GR GRD:GD GRL:GL GTM:GT GUF:GF GUM:GU GUY:GY "
    "HKG:HK HMD:HM HND:HN HRV:HR HTI:HT HUN:HU IDN:ID IMN:IM IND:IN IOT:IO IRL:IE IRN:IR IRQ:IQ ISL:IS ISR:IL ITA:IT "
    "JAM:JM JEY:JE JOR:JO JPN:JP KAZ:KZ KEN:KE KGZ:KG KHM:KH KIR:KI KNA:KN KOR:KR KWT:KW LAO:LA LBN:LB LBR:LR LBY:LY "
    "LCA:LC LIE:LI LKA:LK LSO:LS LTU:LT LUX:LU LVA:LV MAC:MO MAF:MF MAR:MA MCO:MC MDA:MD MDG:MG MDV:MV MEX:MX MHL:MH "
    "MKD:MK MLI:ML MLT:MT MMR:MM MNE:ME MNG:MN MNP:MP MOZ:MZ MRT:MR MSR:MS MTQ:MQ MUS:MU MWI:MW MYS:MY MYT:YT NAM:NA "
    "NCL:NC NER:NE NFK:NF NGA:NG NIC:NI NIU:NU NLD:NL NOR:NO NPL:NP NRU:NR NZL:NZ OMN:OM PAK:PK PAN:PA PCN:PN PER:PE "
    "PHL:PH PLW:PW PNG:PG POL:PL PRI:PR PRK:KP PRT:PT PRY:PY PSE:PS PYF:PF QAT:QA REU:RE ROU:RO RUS:RU RWA:RW SAU:SA "
    "SDN:SD SEN:SN SGP:SG SGS:GS SHN:SH SJM:SJ SLB:SB SLE:SL SLV:SV SMR:SM SOM:SO SPM:PM SRB:RS SSD:SS STP:ST SUR:SR "
    "SVK:SK SVN:SI SWE:SE SWZ:SZ SXM:SX SYC:SC SYR:SY TCA:TC TCD:TD TGO:TG THA:TH TJK:TJ TKL:TK TKM:TM TLS:TL TON:TO "
    "TTO:TT TUN:TN TUR:TR TUV:TV TWN:TW TZA:TZ UGA:UG UKR:UA UMI:UM URY:UY USA:US UZB:UZ VAT:VA VCT:VC VEN:VE VGB:VG "
    "VIR:VI VNM:VN VUT:VU WLF:WF WSM:WS YEM:YE ZAF:ZA ZMB:ZM ZWE:ZW XKX:XK"
)

# Names in the languages that carriers are asked in, or answer in whatever they are asked in.
_NAMES: Final = {
    "AD": "andorra",
    "AE": "united arab emirates",
    "AR": "argentina",
    "AT": "austria|autriche|österreich",
    "AU": "australia",
    "BE": "belgie|belgien|belgique|belgium|belgië",
    "BG": "bulgaria",
    "BR": "brasil|brazil",
    "BY": "belarus",
    "CA": "canada",
    "CH": "schweiz|suisse|switzerland",
    "CI": "ivory coast",
    "CL": "chile",
    "CN": "china|china mainland|chine",
    "CO": "colombia",
    "CY": "cyprus",
    "CZ": "czech republic|czechia|tschechien",
    "DE": "allemagne|deutschland|germany",
    "DK": "danmark|denmark|dänemark",
    "DZ": "algeria",
    "EE": "estonia",
    "EG": "egypt",
    "ES": "espagne|españa|spain|spanien",
    "FI": "finland|suomi",
    "FR": "france|frankreich",
    "GB": "england|great britain|großbritannien|royaume-uni|united kingdom"
    "|united kingdom of great britain and northern ireland",
    "GF": "french guiana",
    "GP": "guadeloupe",
    "GR": "greece",
    "HK": "hong kong|hong kong sar|hong kong sar, china",
    "HR": "croatia",
    "HU": "hungary",
    "ID": "indonesia",
    "IE": "ireland|irland|irlande",
    "IL": "israel",
    "IN": "india",
    "IS": "iceland",
    "IT": "italia|italie|italien|italy",
    "JP": "japan|japon",
    "KR": "korea, republic of|korea, south|republic of korea|south korea",
    "KW": "kuwait",
    "LI": "liechtenstein",
    "LT": "lithuania",
    "LU": "luxembourg|luxemburg",
    "LV": "latvia",
    "MA": "maroc|morocco",
    "MC": "monaco",
    "MO": "macau",
    "MQ": "martinique",
    "MT": "malta",
    "MX": "mexico",
    "MY": "malaysia",
    "NC": "new caledonia",
    "NL": "holland|nederland|netherlands|niederlande|pays-bas|the netherlands",
    "NO": "norge|norway",
    "NZ": "new zealand",
    "PE": "peru",
    "PF": "french polynesia",
    "PH": "philippines",
    "PK": "pakistan",
    "PL": "poland|polen|pologne|polska",
    "PT": "portugal",
    "QA": "qatar",
    "RE": "réunion",
    "RO": "romania",
    "RS": "serbia",
    "RU": "russia|russian federation",
    "SA": "saudi arabia",
    "SE": "schweden|suède|sverige|sweden",
    "SG": "singapore",
    "SI": "slovenia",
    "SK": "slovakia",
    "TH": "thailand",
    "TN": "tunisia|tunisie",
    "TR": "turkey|türkiye",
    "TW": "taiwan",
    "UA": "ukraine",
    "US": "u.s.a.|united states|united states of america|usa|vereinigte staaten|états-unis",
    "VN": "viet nam|vietnam",
    "ZA": "south africa",
}
_NOT_ISO: Final = {"UK": "GB", "EL": "GR"}  # two letters that carriers write and ISO gives to nobody

_CODES: Final = {pair[4:]: pair[4:] for pair in _ALPHA3.split()} | _NOT_ISO
_LONG: Final = {pair[:3].casefold(): pair[4:] for pair in _ALPHA3.split()} | {
    name.casefold(): code for code, names in _NAMES.items() for name in names.split("|")
}


def alpha2(value: str | None) -> str | None:
    """ "FR" for "FR", "fr", "FRA", "France" or "Frankreich"; None for what is not surely a country."""
    if value is None:
        return None
    if len(value) == 2:
        return _CODES.get(value.upper())
    plain = " ".join(value.split())
    return _CODES.get(plain.upper()) if len(plain) == 2 else _LONG.get(plain.casefold())
