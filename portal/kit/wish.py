"""The language that a visitor chose: in the address (`?lang=it`), and from then on in a cookie of this browser.

It goes before what an account, an order or the browser says. The cookie holds two letters, and is given to
those who chose, by pages that ask `remembered` for it.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.types import Scope

from portal.kit import cookies, i18n

LANGUAGE: Final = "lang"
_DAYS: Final = 30
_ASKED = re.compile(rb"(?:^|&)lang=([A-Za-z_-]{1,20})(?:&|$)")


def asked(scope: Scope) -> str | None:
    """What the address asks for, if it is a language that we speak."""
    found = _ASKED.search(scope["query_string"])
    return i18n.spoken(found[1].decode("ascii")) if found else None


def chosen(scope: Scope) -> str | None:
    """What the address asks for, else what was chosen before."""
    return asked(scope) or cookies.value(scope, LANGUAGE)


def remembered(scope: Scope) -> dict[str, str]:
    """The header that keeps a choice made with this request; none without one, or when it is kept already."""
    language = asked(scope)
    if language is None or language == cookies.value(scope, LANGUAGE):
        return {}
    line = cookies.given(LANGUAGE, language, secure=cookies.secure(scope), max_age=_DAYS * 86_400)
    return {"set-cookie": line}


def forgotten(scope: Scope) -> str:
    """The Set-Cookie header after which an account's language holds again."""
    return cookies.taken_back(LANGUAGE, secure=cookies.secure(scope))
