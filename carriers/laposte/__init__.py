"""La Poste, Colissimo and Chronopost through La Poste's Suivi v2: one key, ten numbers a call."""

from carriers.laposte.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
