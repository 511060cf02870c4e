"""The towns between which Pigeon Vole flies. Real towns, an invented network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Town:
    """A town, its clock and where it lies."""

    name: str
    postcode: str
    country: str
    zone: str
    lat: float
    lon: float

    @property
    def clock(self) -> ZoneInfo:
        """The time zone of its scans."""
        return ZoneInfo(self.zone)


_PARIS: Final = "Europe/Paris"

CORBAS: Final = Town("Corbas", "69960", "FR", _PARIS, 45.6676, 4.9019)
LESQUIN: Final = Town("Lesquin", "59810", "FR", _PARIS, 50.5897, 3.1103)
RUNGIS: Final = Town("Rungis", "94150", "FR", _PARIS, 48.7470, 2.3521)
ROISSY: Final = Town("Roissy-en-France", "95700", "FR", _PARIS, 49.0034, 2.5170)
CESTAS: Final = Town("Cestas", "33610", "FR", _PARIS, 44.7423, -0.6806)
CARQUEFOU: Final = Town("Carquefou", "44470", "FR", _PARIS, 47.2972, -1.4908)
COVENTRY: Final = Town("Coventry", "CV3 4LB", "GB", "Europe/London", 52.3864, -1.4735)
HAERKINGEN: Final = Town("Härkingen", "4624", "CH", "Europe/Zurich", 47.3086, 7.8197)

# A town where parcels are handed over or delivered, and the hub that serves it.
AT_HOME: Final = (
    (Town("Annecy", "74000", "FR", _PARIS, 45.8992, 6.1294), CORBAS),
    (Town("Valence", "26000", "FR", _PARIS, 44.9334, 4.8924), CORBAS),
    (Town("Clermont-Ferrand", "63000", "FR", _PARIS, 45.7772, 3.0870), CORBAS),
    (Town("Arras", "62000", "FR", _PARIS, 50.2910, 2.7775), LESQUIN),
    (Town("Amiens", "80000", "FR", _PARIS, 49.8941, 2.2958), LESQUIN),
    (Town("Montreuil", "93100", "FR", _PARIS, 48.8638, 2.4485), RUNGIS),
    (Town("Orléans", "45000", "FR", _PARIS, 47.9029, 1.9093), RUNGIS),
    (Town("Bayonne", "64100", "FR", _PARIS, 43.4929, -1.4748), CESTAS),
    (Town("Périgueux", "24000", "FR", _PARIS, 45.1840, 0.7211), CESTAS),
    (Town("Vannes", "56000", "FR", _PARIS, 47.6582, -2.7608), CARQUEFOU),
    (Town("Angers", "49000", "FR", _PARIS, 47.4784, -0.5632), CARQUEFOU),
)
ABROAD: Final = (
    (Town("Leeds", "LS1 4DY", "GB", "Europe/London", 53.8008, -1.5491), COVENTRY),
    (Town("Bristol", "BS1 6QF", "GB", "Europe/London", 51.4545, -2.5879), COVENTRY),
    (Town("Zürich", "8005", "CH", "Europe/Zurich", 47.3769, 8.5417), HAERKINGEN),
    (Town("Winterthur", "8400", "CH", "Europe/Zurich", 47.4988, 8.7237), HAERKINGEN),
)
POINTS: Final = (
    "Tabac de la Gare",
    "Librairie du Marché",
    "Épicerie Saint-Jean",
    "Pressing des Halles",
    "Fleurs du Pont",
)
