"""What is secret or somebody's own is in no line of any log, at the finest level, whatever happens."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from carriers import Account
from carriers.core.pushing import SECRET as SECRET_NAME
from portal.context import Context
from portal.kit.log import OneLine
from portal.orders.links import make_link
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from portal.worker import run_due
from tests.privacy.story import ADA, WORDS, found, opened, posting
from tests.support.mail_sink import Sink, sink
from tests.support.pushes import SECRET
from tests.support.visit import NAVIGATION, Visit
from tests.support.web import site

_SECRET_PATHS = re.compile(r"/(?:sign-in/link|s|o|calendar)/([\w-]{20,})")


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that is logged inside the block, by anybody but the tests' own mail server, with its tracebacks."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(lambda record: record.name != "mail.log")
    root, named = logging.getLogger(), logging.getLogger("jalon")
    before = root.level, named.level
    others = root.handlers[:]  # a command that was tried in this process may have left one on a stream that is closed
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG)
    named.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.handlers[:] = others
        root.setLevel(before[0])
        named.setLevel(before[1])


async def posted(context: Context, taken: Sink) -> str:
    """Do what is due; the newest message."""
    while await run_due(context):
        pass
    return taken.texts()[-1]


async def lived(context: Context, taken: Sink) -> set[str]:
    """A customer's day, with all that goes wrong in it; returns the secrets that were used."""
    account = Account("ups", {"api_key": "an invented key", SECRET_NAME: SECRET}, "http://127.0.0.1:9")
    context = replace(posting(context, taken.port), accounts={"ups": account})
    shop = await opened(context)
    where = site(context)
    visit = Visit(where)
    secrets = {SECRET}
    await visit.send("/sign-in", {"email": ADA})
    letter = await posted(context, taken)
    (token,) = _SECRET_PATHS.findall(letter)
    code = "".join(re.findall(r"\b\d{3}\b", letter)[:2])
    secrets |= {token, code, f"{code[:3]} {code[3:]}", *visit.jar.values()}
    await visit.ask(f"/sign-in/link/{token}")
    await visit.send("/sign-in/code", {"code": "000000"})
    await visit.send("/sign-in/code", {"code": code})
    secrets |= set(visit.jar.values())
    for url in (
        await make_link(context, 1),
        await make_share_link(context, 1, Wish(Scope(), opens=2), Maker(person_id=1)),
    ):
        path = url.removeprefix(context.settings.base_url)
        secrets.add(path.rpartition("/")[2])
        guest = Visit(where)
        for asked in (path, f"{path}/nowhere", f"{path}?email={ADA}"):
            await guest.ask(asked, **NAVIGATION)
        secrets |= set(guest.jar.values())
    pushed = f'{{"trackingNumber": "6A70417704175", "to": "{ADA}"}}'
    for given in ({"credential": SECRET}, {"credential": "wrong"}, {}):
        await where.ask("/hooks/carriers/ups", "POST", body=pushed, content_length=str(len(pushed)), **given)
    for path in ("/account/data", "/account/data.json", f"/nowhere/{ADA}?token={token}", "/account/erase"):
        await visit.ask(path)
    taken.refuse = f"550 no such user <{ADA}>"
    await visit.send("/sign-in/again", {})
    await posted(context, taken)
    taken.refuse = ""
    await shop.ada.send("/account/erase", {"sure": "on"})
    await posted(context, taken)
    return secrets


async def test_no_line_holds_a_secret_or_a_word_of_the_customer(
    any_context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening() as heard, sink() as taken:
        secrets = await lived(any_context, taken)
    text = heard.getvalue() + "".join(capsys.readouterr())
    assert "was refused" in text  # what went wrong is there
    assert len(secrets) > 8
    assert [secret for secret in secrets if secret and secret in text] == []
    assert found(text) == set()
    assert not re.search(r"[\w.]+@(?:example|workplace)", text)


async def test_the_listening_can_fail() -> None:
    with listening() as heard:
        logging.getLogger("jalon.mail").debug("to %s", ADA)
        logging.getLogger("anybody").info("signed by %s", WORDS["signature"])
    assert found(heard.getvalue()) == {"e-mail", "signature"}
