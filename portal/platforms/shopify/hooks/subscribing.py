"""Which topics Shopify delivers to us: what is missing is added, what is doubled or wrong and ours is taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from portal.platforms.live import Finding
from portal.platforms.shopify.admin.address import API_VERSION
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.hooks.topics import SUBSCRIBED, enumerated
from portal.platforms.shopify.operations import connecting
from portal.platforms.shopify.shape import nodes, part, text


@dataclass(frozen=True, slots=True)
class Subscription:
    """One of the app's subscriptions. `whole`: in JSON, unfiltered, with every member."""

    id: str
    topic: str
    uri: str
    whole: bool
    version: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is there as it must be, what is missing (topics), and what has to go."""

    kept: Sequence[Subscription]
    missing: Sequence[str]
    wrong: Sequence[Subscription]


async def subscriptions(admin: Admin) -> list[Subscription]:
    """All that this app has in the shop. Raises ShopError."""
    found: list[Subscription] = []
    after: str | None = None
    while True:
        listed = part((await admin.ask(connecting.HOOKS, after=after)).data, "webhookSubscriptions")
        found += [_subscription(node) for node in nodes(listed, "nodes")]
        page = part(listed, "pageInfo")
        after = text(page, "endCursor")
        if page.get("hasNextPage") is not True or after is None:
            return found


def plan_for(found: Sequence[Subscription], hooks_at: str) -> Plan:
    """What has to be done for every topic to come to `hooks_at` once. What goes to other hosts is left alone."""
    wanted = {enumerated(topic): topic for topic in SUBSCRIBED}
    kept: dict[str, Subscription] = {}
    wrong: list[Subscription] = []
    for one in found:
        if urlsplit(one.uri).netloc != urlsplit(hooks_at).netloc:
            continue
        if one.uri == hooks_at and one.whole and one.topic in wanted and one.topic not in kept:
            kept[one.topic] = one
        else:
            wrong.append(one)
    return Plan(list(kept.values()), [topic for name, topic in wanted.items() if name not in kept], wrong)


async def subscribe(admin: Admin, hooks_at: str) -> list[Finding]:
    """Carry the plan out, what has to go first: a topic goes to an address once. Raises ShopError; topics that Shopify
    refuses are findings."""
    plan = plan_for(await subscriptions(admin), hooks_at)
    refused: list[Finding] = []
    for one in plan.wrong:
        answer = await admin.ask(connecting.REMOVE_HOOK, id=one.id)
        refused += _refusals(part(answer.data, "webhookSubscriptionDelete"), f"webhook {one.topic} to {one.uri}")
    for topic in plan.missing:
        answer = await admin.ask(connecting.ADD_HOOK, topic=enumerated(topic), uri=hooks_at)
        refused += _refusals(part(answer.data, "webhookSubscriptionCreate"), f"webhook {topic}")
    return refused or [Finding(f"webhooks: {len(SUBSCRIBED)} topics come to {hooks_at}", ok=True)]


def findings(found: Sequence[Subscription], hooks_at: str) -> list[Finding]:
    """Whether they are as they must be, for whoever checks."""
    plan = plan_for(found, hooks_at)
    told = []
    if plan.missing:
        what = f"webhooks: {len(plan.missing)} of {len(SUBSCRIBED)} topics are not subscribed to"
        told.append(Finding(what, ok=False, fix=f"have them added: {', '.join(plan.missing)}"))
    if plan.wrong:
        what = f"webhooks: {len(plan.wrong)} of ours are doubled or wrong"
        told.append(Finding(what, ok=False, fix="have them put right: some deliveries come twice, or not at all"))
    versions = sorted({one.version for one in plan.kept if one.version and one.version != API_VERSION})
    if versions:
        what = f"webhooks come in version {', '.join(versions)} of the API"
        told.append(Finding(what, ok=False, fix=f"set the app's webhooks to {API_VERSION}, in its settings"))
    return told or [Finding(f"webhooks: all {len(SUBSCRIBED)} topics are subscribed to", ok=True)]


def _subscription(node: Mapping[str, Any]) -> Subscription:
    whole = node.get("format") == "JSON" and not node.get("filter") and not node.get("includeFields")
    own, topic, uri = (text(node, name) or "" for name in ("id", "topic", "uri"))
    return Subscription(own, topic, uri, whole, text(part(node, "apiVersion"), "handle"))


def _refusals(given: Mapping[str, Any], what: str) -> list[Finding]:
    said = "; ".join(text(error, "message") or "" for error in nodes(given, "userErrors"))
    return (
        [Finding(f"{what}: {said}", ok=False, fix="see what Shopify says, and check the app's scopes")] if said else []
    )
