"""The demonstration's customers: invented, with numbers and addresses that belong to nobody, in towns that
the playing carrier serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A customer. `phone` is of a range kept for fiction."""

    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def words(self) -> tuple[str, ...]:
        """What must stay between this person and the shop."""
        plain = self.phone.replace(" ", "")
        return (self.name, self.first_name, self.last_name, self.email, self.phone, plain, self.street, self.postcode)

    def members(self) -> dict[str, Any]:
        """The members of an order document that tell who bought."""
        address = {
            "name": self.name,
            "line1": self.street,
            "postcode": self.postcode,
            "city": self.city,
            "country": "FR",
            "phone": self.phone,
        }
        return {
            "contact": {"email": self.email, "phone": self.phone},
            "customer": {"first_name": self.first_name, "last_name": self.last_name, "email": self.email},
            "address": {"shipping": address, "billing": address},
        }


CAMILLE: Final = DemoPerson(
    "Camille", "Exemple", "camille@example.com", "+33 1 99 00 12 34", "12 rue des Corsaires", "56000", "Vannes"
)
NOUR: Final = DemoPerson(
    "Nour", "Modèle", "nour@example.com", "+33 6 39 98 56 78", "3 impasse du Cormoran", "49000", "Angers"
)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody who works at the shop."""

    name: str
    email: str


CLERK: Final = Clerk("Maël Inventé", "boutique@comptoir-des-dunes.example")
