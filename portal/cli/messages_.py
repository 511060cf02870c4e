"""`jalon messages`: what the shop tells customers on their pages."""

from __future__ import annotations

import argparse
import asyncio
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.notices.values import Notice
    from portal.settings import Settings

_EPILOG = """\
examples:
  jalon messages add winter --text "Orders of 24 December leave on the 27th." --text fr="Les commandes …" --tone wait
  jalon messages add strike --text "A strike is on." --carrier laposte --status in_transit --until 2026-12-03T20:00Z
  jalon messages import messages.toml --only
  jalon messages preview winter
  jalon messages remove winter

With --carrier a message stands at the parcels of that carrier, else at the top of the page. --status takes an order's
state or a parcel's milestone. Rich text (--rich) may hold paragraphs, emphasis, lists and links; all else is taken off.
Visitors of a shared page read it only with --public. What a file holds: docs/messages.md.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which message."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("what", choices=["add", "list", "remove", "preview", "import"], help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the message, or the file to import (.toml, .json)")
    parser.add_argument("--text", action="append", default=[], metavar="[LANG=]TEXT", help="once for each language")
    parser.add_argument("--rich", action="store_true", help="the text is HTML")
    parser.add_argument("--tone", default="calm", choices=["calm", "good", "wait", "alert"], help="its colour (calm)")
    for flag, about in (
        ("shop", "for its orders"),
        ("status", "while it is so"),
        ("carrier", "for its parcels"),
    ):
        parser.add_argument(f"--{flag}", action="append", default=[], metavar="X", help=f"{about}; may be repeated")
    parser.add_argument("--from", dest="starts", metavar="MOMENT", help="from when (ISO 8601 with an offset)")
    parser.add_argument("--until", dest="ends", metavar="MOMENT", help="until when")
    parser.add_argument("--public", action="store_true", help="visitors of shared pages read it too")
    parser.add_argument("--only", action="store_true", help="import: take away what is not in the file")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start

    if args.what != "list" and not args.name:
        return fail(f"`jalon messages {args.what}` wants a {'file' if args.what == 'import' else 'name'}.", 2)
    with start():
        settings = settings_from()
        try:
            notices = _given(args, settings.locale)
        except (ValueError, OSError) as problem:
            return fail(_said(problem), 2)
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_do(args, settings, notices))


def _given(args: argparse.Namespace, language: str) -> list[Notice]:
    """The messages that were written down. Raises ValueError and OSError."""
    from portal.notices.document import document, documents

    if args.what == "import":
        content = Path(args.name).read_text(encoding="utf-8")
        parsed = tomllib.loads(content) if args.name.endswith(".toml") else json.loads(content)
        return [each.notice() for each in documents(parsed, language)]
    if args.what != "add":
        return []
    entry = {
        "name": args.name,
        "text": dict(_texts(args.text, language)),
        "rich": args.rich,
        "tone": args.tone,
        "shops": args.shop,
        "statuses": args.status,
        "carriers": args.carrier,
        "from": args.starts,
        "until": args.ends,
        "public": args.public,
    }
    return [document(entry, language).notice()]


def _texts(given: list[str], language: str) -> list[tuple[str, str]]:
    pairs = []
    for text in given:
        code, found, rest = text.partition("=")
        named = bool(found) and len(code) == 2 and code.isalpha() and code.islower()
        pairs.append((code, rest) if named else (language, text))
    return pairs


def _said(problem: Exception) -> str:
    from pydantic import ValidationError

    if not isinstance(problem, ValidationError):
        return str(problem)
    faults = (
        (".".join(str(part) for part in fault["loc"]), fault["msg"].removeprefix("Value error, "))
        for fault in problem.errors()
    )
    return "; ".join(f"{where}: {what}" if where else what for where, what in faults)


async def _do(args: argparse.Namespace, settings: Settings, notices: list[Notice]) -> int:
    from portal.cli.process import fail
    from portal.context import opened
    from portal.kit.db import Tx
    from portal.notices import store

    async with opened(settings, accounts={}) as context:
        now = context.clock.now()
        if args.what in ("list", "preview"):
            async with context.db.read() as reader:
                known = (await store.board(reader)).notices
            if args.what == "list":
                print("\n".join(_line(notice, now) for notice in known) or "No messages.")
                return 0
            notice = next((notice for notice in known if notice.name == args.name), None)
            if notice is None:
                return fail(f"there is no message {args.name!r}.")
            print(_line(notice, now))
            print("\n".join(f"\n[{language}]\n{text}" for language, text in notice.texts.items()))
            return 0

        async def unit(tx: Tx) -> int:
            if args.what == "remove":
                return int(await store.remove(tx, args.name))
            return await store.put(tx, now, notices, only=args.only)

        done = await context.db.write(unit)
    if args.what == "remove":
        return 0 if done else fail(f"there is no message {args.name!r}.")
    print(f"{len(notices)} message{'' if len(notices) == 1 else 's'} kept" + (f", {done} taken away." if done else "."))
    return 0


def _line(notice: Notice, now: Any) -> str:
    about = [
        f"{name}: {', '.join(sorted(values))}"
        for name, values in (("shop", notice.shops), ("status", notice.statuses), ("carrier", notice.carriers))
        if values
    ]
    times = [
        f"{word} {moment:%Y-%m-%d %H:%M %Z}"
        for word, moment in (("from", notice.starts_at), ("until", notice.ends_at))
        if moment is not None
    ]
    place = "at the parcel" if notice.carriers else "at the top"
    shown = "shown" if notice.holds(now) else "not shown now"
    seen = "customers and visitors" if notice.public else "customers"
    words = [shown, place, f"to {seen}", "in " + ", ".join(notice.texts), *about, *times]
    return f"{notice.name}  {'; '.join(words)}"
