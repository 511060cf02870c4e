"""Every story's page, in every language: what it says, what it never does, and how it stays itself when pushed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment

from carriers.core.model import Milestone, Reason
from portal import paths
from portal.accounts.viewer import NOBODY
from portal.branding.brand import brand_of, look
from portal.kit import assets, html, i18n
from portal.kit.forms import Form
from portal.maps.atlas import Atlas
from portal.orders.viewmodels import ArrivalView, LiveView, OrderState, OrderView, Tone
from portal.settings import Settings
from tests.orders.sample_journeys import late, link_only, one, silent_carrier
from tests.orders.sample_parts import FRESH, NOW, ORDER, PARCEL, SHOP, TODAY, ZONE, days, entry
from tests.orders.sample_views import STORIES, several

LANGUAGES = ("de", "en", "es", "fr", "it", "nl")
HEADLINES = (
    "arriving arriving_today arriving_late out_for_delivery in_transit preparing confirmed ready_to_collect "
    "ready_for_pickup attempted action_required exception returning delivered collected returned lost cancelled "
    "expired link_only partly_delivered available"
)
ARRIVALS = (None, ArrivalView(date(2026, 11, 26), "09:00", None), ArrivalView(TODAY, certain=False))
HOSTILE = '"><script>alert(1)</script>'
DATA_BLOCK = '<script type="application/ld+json">{{ structured|tojson }}</script>'
VOID = {"meta", "link", "use", "path", "br", "input"}


@cache
def env() -> Environment:
    i18n.load(paths.LOCALES)
    brand = brand_of(Settings.model_validate({}))
    static = assets.load(paths.STATIC, brand.files)
    return html.environment(paths.TEMPLATES, static.url, {"maps": Atlas(i18n.locale), "look": look(brand, static.url)})


def order(view: OrderView, language: str = "en") -> str:
    with i18n.using(language, ZONE):
        return html.render(env(), "orders/_order.html", {"view": view, "now": NOW, "today": TODAY})


def page(view: OrderView, language: str = "en", live: LiveView | None = None) -> str:
    values = {"view": view, "live": live, "now": NOW, "today": TODAY, "lang": language}
    with i18n.using(language, ZONE):
        return html.render(env(), "orders/page.html", values | {"languages": [("en", "English", "?lang=en")]})


def text(source: str) -> str:
    """What is to be read, white space as one blank."""
    bare = re.sub(r"<(head|script)\b.*?</\1>", " ", source, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


class Shape(HTMLParser):
    """Ids, attributes and whether every element is closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.svg_ids: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]
        found = [value or "" for name, value in attrs if name == "id"]
        self.ids += found
        if "svg" in self.open:
            self.svg_ids += found
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story", STORIES)
def test_every_story_is_a_sound_page(story: str, language: str) -> None:
    shape = Shape(page(STORIES[story](), language, LiveView("/o/T/events", 41)))
    assert shape.open == []
    assert len(shape.ids) == len(set(shape.ids))
    assert shape.svg_ids == [], "morphing loses SVG elements that have an id"
    names = {name for name, _ in shape.attributes}
    assert "style" not in names
    assert not any(name.startswith("on") for name in names)
    assert not any("%(" in value or "None" in value for _, value in shape.attributes)


