"""`jalon policy`: what customers may change: checked, tried on past orders, published, shown."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from portal.editing.policies import Published
    from portal.editing.policy.reading import Format, Read
    from portal.settings import Settings

_EPILOG: Final = """\
examples:
  jalon policy example > policy.toml
  jalon policy check policy.toml
  jalon policy replay policy.toml --since 2026-10-01 --after 30m
  jalon policy publish policy.toml --note "Christmas"
  jalon policy show
  jalon policy show --version 3 > policy.toml
  jalon policy show --list

Files are TOML or YAML (.toml, .yaml, .yml). How to write one, and what every member means: docs/policies.md.

exit status: 0 fine, 1 it is no policy or there is none, 2 wrong usage or a file that cannot be read
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which policy."""
    from portal.cli.policy_replay import arguments as replay

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    acts = parser.add_subparsers(dest="what", metavar="WHAT", required=True, title="what to do")
    check = acts.add_parser("check", help="say what is wrong with a file, what is odd, and what it means")
    check.add_argument("file", metavar="FILE", help="the policy, .toml or .yaml")
    check.add_argument("--strict", action="store_true", help="what is odd counts as wrong")
    check.add_argument("--json", action="store_true", help="print faults and remarks for programs")
    replay(acts.add_parser("replay", help="say what it would have done with past orders"))
    publish = acts.add_parser("publish", help="put it in force, at once and everywhere")
    publish.add_argument("file", metavar="FILE", help="the policy, .toml or .yaml")
    publish.add_argument("--note", default="", metavar="TEXT", help="why, for whoever reads the list")
    publish.add_argument("--by", metavar="NAME", help="who publishes it (the name of this login)")
    show = acts.add_parser("show", help="print the policy in force, as it was written")
    show.add_argument("--version", type=int, metavar="N", help="another version; 0 is the standard policy")
    show.add_argument("--list", action="store_true", help="all versions instead")
    acts.add_parser("example", help="print a file with every member, to begin with")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    match args.what:
        case "example":
            from portal.editing.policy.example import EXAMPLE

            sys.stdout.write(EXAMPLE)
            return 0
        case "check":
            return _check(args)
        case "publish":
            return _publish(args)
        case "replay":
            from portal.cli.policy_replay import run as replay

            return replay(args)
        case _:
            return _show(args)


def text_of(name: str) -> tuple[str, Format]:
    """The text of a policy's file. Raises SystemExit(2) when it cannot be read, or is of a kind that is not known."""
    from portal.cli.process import fail
    from portal.editing.policy.reading import FORMATS

    format_ = FORMATS.get(Path(name).suffix.lower())
    if format_ is None:
        raise SystemExit(fail(f"{name}: a policy is a file that ends in {', '.join(FORMATS)}.", 2))
    try:
        return Path(name).read_text(encoding="utf-8-sig"), format_
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise SystemExit(fail(f"cannot read {name}: {why}.", 2)) from None


def read_file(name: str) -> Read:
    """The policy in a file. Raises SystemExit(1), with all faults on standard error."""
    from portal.editing.policy.reading import InvalidPolicy, read_policy

    text, format_ = text_of(name)
    try:
        return read_policy(text, format_)
    except InvalidPolicy as wrong:
        for fault in wrong.faults:
            print(f"{name}:{fault}", file=sys.stderr)
        raise SystemExit(1) from None


def _check(args: argparse.Namespace) -> int:
    from portal.editing.policy.reading import InvalidPolicy, read_policy
    from portal.editing.policy.standard import standard_document
    from portal.editing.policy.summary import summary

    text, format_ = text_of(args.file)
    try:
        read = read_policy(text, format_)
    except InvalidPolicy as wrong:
        if args.json:
            _print_json([_told(fault.line, fault.member, fault.message) for fault in wrong.faults], [])
        else:
            print("\n".join(f"{args.file}:{fault}" for fault in wrong.faults))
        return 1
    remarks = _remarks(read)
    if args.json:
        _print_json([], [_told(*remark) for remark in remarks])
    else:
        count = {0: "nothing to remark", 1: "1 remark"}.get(len(remarks), f"{len(remarks)} remarks")
        print(f"{args.file}: this is a policy, {count}.")
        told = [f"{args.file}:{line}: {member}: {said}" for line, member, said in remarks]
        print("\n".join([*told, "", *summary(read.document, standard_document())]))
    return 1 if remarks and args.strict else 0


def _remarks(read: Read) -> list[tuple[int, str, str]]:
    """Line, member and text of all that is odd, by line."""
    from portal.editing.policy.review import review
    from portal.kit.clock import SystemClock
    from portal.platforms.members import name_of

    found = review(read.document, SystemClock().now())
    return sorted((read.line(path), name_of(path), said) for path, said in found)


def _told(line: int, member: str, message: str) -> dict[str, Any]:
    return {"line": line, "member": member, "message": message}


def _print_json(faults: list[dict[str, Any]], remarks: list[dict[str, Any]]) -> None:
    print(json.dumps({"policy": not faults, "faults": faults, "remarks": remarks}, ensure_ascii=False, indent=2))


def _publish(args: argparse.Namespace) -> int:
    from portal.cli.process import settings_from, start

    read = read_file(args.file)
    for line, member, said in _remarks(read):
        print(f"{args.file}:{line}: {member}: {said}", file=sys.stderr)
    text, format_ = text_of(args.file)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        made = asyncio.run(_put(settings, text, format_, args.by or _login(), args.note))
    if made is None:
        print("This very policy is in force already; nothing was changed.")
        return 0
    print(f"Version {made.number} is in force.")
    return 0


async def _put(settings: Settings, text: str, format_: Format, by: str, note: str) -> Published | None:
    from portal.context import opened
    from portal.editing import policies
    from portal.kit.db import Tx

    async with opened(settings, accounts={}) as context:
        now = context.clock.now()

        async def unit(tx: Tx) -> Published | None:
            return await policies.publish(tx, now, text, format_, by, note)

        return await context.db.write(unit)


def _login() -> str:
    """The name of this login, where there is one: in a container there may be none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _show(args: argparse.Namespace) -> int:
    from portal.cli.process import fail, settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        found = asyncio.run(_read(settings, args.version, all_=args.list))
    if args.list:
        print("\n".join(_line(version) for version in found))
        return 0
    if not found:
        return fail(f"there is no version {args.version}: `jalon policy show --list` names them.")
    print(_line(found[0]), file=sys.stderr)
    sys.stdout.write(found[0].text)
    return 0


async def _read(settings: Settings, number: int | None, *, all_: bool) -> list[Published]:
    from portal.context import opened
    from portal.editing import policies

    async with opened(settings, accounts={}) as context, context.db.read() as reader:
        if all_:
            return [*await policies.history(reader), policies.STANDARD_PUBLISHED]
        wanted = await policies.current(reader) if number is None else await policies.numbered(reader, number)
        return [wanted] if wanted else []


def _line(version: Published) -> str:
    if version.published_at is None:
        return "version 0: the standard policy"
    parts = [f"version {version.number}", f"since {version.published_at:%Y-%m-%d %H:%M} UTC"]
    parts += [f"by {version.published_by}"] if version.published_by else []
    return ", ".join(parts) + (f": {version.note}" if version.note else "")
