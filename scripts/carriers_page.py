"""Writes docs/carriers.md from the manifests themselves: `make docs`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import carriers
from carriers.core.accounts import variable
from carriers.core.contract import Credential, Gives, Manifest, Proves, Push, Quality, Quota, Subscribes, Times
from carriers.core.links import BRANDS

PAGE = Path(__file__).resolve().parent.parent / "docs/carriers.md"

HEAD = """# Carriers

Written by `make docs` from the manifests in `carriers/*/adapter.py`; a test compares the two. "Not known" means that
we looked and found nothing to rely on.

`carriers/` is a library of its own: tracking numbers, credentials and an HTTP client go in, reports come out. It knows
nothing of the portal and no database. Each carrier is one folder; [adding one](adding-a-carrier.md) changes no
existing file.

    export JALON_CARRIER_LAPOSTE_API_KEY=…            # or JALON_CARRIER_LAPOSTE_API_KEY_FILE=/run/secrets/laposte
    jalon track laposte 6A12345678901
    jalon track ups --response answer.json            # read a recorded answer, ask nobody
    jalon carriers                                    # what there is, and what still has to be set (--json: all)

Variables are `JALON_CARRIER_<SLUG>_<NAME>`, each also as `…_FILE` with a path; `JALON_CARRIER_<SLUG>_API` points at
another base URL, such as a vendor's test system. A carrier that wants no credentials is asked once its `…_API` is set.

## What an adapter promises

- `parse` is pure and never raises: whatever the body, it gives answers. HTML, half a body or a wrong shape is `Failed`
  with kind `server`. `track` gives exactly one answer per request, in the order asked.
- An answer is `Found`, `NotFound` (normal for hours after a label is made) or `Failed`; an error carries its policy
  (`kind`, `retryable`, `retry_after`), so nobody reads texts to decide what to do.
- A code that is not in the adapter's table is `Milestone.UNKNOWN` and listed in `unknown_codes`; it moves nothing and
  is never guessed. `jalon codes unknown` lists what came, `jalon replay` applies a mended table to the past.
- A time has an offset only if the carrier gave one. A local time stays local: no zone is invented, least of all UTC.
- The carrier's own current status wins where it states one; otherwise the newest scan that says something decides.
- Texts, names, signatures and photos are private data, shown to the order's owner only.

"""

AFTER_TABLE = """
Proven by: *vendor's samples* are answers the vendor prints in its specification, *recordings* are answers that others
recorded, *nothing yet* means written from the specification alone. All of them stand beside our own samples in the
tests.

"""

TAIL = """
## Pigeon Vole

`carriers/demo/server.py` plays a carrier over real HTTP. A tracking number holds the parcel's story, its start, the
time it has already lived and a seed, so the server keeps no state and a restart changes nothing:

    from carriers.demo import STORIES, number_for, number_reaching
    from carriers.demo.server import app                 # app(speed, clock) is an ASGI application

    number_for("delayed", seed=7, started=now)           # begins now
    number_reaching("pickup", "D30", seed=7, now=now)    # waits at the pickup point, with a past of days

