"""The pages of signing in and of the account, each in the states it can be in: template and values by name."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from portal.accounts.own import OwnContact
from portal.accounts.sessions import Browser
from portal.accounts.viewer import NOBODY, Viewer
from portal.kit.forms import Form, Problem
from portal.signin.passkeys import OwnPasskey
from tests.orders.sample_parts import NOW, TODAY

ADA: Final = Viewer(1, 1, frozenset({"x"}), NOW, "en", NOW)
EMPTY: Final[Form[Any]] = Form()
_WRONG: Final[Form[Any]] = Form(
    {"email": "ada"}, {"email": Problem("This is not an e-mail address. It looks like name@example.com.")}
)
_OTHER: Final[Form[Any]] = Form({"order_number": "1001"}, {"hint": Problem("Fill this in.")})
_MISTYPED: Final[Form[Any]] = Form(
    {"code": "123456"}, {"code": Problem("This is not the code. You have one try left.")}
)
_BEGUN: Final = SimpleNamespace(purpose="sign_in", hint=None, email="ada@example.com")
_START: Final[dict[str, Any]] = {"form": EMPTY, "other": EMPTY, "sends": True, "passkey": False, "back": None}
_ACCOUNT: Final[dict[str, Any]] = {
    "form": EMPTY,
    "contacts": [
        OwnContact(1, "email", "ada@example.com", NOW - timedelta(days=40)),
        OwnContact(2, "email", "ada.with.a.rather.long.name@workplace.example.com", NOW - timedelta(days=2)),
    ],
    "browsers": [
        Browser(1, "Firefox, Windows", NOW, NOW, NOW + timedelta(days=90)),
        Browser(2, "Safari, iPhone", NOW, NOW - timedelta(hours=5), NOW + timedelta(days=80)),
        Browser(3, "", NOW, NOW - timedelta(days=5), NOW + timedelta(days=80)),
    ],
    "passkeys": [
        OwnPasskey(1, "Telephone", NOW - timedelta(days=9), NOW - timedelta(hours=3), True, "a", "internal"),
        OwnPasskey(2, "Key on my key ring", NOW - timedelta(days=2), None, False, "b", "usb"),
    ],
    "passkeys_work": True,
    "proven": True,
    "tongues": [("en", "English"), ("fr", "Français")],
    "viewer": ADA,
}
_LETTER: Final = SimpleNamespace(
    to="ada@example.com",
    at=NOW - timedelta(minutes=2),
    subject="123 456 is your code",
    parts=[("Hello,\n\n    123 456\n\n", False), ("http://127.0.0.1/sign-in/link/x", True), ("\n", False)],
)
STORIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "start": ("signin/start.html", _START),
    "start_passkey": ("signin/start.html", {**_START, "passkey": True}),
    "start_silent": ("signin/start.html", {**_START, "sends": False}),
    "start_wrong": ("signin/start.html", {**_START, "form": _WRONG}),
    "start_other": ("signin/start.html", {**_START, "other": _OTHER}),
    "code": ("signin/code.html", {"form": EMPTY, "begun": _BEGUN, "mailbox": True}),
    "code_wrong": ("signin/code.html", {"form": _MISTYPED, "begun": _BEGUN, "mailbox": False}),
    "link": ("signin/link.html", {"address": "a…a@example.com"}),
    "over": ("signin/over.html", {}),
    "wait": ("signin/wait.html", {"minutes": 14}),
    "again": ("signin/again.html", {"address": "ada@example.com", "passkey": True, "back": "/account", "viewer": ADA}),
    "offer": ("account/passkey.html", {"back": "/orders", "offer": True, "label": "Firefox, Windows", "viewer": ADA}),
    "account": ("account/page.html", _ACCOUNT),
    "account_new": (
        "account/page.html",
        {
            **_ACCOUNT,
            "proven": False,
            "passkeys": [],
            "contacts": _ACCOUNT["contacts"][:1],
            "browsers": _ACCOUNT["browsers"][:1],
        },
    ),
    "mailbox": ("mailbox.html", {"letters": [_LETTER]}),
    "mailbox_empty": ("mailbox.html", {"letters": []}),
}
NEED_A_SCRIPT: Final = ("start_passkey", "again", "offer")  # browsers do passkeys by script alone
SHARED: Final[dict[str, Any]] = {"viewer": NOBODY, "query": "", "now": NOW, "today": TODAY}
HOME: Final[dict[str, Any]] = {**SHARED, **_START}
