"""How often one may ask for a code: from one address, with one e-mail address, about one order, and in all.

Everything is counted before anything is looked up, whatever there is to find.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.context import Context
from portal.kit.limits import network
from portal.kit.quota import Claim, Limit

_QUARTER: Final = timedelta(minutes=15)
_EMAIL: Final = Limit("sign-in email", 3, timedelta(hours=1))
_EMAIL_DAY: Final = Limit("sign-in email day", 20, timedelta(days=1))
_NUMBER: Final = Limit("sign-in number", 5, _QUARTER)
_MAILS_TO: Final = Limit("sign-in mails to", 3, timedelta(hours=1))
_PASSKEY: Final = Limit("passkey", 40, _QUARTER)
_TYPED: Final = Limit("sign-in typed", 30, _QUARTER)


def asking(context: Context, client: str, email: str | None, number: str | None) -> list[Claim]:
    """What a request for a code counts as."""
    settings = context.settings
    claims = [
        Claim(Limit("sign-in", settings.sign_ins_per_address, _QUARTER), _who(context, "address", network(client))),
        Claim(Limit("sign-in all", settings.sign_ins_in_all, _QUARTER), "all"),
    ]
    if email:
        claims += [Claim(limit, _who(context, "email", email)) for limit in (_EMAIL, _EMAIL_DAY)]
    if number:
        claims.append(Claim(_NUMBER, _who(context, "number", number.strip().removeprefix("#").upper())))
    return claims


def mailing(context: Context, email: str) -> list[Claim]:
    """What a message with a code counts as, at the moment it is written."""
    return [
        Claim(_MAILS_TO, _who(context, "email", email)),
        Claim(Limit("sign-in mails", context.settings.sign_in_mails_per_hour, timedelta(hours=1)), "all"),
    ]


def answering(context: Context, client: str) -> list[Claim]:
    """What trying a code counts as; each code has its own five tries besides."""
    return [Claim(_TYPED, _who(context, "address", network(client)))]


def passkey(context: Context, client: str) -> list[Claim]:
    """What asking for a challenge, or answering one, counts as."""
    return [Claim(_PASSKEY, _who(context, "address", network(client)))]


def _who(context: Context, kind: str, text: str) -> str:
    return context.keys.keyed_hash(f"limit:{kind}", text)