After its start a parcel moves `speed` times faster than life. `fault=` makes the server misbehave: a page instead of
JSON, 429 with Retry-After, 500, no answer, half an answer.
"""

_PROVEN = {
    Quality.VENDOR_SAMPLES: "vendor's samples",
    Quality.RECORDINGS: "recordings",
    Quality.UNVERIFIED: "nothing yet",
}
_TIMES = {
    Times.OFFSET: "with offset",
    Times.MIXED: "some with offset, some local",
    Times.LOCAL: "local, zone unknown",
}
_GIVES = {
    Gives.PLACES: "places",
    Gives.COORDINATES: "coordinates",
    Gives.ESTIMATE: "the expected day",
    Gives.WINDOW: "a window in it",
    Gives.SIGNER: "who received it",
    Gives.PICKUP_POINT: "the pickup point",
}
_PER = {"per_second": "a second", "per_minute": "a minute", "per_hour": "an hour", "per_day": "a day"}


def page() -> str:
    """The whole page, as Markdown."""
    known = [carrier.manifest for carrier in carriers.all()]
    return "".join([HEAD, _table(known), AFTER_TABLE, *(_section(manifest) for manifest in known), _links(), TAIL])


def _table(known: Iterable[Manifest]) -> str:
    rows = [
        f"| [`{m.slug}`](#{m.slug}) | {m.label} | {m.batch_size} | {_limit(m.quota)} | {_TIMES[m.times]} "
        f"| {'yes' if m.push else 'none'} | {_PROVEN[m.quality]} |\n"
        for m in known
    ]
    head = "| Slug | Asks | Numbers a call | Limit of an account | Times | Push | Proven by |\n"
    return f"## All of them\n\n{head}{'|---' * 7}|\n{''.join(rows)}"


def _limit(quota: Quota) -> str:
    parts = [f"{value:g} {_PER[name]}" for name, value in asdict(quota).items() if name in _PER and value]
    tokens = ", calls for tokens included" if asdict(quota).get("counts_tokens") else ""
    return ", ".join(parts) + tokens if parts else "not published"


def _section(manifest: Manifest) -> str:
    lines = [
        ("Tells", ", ".join(_GIVES[what] for what in Gives if what in manifest.gives) or "events only"),
        ("Proof of delivery", _proof(manifest)),
        ("Needs", _fields(manifest.required_fields) or "the number"),
        ("Better with", _fields(manifest.better_with)),
        ("Times", _TIMES[manifest.times]),
        ("Numbers a call", str(manifest.batch_size)),
        ("Limit of an account", _limit(manifest.quota)),
        ("Push", _push(manifest)),
        ("Remembers", f"{manifest.retention_days} days" if manifest.retention_days else "not known how long"),
        ("Terms", manifest.terms or "none known that matter here"),
        ("Without an account", _instead(manifest)),
        (
            "Customers' page",
            f"`{manifest.tracking_page}`" if manifest.tracking_page else "none that takes a number alone",
        ),
        ("Proven by", _PROVEN[manifest.quality]),
        ("Vendor's documentation", f"<{manifest.docs}>" if manifest.docs else "none"),
    ]
    facts = "".join(f"- {name}: {text}\n" for name, text in lines if text)
    return f"## {manifest.slug}\n\n{manifest.label}.\n\n{facts}{_credentials(manifest)}\n"


def _proof(manifest: Manifest) -> str:
    """Whether documents that the carrier hands out are read."""
    return "documents are read" if isinstance(carriers.get(manifest.slug), Proves) else ""


def _fields(names: Iterable[str]) -> str:
    return ", ".join(f"the {name}" for name in names)


def _push(manifest: Manifest) -> str:
    push: Push | None = manifest.push
    if push is None:
        return "none"
    each = isinstance(carriers.get(manifest.slug), Subscribes) and push.subscribe_size
    subscribing = f" Subscribed to by itself, {push.subscribe_size} in a call." if each else ""
    return f"`/hooks/carriers/{manifest.slug}`. {_sentence(push.proof)} {_sentence(push.set_up)}{subscribing}"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _instead(manifest: Manifest) -> str:
    return f"asked at {', '.join(f'`{slug}`' for slug in manifest.instead)}" if manifest.instead else ""


def _credentials(manifest: Manifest) -> str:
    rows = [_credential(manifest, credential) for credential in manifest.credentials]
    if not rows:
        return f"\nNo credentials; asked once `{variable(manifest, 'api')}` is set (`{manifest.api}`).\n"
    return f"\n| Variable | | |\n|---|---|---|\n{''.join(rows)}"


def _credential(manifest: Manifest, credential: Credential) -> str:
    need = "required" if credential.required else "optional"
    return f"| `{variable(manifest, credential.name)}` | {need} | {credential.help} |\n"


def _links() -> str:
    linked = ", ".join(sorted((brand.label for brand in BRANDS if brand.page is not None), key=str.lower))
    return f"""## Only linked to

Nothing is asked of these, and the order page says so and leads to the carrier's own page for the number: {linked}.
A brand that an adapter answers for (Colissimo: La Poste) is asked there. They are rows in `carriers/core/links.py`.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
