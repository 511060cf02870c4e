"""What Mondial Relay's status numbers and a few sure wordings mean.

The number states four steps only; events have no codes, just a sentence in the language asked for.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import Milestone, Reason

ANSWERS: Final[dict[str, Meaning]] = {
    "0": UNKNOWN,  # an answer that leaves the status to the events
    "80": Meaning(Milestone.LABEL_CREATED),
    "81": Meaning(Milestone.IN_TRANSIT),
    "82": Meaning(Milestone.DELIVERED),
    "83": Meaning(Milestone.EXCEPTION, Reason.OTHER),
}

# Every other number refuses. Those that are not here are a fault of the question.
REFUSALS: Final[dict[str, ErrorKind]] = {
    **dict.fromkeys(("1", "2", "3", "5", "7", "8", "95", "96", "97"), ErrorKind.AUTH),
    **dict.fromkeys(("24", "91"), ErrorKind.INVALID_NUMBER),
    "94": ErrorKind.NOT_FOUND,
    **dict.fromkeys(("90", "98", "99"), ErrorKind.SERVER),
}

LANGUAGE: Final = "FR"

# Wordings, French and Spanish, without case, accents, blanks and punctuation: whole ones, and beginnings of sentences.
# "Livré" goes on in ways that mean something else: to the pickup point, to the agency.
WORDINGS: Final[dict[str, Milestone]] = {
    "colislivre": Milestone.DELIVERED,
    "colislivreaudestinataire": Milestone.DELIVERED,
}
BEGINNINGS: Final[dict[str, Milestone]] = {
    "receptiondesdonnees": Milestone.LABEL_CREATED,
    "priseencharge": Milestone.HANDED_OVER,
    "disponibleaupointrelais": Milestone.READY_FOR_PICKUP,
    "disponibleenpointrelais": Milestone.READY_FOR_PICKUP,
    "colisdisponibleaupointrelais": Milestone.READY_FOR_PICKUP,
    "colisdisponibleenpointrelais": Milestone.READY_FOR_PICKUP,
    "colisremisaulivreur": Milestone.OUT_FOR_DELIVERY,
    "colisretournealexpediteur": Milestone.RETURNING,
    "retouralexpediteur": Milestone.RETURNING,
    "retourexpediteur": Milestone.RETURNING,
    "colisenretour": Milestone.RETURNING,
    "disponibleenelpuntopack": Milestone.READY_FOR_PICKUP,
    "recepcionadoenelpuntopack": Milestone.READY_FOR_PICKUP,
    "recogidoenagencia": Milestone.HANDED_OVER,
    "recogidoenelhub": Milestone.IN_TRANSIT,
    "enreparto": Milestone.OUT_FOR_DELIVERY,
    "paqueteentregadoaldestinata": Milestone.DELIVERED,
}
