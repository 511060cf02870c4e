"""`jalon hooks`: where carriers are to push to, what to enter at each, and how it goes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from carriers.core.contract import Manifest
    from portal.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    parser.add_argument("carrier", nargs="?", metavar="CARRIER", help="only this one, with what to do")
    parser.add_argument("--json", action="store_true", help="print it for programs")
    parser.add_argument(
        "--new-secret", action="store_true", help="print a secret that is good for any of them, and end"
    )


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start

    if args.new_secret:
        import secrets

        print(secrets.token_hex(16))  # 32 characters: as many as USPS wants, and letters nobody refuses
        return 0
    with start():
        found = asyncio.run(_hooks(settings_from()))
        chosen = [hook for hook in found if args.carrier in (None, hook["carrier"])]
        if not chosen:
            return fail(f"{args.carrier} does not push, or cannot prove that it does; `jalon hooks` lists who can", 2)
        if args.json:
            import json

            print(json.dumps(chosen, indent=2))
        else:
            print("\n\n".join(_lines(hook) for hook in chosen))
            _warn(chosen)
    return 0


async def _hooks(settings: Settings) -> list[dict[str, Any]]:
    import carriers
    from portal.context import opened
    from portal.tracking.hooks import address, heard, receivers

    async with opened(settings) as context:
        ready = receivers(context)
        counts = await heard(context)
        manifests = [carrier.manifest for carrier in carriers.all() if carrier.manifest.push is not None]
        return [
            _hook(m, address(settings.base_url, m.slug), m.slug in ready, counts.get(m.slug, {})) for m in manifests
        ]


def _hook(manifest: Manifest, address: str, ready: bool, counts: dict[str, Any]) -> dict[str, Any]:
    from carriers.core.accounts import variable

    push = manifest.push
    return {
        "carrier": manifest.slug,
        "label": manifest.label,
        "address": address,
        "ready": ready,
        "secret": variable(manifest, push.secrets[0]) if push is not None else None,
        "proof": push.proof if push is not None else None,
        "set_up": push.set_up if push is not None else None,
        "pushes": counts.get("pushes", 0),
        "waiting": counts.get("waiting", 0),
        "unreadable": counts.get("unreadable", 0),
        "newest": counts["newest"].isoformat() if counts.get("newest") else None,
        "subscribed": counts.get("subscribed", 0),
        "refused": counts.get("refused", 0),
    }


def _lines(hook: dict[str, Any]) -> str:
    lines = [
        f"{hook['label']} ({hook['carrier']})",
        f"  {hook['address']}",
        f"  {hook['set_up']}",
        f"  {hook['proof']}",
    ]
    if not hook["ready"]:
        return "\n".join([*lines, f"  Off: set {hook['secret']}."])
    heard = "  Nothing yet."
    if hook["pushes"]:
        heard = (
            f"  {hook['pushes']} in three days, the newest at {hook['newest']}; {hook['waiting']} still to be merged"
        )
        heard += f", {hook['unreadable']} unreadable." if hook["unreadable"] else "."
    told = f"  Subscribed to {hook['subscribed']} parcels, {hook['refused']} refused." if hook["subscribed"] else ""
    return "\n".join(line for line in [*lines, heard, told] if line)


def _warn(hooks: list[dict[str, Any]]) -> None:
    if any(hook["ready"] and not hook["address"].startswith("https://") for hook in hooks):
        print("\nJALON_BASE_URL is no https address: carriers will not push to it.", file=sys.stderr)
