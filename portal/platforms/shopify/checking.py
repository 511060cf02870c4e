"""Whether a shop is connected as it must be, in plain words for whoever connects it. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.platforms.live import Finding, ShopError
from portal.platforms.shopify.admin.address import API_VERSION
from portal.platforms.shopify.admin.client import Admin, Answer
from portal.platforms.shopify.admin.scopes import OLDER, READ, WRITE, lacking
from portal.platforms.shopify.hooks.subscribing import findings as of_hooks, subscriptions
from portal.platforms.shopify.operations import connecting
from portal.platforms.shopify.shape import nodes, part, text


async def checked(admin: Admin, hooks_at: str | None, *, can_verify: bool) -> Sequence[Finding]:
    """Every finding. What Shopify does not answer is one, and ends the check."""
    found: list[Finding] = []
    try:
        about = await admin.ask(connecting.ABOUT)
        found += [_of_shop(about, admin.address.shop), *_of_scopes(about), _of_version(about)]
        found += _of_protected(await admin.ask(connecting.PROTECTED))
        found += await _of_deliveries(admin, hooks_at, can_verify=can_verify)
    except ShopError as wrong:
        found.append(Finding(wrong.message, ok=False, fix=_FIXES.get(wrong.kind, "try again later"), grave=True))
    return found


_FIXES = {
    "credentials": "check JALON_PLATFORM_SHOPIFY_DOMAIN and the token, or the client id and secret",
    "scope": "add the scope to the app and install it anew",
}


def _good(what: str) -> Finding:
    return Finding(what, ok=True)


def _bad(what: str, fix: str, *, grave: bool = False) -> Finding:
    return Finding(what, ok=False, fix=fix, grave=grave)


def _of_shop(about: Answer, shop: str) -> Finding:
    told = part(about.data, "shop")
    name, domain = text(told, "name") or shop, (text(told, "myshopifyDomain") or "").lower()
    app = text(part(part(about.data, "currentAppInstallation"), "app"), "title") or "the app"
    if domain == shop:
        return _good(f"{name} ({shop}) answers, as {app}")
    return _bad(
        f"the credentials are those of {domain or 'another shop'}",
        "JALON_PLATFORM_SHOPIFY_DOMAIN has to be the shop that the app is installed in",
        grave=True,
    )


def _of_scopes(about: Answer) -> Iterator[Finding]:
    scopes = nodes(part(about.data, "currentAppInstallation"), "accessScopes")
    granted = [text(scope, "handle") or "" for scope in scopes]
    for needed, what in ((READ, "orders can be read"), (WRITE, "orders can be changed from here")):
        missing = lacking(needed, granted)
        for scope in missing:
            fix = f"add {scope} to the app's scopes, release it and install it anew"
            yield _bad(f"scope {scope} is missing: {needed[scope]}", fix, grave=True)
        if not missing:
            yield _good(f"scopes: {what}")
    if OLDER not in granted:
        yield _bad("orders older than 60 days cannot be read", f"ask Shopify for {OLDER}, if you want them here")


def _of_version(about: Answer) -> Finding:
    versions = {text(one, "handle"): one.get("supported") is True for one in nodes(about.data, "publicApiVersions")}
    if about.version not in (None, API_VERSION):
        what = f"Shopify answers with version {about.version} of its API, not with {API_VERSION}"
        return _bad(what, "update this program: Shopify no longer serves the version that it speaks")
    if versions and not versions.get(API_VERSION, False):
        return _bad(f"Shopify does not support version {API_VERSION} of its API", "update this program", grave=True)
    return _good(f"version {API_VERSION} of the API")


def _of_protected(probe: Answer) -> Iterator[Finding]:
    withheld = sorted({failure.path[-1] for failure in probe.failures if failure.is_protected and failure.path})
    if withheld:
        yield _bad(
            f"Shopify withholds who ordered ({', '.join(withheld)}): orders are found by number and link only",
            "ask for protected customer data in the app's settings: name, address, e-mail and phone. Shops get them on "
            "the plan Grow or above",
        )
    elif nodes(part(probe.data, "orders"), "nodes"):
        yield _good("who ordered can be read")


async def _of_deliveries(admin: Admin, hooks_at: str | None, *, can_verify: bool) -> list[Finding]:
    if not can_verify:
        fix = "set JALON_PLATFORM_SHOPIFY_CLIENT_SECRET, the secret of the app"
        return [_bad("nothing tells Shopify's deliveries from anybody else's: none are taken", fix)]
    if hooks_at is None:
        fix = "give it an address that begins with https:// (JALON_BASE_URL)"
        return [_bad("Shopify cannot reach this portal: changes are noticed by asking", fix)]
    return of_hooks(await subscriptions(admin), hooks_at)
