"""Every address of signing in and of the account."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from portal.signin import passkeys
from portal.signin.account import Account
from portal.signin.desk import Desk
from portal.signin.pages import SignIn
from portal.signin.passkey_pages import Passkeys


def routes(desk: Desk, orders: Sequence[object] = ()) -> list[BaseRoute]:
    """The routes; those about passkeys only where passkeys work. `orders`: what the home page of the
    demonstration lists."""
    sign_in, account = SignIn(desk, orders), Account(desk)
    found: list[BaseRoute] = [
        Route("/", sign_in.home, methods=["GET"]),
        Route("/sign-in", sign_in.start, methods=["GET", "POST"]),
        Route("/sign-in/code", sign_in.code, methods=["GET", "POST"]),
        Route("/sign-in/resend", sign_in.resend, methods=["POST"]),
        Route("/sign-in/link/{token}", sign_in.link, methods=["GET", "POST"]),
        Route("/sign-in/again", sign_in.again, methods=["GET", "POST"]),
        Route("/sign-out", sign_in.leave, methods=["POST"]),
        Route("/account", account.home, methods=["GET"]),
        Route("/account/contacts", account.add_contact, methods=["POST"]),
        Route("/account/contacts/{id:int}/remove", account.remove_contact, methods=["POST"]),
        Route("/account/sessions/end", account.end_sessions, methods=["POST"]),
        Route("/account/sessions/{id:int}/end", account.end_session, methods=["POST"]),
        Route("/account/language", account.language, methods=["POST"]),
    ]
    place = passkeys.place(desk.context.settings)
    return found + (_about_passkeys(Passkeys(desk, place)) if place is not None else [])


def _about_passkeys(pages: Passkeys) -> list[BaseRoute]:
    return [
        Route("/sign-in/passkey/options", pages.challenge, methods=["POST"]),
        Route("/sign-in/passkey", pages.use, methods=["POST"]),
        Route("/account/passkeys/new", pages.new, methods=["GET"]),
        Route("/account/passkeys/options", pages.invite, methods=["POST"]),
        Route("/account/passkeys", pages.add, methods=["POST"]),
        Route("/account/passkeys/{id:int}/remove", pages.remove, methods=["POST"]),
        Route("/account/passkeys/{id:int}/name", pages.rename, methods=["POST"]),
    ]
