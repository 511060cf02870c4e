"""How often one may ask for a code of the shop's people and try one, and try a code to collect with. Counted before
anything is looked up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.context import Context
from portal.kit.limits import network
from portal.kit.quota import Claim, Limit

_QUARTER: Final = timedelta(minutes=15)
_ASKING: Final = Limit("staff sign-in", 10, _QUARTER)
_ASKING_IN_ALL: Final = Limit("staff sign-in all", 100, _QUARTER)
_EMAIL: Final = Limit("staff sign-in email", 5, timedelta(hours=1))
_MAILS_TO: Final = Limit("staff sign-in mails to", 8, timedelta(hours=1))
_TYPED: Final = Limit("staff sign-in typed", 30, _QUARTER)
_COLLECTING: Final = Limit("collect code", 10, _QUARTER)
_ACTING: Final = Limit("staff acts", 300, _QUARTER)
_SEARCHING: Final = Limit("staff searches", 200, _QUARTER)


def asking(context: Context, client: str, address: str) -> list[Claim]:
    """What a request for a code counts as."""
    return [
        Claim(_ASKING, _who(context, "address", network(client))),
        Claim(_ASKING_IN_ALL, "all"),
        Claim(_EMAIL, _who(context, "email", address)),
    ]


def mailing(context: Context, address: str) -> list[Claim]:
    """What a message with a code counts as."""
    return [Claim(_MAILS_TO, _who(context, "email", address))]


def answering(context: Context, client: str) -> list[Claim]:
    """What trying a code counts as; each code has its own five tries besides."""
    return [Claim(_TYPED, _who(context, "address", network(client)))]


def collecting(context: Context, order_id: int) -> list[Claim]:
    """What trying the code of an order that is to be collected counts as, whoever tries."""
    return [Claim(_COLLECTING, _who(context, "order", str(order_id)))]


def acting(context: Context, staff_id: int) -> list[Claim]:
    """What an act counts as: shops' platforms are asked several things for each."""
    return [Claim(_ACTING, _who(context, "staff", str(staff_id)))]


def searching(context: Context, staff_id: int) -> list[Claim]:
    """What a search counts as."""
    return [Claim(_SEARCHING, _who(context, "staff", str(staff_id)))]


def _who(context: Context, kind: str, text: str) -> str:
    return context.keys.keyed_hash(f"limit:{kind}", text)