@pytest.mark.parametrize("story", STORIES)
def test_no_untranslated_value_shows(story: str) -> None:
    said = text(page(STORIES[story](), "fr"))
    assert not re.search(r"%\(|\bNone\b|\bTrue\b|[a-z]_[a-z]", said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("headline", HEADLINES.split())
@pytest.mark.parametrize("arrival", ARRIVALS)
def test_every_headline_is_worded(headline: str, language: str, arrival: ArrivalView | None) -> None:
    for parcels in ((), (PARCEL,), several().parcels):
        view = replace(ORDER, headline=headline, arrival=arrival, parcels=parcels, parcels_done=min(len(parcels), 1))
        (said,) = re.findall(r'<h1 id="headline">(.*?)</h1>', order(view, language), re.DOTALL)
        assert text(said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("milestone", [*Milestone, "note"])
def test_every_milestone_is_worded(milestone: str, language: str) -> None:
    scans = days(entry(24, "09:00", str(milestone), None, None))
    said = order(one(replace(PARCEL, milestone="in_transit", timeline=scans), "in_transit"), language)
    (title,) = re.findall(r"<li><b>(.*?)</b>", said)
    assert title
    assert milestone == "in_transit" or title != milestone


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("milestone", [Milestone.EXCEPTION, Milestone.ATTEMPTED, Milestone.IN_TRANSIT])
def test_every_reason_is_worded(reason: Reason, milestone: Milestone) -> None:
    scans = days(entry(24, "09:00", milestone.value, None, None, reason=reason.value))
    parcel = replace(PARCEL, milestone=milestone.value, reason=reason.value, tone=Tone.ALERT, timeline=scans)
    said = order(one(parcel, "exception"))
    advised = 'class="advice"' in said
    assert advised or (reason is Reason.OTHER and milestone is Milestone.IN_TRANSIT)
    assert ('class="why"' in said) == (reason is not Reason.OTHER)


@pytest.mark.parametrize("state", list(OrderState))
def test_every_state_is_worded(state: OrderState) -> None:
    assert text(order(replace(ORDER, state=state)))


def test_whatever_others_wrote_is_escaped() -> None:
    scans = days(entry(24, "09:00", "in_transit", HOSTILE, HOSTILE))
    parcel = replace(PARCEL, carrier=HOSTILE, number=HOSTILE, pickup_point=HOSTILE, timeline=scans)
    item = replace(PARCEL.items[0], title=HOSTILE, options=HOSTILE)
    view = replace(
        ORDER,
        shop=replace(SHOP, name=HOSTILE, contact=HOSTILE),
        number=HOSTILE,
        parcels=(replace(parcel, items=(item,)), parcel),
        unshipped=(item,),
        digital=(item,),
        cancelled=(item,),
        cancel_reason=HOSTILE,
    )
    said = page(view, "fr", LiveView("/o/T/events", 1))
    assert said.count("<script") == 1
    assert said.count(HOSTILE) == 0
    assert Shape(said).open == []


def test_the_pushed_fragment_is_what_the_page_holds() -> None:
    whole = page(late(), "fr", LiveView("/o/T/events", 41))
    assert order(late(), "fr").strip() in whole


def test_the_stream_is_there_only_while_something_can_change() -> None:
    live = page(ORDER, "en", LiveView("/o/T/events", 41))
    assert 'id="live" data-hx-sse:connect="/o/T/events?after=41' in live
    assert 'data-hx-trigger="load, every 30s" data-hx-swap="none"' in live
    assert '"noSwap":[204,304,"4xx","5xx"],"history":false,"extensions":"sse"' in live
    assert "hx-" not in page(ORDER, "en", None)
    with i18n.using("en"):
        assert "hx-" not in html.render(env(), "orders/_live_done.html", {})


def test_first_comes_when_it_arrives() -> None:
    said = text(order(ORDER))
    assert said.index("Arriving tomorrow") < said.index("Between 09:00 and 13:00") < said.index("Your parcel")


def test_freshness_is_said() -> None:
    assert "Asked Colissimo 4 minutes ago last scan 2 hours ago next check about 15:21" in text(order(ORDER))


def test_a_silent_carrier_is_not_hidden() -> None:
    said = text(order(silent_carrier()))
    assert "We have not been able to reach Colissimo since 13:40. What you see is from then." in said
    assert "Gennevilliers" in said


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [
        ("postcode", "Colissimo tells only whoever knows the postcode where a parcel is"),
        ("service", "The carrier wants to know something about this parcel that the shop has not given to us"),
    ],
)
def test_what_the_carrier_needs_and_nobody_gave_is_said(lacks: str, sentence: str) -> None:
    fresh = replace(FRESH, next_at=None, lacks=lacks)
    said = text(order(one(replace(PARCEL, freshness=fresh), "in_transit")))
    assert sentence in said
    assert "The shop can add it." in said
    assert "Asked Colissimo" not in said
    french = text(order(one(replace(PARCEL, freshness=fresh), "in_transit"), "fr"))
    assert "The shop" not in french


def test_a_carrier_that_answers_nobody_gets_a_link_and_no_guess() -> None:
    said = order(link_only())
    assert "We show no guess" in said
    assert 'href="https://carrier.example/follow/' in said
    assert '<ol class="tl">' not in said


def test_each_parcel_has_a_section_of_its_own() -> None:
    said = order(several())
    assert re.findall(r'<section class="parcel card" id="([^"]+)"', said) == ["parcel-1", "parcel-2", "parcel-3"]
    assert "Parcel 2 of 3" in said
    assert "<s>Wall lamp “Brume”</s>" in said
    assert "1 of 3 parcels has arrived" in text(said)


def test_old_scans_are_folded_but_there() -> None:
    scans = days(*(entry(day, "08:00", "in_transit", f"Hub {day}", None) for day in range(20, 9, -1)))
    said = order(one(replace(PARCEL, timeline=scans), "in_transit"))
    fold = said.index("<details")
    assert said.index("Hub 17") < fold < said.index("Hub 16") < said.index("Hub 10") < said.index("</details>")


def test_what_changed_can_be_announced() -> None:
    def announced(view: OrderView) -> list[str]:
        return re.findall(r'data-announce="([^"]*)"', order(view))

    assert announced(ORDER) == ["Arriving tomorrow", "Your parcel: In transit, Gennevilliers"]
    assert announced(late())[0] == "Running late, now expected Thursday 26 November"


def render(name: str, **values: Any) -> str:
    with i18n.using("fr"):
        return html.render(env(), name, {"shop": SHOP, "lang": "fr", "languages": ()} | values)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 429, 500, 503])
def test_errors_say_what_to_do(status: int) -> None:
    for shop in (SHOP, None):
        said = render("error.html", status=status, shop=shop)
        assert Shape(said).open == []
        assert len(text(said)) > 60


def test_an_expired_link_says_so() -> None:
    assert "Ce lien a expiré" in render("error.html", status=410)


def test_home_lists_orders_in_the_demonstration_alone() -> None:
    given: dict[str, Any] = {
        "form": Form(),
        "other": Form(),
        "sends": True,
        "passkey": False,
        "query": "",
        "viewer": NOBODY,
    }
    listed = render("home.html", orders=[{"number": "#1042", "url": "/o/T", "note": "demain"}], **given)
    assert '<a href="/o/T">' in listed
    assert "#1042" not in render("home.html", orders=(), **given)


@pytest.mark.parametrize("path", sorted(paths.TEMPLATES.rglob("*.html")), ids=str)
def test_templates_keep_to_the_policy(path: Any) -> None:
    source = path.read_text()
    if path == paths.TEMPLATES / "email/_page.html":  # a message has no page to take a stylesheet from
        source = source.replace("<style>", "", 1)
    assert not re.search(r"\|\s*safe\b|autoescape|\sstyle=|\son\w+=|javascript:|hx-on|<style", source)
    source = source.replace(DATA_BLOCK, "")  # it is read by programs and runs nothing
    assert re.findall(r"<script(?! src=\"{{ asset)", source) == []
