"""A person sees, and can take away, everything that is held of them, and nothing of anybody else."""

from __future__ import annotations

import json
import re
from html import unescape

from portal.context import Context
from portal.orders.private import ORDER_PRIVATE
from portal.privacy.export import as_json, export_of
from portal.privacy.readable import ACTS, HEADINGS, WORDS as LABELS, readable
from portal.staff.values import Act, Step
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from tests.privacy.story import WORDS, found, opened
from tests.support.visit import Visit

# A carrier's raw answers and pushes may tell of many people's parcels. The proof is in the file as base64.
NOT_SHOWN = {"raw answer", "push", "platform's number", "message"}


async def test_the_file_holds_every_word_and_nothing_of_others(any_context: Context) -> None:
    shop = await opened(any_context)
    answer = await shop.ada.ask("/account/data.json")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="data-2026-11-20.json"'
    assert answer.headers["cache-control"] == "no-store"
    document = json.loads(answer.text)
    assert found(answer.text) >= set(WORDS) - NOT_SHOWN - {"proof"}
    (order,), (parcel,) = document["orders"], document["parcels"]
    assert order["document"]["note"] == "Leave it behind the heron"
    assert parcel["signed_by"] == "M. Goldcrest"
    assert parcel["scans"][0]["text"] == "Left with neighbour Kestrel"
    assert document["share_links"][0]["label"] == "Aunt Swift"
    assert {message["message"] for message in document["messages"]} == {"edit_not_made", "passkey_removed"}
    for stranger in ("bea.lark", "2002", "Linnet", "Mum"):
        assert stranger not in answer.text


async def test_the_page_says_the_same_in_words(context: Context) -> None:
    shop = await opened(context)
    answer = await shop.ada.ask("/account/data")
    assert answer.status == 200
    assert found(unescape(answer.text)) >= set(WORDS) - NOT_SHOWN - {"proof"}
    for heading in ("Your orders", "Your parcels", "What the carrier said", "Links for others", "Passkeys"):
        assert heading in answer.text
    assert "bea.lark" not in answer.text


async def test_no_secret_is_in_it(context: Context) -> None:
    shop = await opened(context)
    async with context.db.read() as reader:
        text = as_json(await export_of(context, reader, 1))
    for secret in ("hash", "token", "salt", "credential", *shop.ada.jar.values()):
        assert secret not in text


async def test_nobody_sees_it_without_signing_in(context: Context) -> None:
    shop = await opened(context)
    for path in ("/account/data", "/account/data.json", "/account/erase"):
        answer = await Visit(shop.site).ask(path)
        assert answer.status == 303
        assert answer.headers["location"].startswith("/sign-in?back=")
    assert (await shop.bea.ask("/account/data.json")).text.count("bea.lark@example.com") > 0
    assert found((await shop.bea.ask("/account/data.json")).text) == set()


async def test_every_name_of_the_file_has_a_word_on_the_page(any_context: Context) -> None:
    await opened(any_context)
    async with any_context.db.read() as reader:
        document = await export_of(any_context, reader, 1)
    assert len(readable(document)) == len(document) - 2 - (not document["sign_ins"]) - (not document["calendar"])
    raw = {name: [{**one, "document": None} for one in document[name]] for name in ("orders", "changes")}
    names = set(re.findall(r'"(\w+)":', as_json({**document, **raw})))
    frame = {"shop", "made_at", "document", "base64"}
    private = {column.name for table in (ORDER_PRIVATE, SHIPMENT_PRIVATE, CHECKPOINT_PRIVATE) for column in table.c}
    names |= private - {"order_id", "shipment_id", "checkpoint_id", "collect_link_hash", "collect_link_salt"}
    assert names - frame <= LABELS.keys() | HEADINGS.keys()


def test_every_act_of_the_shop_has_a_word() -> None:
    """Signing in and searching are about no order."""
    assert {act.value for act in Act} - ACTS.keys() == {"sign_in", "sign_out", "search"}
    assert {step.value for step in Step} <= ACTS.keys()
