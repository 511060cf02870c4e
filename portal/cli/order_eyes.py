"""`jalon orders as-customer` and `as-visitor`: an order's page, as its text or as it is sent."""

from __future__ import annotations

import argparse
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from portal.context import Context

_UNSEEN: Final = frozenset({"script", "style", "svg", "head", "template", "nav", "footer", "button"})
_BLOCKS: Final = frozenset(
    {"p", "li", "h1", "h2", "h3", "div", "section", "dt", "dd", "header", "ol", "ul", "summary", "tr"}
)


async def see(args: argparse.Namespace, context: Context, order_id: int) -> int:
    """Print it. What is looked at is noted. Raises NotThere."""
    text = await _page(args, context, order_id)
    print(text if args.html else text_of(text))
    return 0


async def _page(args: argparse.Namespace, context: Context, order_id: int) -> str:
    from uuid import uuid4

    from portal.kit import i18n
    from portal.kit.db import Tx
    from portal.kit.errors import NotThere
    from portal.main import order_pages
    from portal.sharing.public.values import Scope
    from portal.staff.log import note
    from portal.staff.values import Act, Actor, Step

    pages, visitors = order_pages(context)
    locale = i18n.choose([args.lang], None, context.settings.locale)
    now, act = context.clock.now(), Act.SEE_AS_CUSTOMER if args.what == "as-customer" else Act.SEE_AS_VISITOR
    if act is Act.SEE_AS_CUSTOMER:
        text = await pages.preview(order_id, locale, "/staff")
    else:
        view = await visitors.view(order_id, Scope(args.items, args.towns, args.gift), now)
        if view is None:
            raise NotThere(args.order)
        text = visitors.text(view, locale, preview="/staff", languages=())

    async def unit(tx: Tx) -> None:
        await note(tx, now, Actor(), act, Step.DONE, str(uuid4()), order_id=order_id)

    await context.db.write(unit)
    return text


def text_of(page: str) -> str:
    """What a page says, a line for each part of it."""
    reader = _Text()
    reader.feed(page)
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    """Gathers the text between tags that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own
        """Begin a part, or leave one out."""
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS or tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Text is kept as it is."""
        if not self._unseen:
            self.parts.append(data)
