"""Pigeon Vole's event codes: what they mean, and how it words them in French and English."""

from __future__ import annotations

from typing import Final, NamedTuple

from carriers.core.model import Milestone, Reason


class Meaning(NamedTuple):
    """What one code says, and its two wordings with `{town}` where the place goes."""

    milestone: Milestone | None
    fr: str
    en: str
    reason: Reason | None = None
    delayed: bool = False


CODES: Final[dict[str, Meaning]] = {
    "A10": Meaning(
        Milestone.LABEL_CREATED,
        "L'expéditeur nous a annoncé votre colis.",
        "The sender has announced your parcel to us.",
    ),
    "A20": Meaning(
        Milestone.HANDED_OVER,
        "Votre colis nous a été remis à {town}.",
        "Your parcel was handed to us in {town}.",
    ),
    "T10": Meaning(
        Milestone.IN_TRANSIT,
        "Votre colis est trié sur notre plateforme de {town}.",
        "Your parcel is being sorted at our hub in {town}.",
    ),
    "T20": Meaning(
        Milestone.IN_TRANSIT,
        "Votre colis a quitté la plateforme de {town}.",
        "Your parcel has left our hub in {town}.",
    ),
    "T30": Meaning(
        Milestone.IN_TRANSIT,
        "Votre colis est arrivé à l'agence qui dessert {town}.",
        "Your parcel has reached the depot that serves {town}.",
    ),
    "C10": Meaning(
        Milestone.IN_TRANSIT,
        "Votre colis est présenté à la douane à {town}.",
        "Your parcel is before customs in {town}.",
        Reason.CUSTOMS,
    ),
    "C20": Meaning(Milestone.IN_TRANSIT, "Votre colis a passé la douane.", "Your parcel has cleared customs."),
    "R10": Meaning(
        Milestone.IN_TRANSIT,
        "Vents contraires : votre colis prend du retard. La date de livraison a été recalculée.",
        "Headwinds: your parcel is running late. We have worked out a new delivery date.",
        Reason.WEATHER,
        delayed=True,
    ),
    "D10": Meaning(
        Milestone.OUT_FOR_DELIVERY,
        "Votre colis est en cours de livraison à {town}.",
        "Your parcel is out for delivery in {town}.",
    ),
    "D20": Meaning(
        Milestone.ATTEMPTED,
        "Personne n'a pu recevoir votre colis. Nous repasserons au prochain jour ouvré.",
        "Nobody could receive your parcel. We will come back on the next working day.",
        Reason.ABSENT,
    ),
    "D30": Meaning(
        Milestone.READY_FOR_PICKUP,
        "Votre colis vous attend dans votre point de retrait à {town}.",
        "Your parcel is waiting for you at your pickup point in {town}.",
    ),
    "D90": Meaning(Milestone.DELIVERED, "Votre colis est livré.", "Your parcel has been delivered."),
    "D91": Meaning(Milestone.COLLECTED, "Votre colis a été retiré.", "Your parcel has been collected."),
    "X10": Meaning(
        Milestone.EXCEPTION,
        "Votre colis a été abîmé pendant le tri. Nous prenons contact avec l'expéditeur.",
        "Your parcel was damaged while being sorted. We are getting in touch with the sender.",
        Reason.DAMAGED,
    ),
    "X20": Meaning(
        Milestone.ACTION_REQUIRED,
        "L'adresse est incomplète. Il nous manque le numéro ou l'étage.",
        "The address is incomplete: the house number or the floor is missing.",
        Reason.ADDRESS,
    ),
    "X90": Meaning(
        Milestone.LOST,
        "Nos recherches n'ont pas abouti. Nous considérons votre colis comme perdu.",
        "Our search has found nothing. We consider your parcel lost.",
        Reason.LOST,
    ),
    "V10": Meaning(
        Milestone.RETURNING,
        "Votre colis n'a pas été retiré à temps : il repart vers l'expéditeur.",
        "Your parcel was not collected in time: it is going back to the sender.",
        Reason.UNCOLLECTED,
    ),
    "V20": Meaning(
        Milestone.RETURNING,
        "Votre colis est sur le chemin du retour, à {town}.",
        "Your parcel is on its way back, in {town}.",
        Reason.UNCOLLECTED,
    ),
    "V90": Meaning(
        Milestone.RETURNED,
        "Le colis a été rendu à l'expéditeur.",
        "The parcel was given back to the sender.",
    ),
    "Z90": Meaning(
        Milestone.CANCELLED,
        "L'expéditeur a annulé cet envoi.",
        "The sender has cancelled this shipment.",
        Reason.SHOP,
    ),
}
