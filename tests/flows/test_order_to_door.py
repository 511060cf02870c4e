"""The whole way: a shop's order comes in, three carriers speak, a page that was opened before shows it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser

from portal.context import Context
from tests.flows.journeys import FIXTURES, Journey, Story, own_story, recorded_story
from tests.support.carrier import CarrierServer, Reply
from tests.support.command import import_shopify, jalon, link_to
from tests.support.page import Visitor, chromium, visitor
from tests.support.server import Installation, Process
from tests.support.until import settled

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.engine]

LIVE = ("This page updates by itself.", "Cette page se met à jour toute seule.")
AWAY = ("Reconnecting…", "Reconnexion…")
CONFIRMED = ("Order confirmed", "Commande confirmée")
HANDED_OVER = ("Handed to the carrier", "Remis au transporteur")
UNKNOWN_YET = ("The carrier does not know this number yet.", "Le transporteur ne connaît pas encore ce numéro.")
IN_TRANSIT = ("In transit", "En chemin")
NOT_REACHED = (
    "We have not been able to reach {carrier} since {time}. What you see is from then.",
    "{carrier} ne nous répond plus depuis {time}. Ce que vous voyez date de ce moment.",
)
DELIVERED = ("Delivered", "Livré")
ALL_DELIVERED = ("Delivered. Enjoy!", "C’est livré, profitez-en !")


@pytest.fixture(params=["samples", "captures"])
def story(request: pytest.FixtureRequest) -> Story:
    """Our own samples always; what was captured and recorded where it is present."""
    if request.param == "samples":
        return own_story()
    if not FIXTURES.is_dir():
        pytest.skip(f"no captures here: {FIXTURES} is not present")
    return recorded_story()


@dataclass
class Play:
    """What is under way: two people look at one order, the first in English, the second in French."""

    installation: Installation
    context: Context
    carrier: CarrierServer
    story: Story
    first: Process
    one: Visitor
    two: Visitor
    arrived: set[str] = field(default_factory=set)

    async def both_see(self, words: tuple[str, str], where: str = "#order") -> None:
        """Each page shows its own language's words."""
        await self.one.sees(words[0], where)
        await self.two.sees(words[1], where)

    async def both_see_parcel(self, journey: Journey, words: tuple[str, str]) -> None:
        """Each page shows its own language's words about one parcel."""
        await self.one.sees_parcel(journey.number, words[0])
        await self.two.sees_parcel(journey.number, words[1])

    async def carriers_say(self, replies: dict[str, Reply], **later: float) -> None:
        """From now on the carriers answer so; time passes, and whoever has not arrived is asked about."""
        for number, reply in replies.items():
            self.carrier.play(number, reply)
        waiting = [journey.number for journey in self.story.journeys if journey.number not in self.arrived]
        self.installation.clock.advance(**later)
        await settled(self.context, *waiting)
        self.arrived.update(j.number for j in self.story.journeys if replies.get(j.number) is j.last)


async def test_from_the_shop_to_the_door(
    installation: Installation, carrier: CarrierServer, story: Story, chromium_path: Path
) -> None:
    jalon(installation, "migrate")
    assert import_shopify(installation, story.order) == "1 imported"
    first = installation.web()
    second = first
    if not installation.database_url.startswith("sqlite"):
        second = installation.web()
        installation.worker()
    async with installation.context() as context, chromium(chromium_path) as browser:
        path = await link_to(context, story.number)
        one, two = await visitor(browser, first.url), await visitor(browser, second.url)
        await one.open(f"{first.url}{path}?lang=en")
        await two.open(f"{second.url}{path}?lang=fr")
        play = Play(installation, context, carrier, story, first, one, two)
        await play.both_see(CONFIRMED)
        await play.both_see(LIVE, "#link")

        await the_shop_ships(play)
        await the_parcels_move(play)
        await the_carriers_do_not_answer(play)
        await the_first_arrives_behind_a_hidden_tab(play)
        await the_second_arrives_while_another_page_is_read(play)
        await the_third_arrives_while_the_server_is_away(play)
        await everything_has_arrived(play, browser, path)


async def the_shop_ships(play: Play) -> None:
    """Fulfilments come in; each carrier is asked at once."""
    story, clock = play.story, play.installation.clock
    for journey in story.journeys:
        play.carrier.play(journey.number, journey.early)
    assert import_shopify(play.installation, story.shipped(clock.now())) == "1 imported"
    clock.set(datetime.now(UTC) + timedelta(minutes=1))  # commands live by the machine's clock
    letter, dhl, ups = story.journeys
    await play.both_see_parcel(dhl, UNKNOWN_YET)
    for journey in (letter, ups):
        await play.both_see_parcel(journey, HANDED_OVER)
    await settled(play.context, *(journey.number for journey in story.journeys))
    assert all(play.carrier.count(journey.number) == 1 for journey in story.journeys)


async def the_parcels_move(play: Play) -> None:
    """Hours later the carriers know more."""
    await play.carriers_say({journey.number: journey.later for journey in play.story.journeys}, hours=5)
    for journey in play.story.journeys:
        await play.both_see_parcel(journey, IN_TRANSIT)
        if journey.place:
            await play.both_see_parcel(journey, (journey.place, journey.place))


async def the_carriers_do_not_answer(play: Play) -> None:
    """An error page, a refusal, a request to wait: the pages keep what they knew, and say since when."""
    known = await journeys_shown(play.one), await journeys_shown(play.two)
    assert all(known)
    await play.carriers_say({journey.number: journey.wrong for journey in play.story.journeys}, hours=5)
    time = f"{play.installation.clock.now().astimezone(ZoneInfo('Europe/Paris')):%H:%M}"
    for journey in play.story.journeys:
        english, french = (words.format(carrier=journey.company, time=time) for words in NOT_REACHED)
        await play.both_see_parcel(journey, (english, french))
    assert (await journeys_shown(play.one), await journeys_shown(play.two)) == known


async def the_first_arrives_behind_a_hidden_tab(play: Play) -> None:
    """A tab in the background lets go of its stream; back in front it shows what it missed."""
    letter = play.story.journeys[0]
    await play.one.hide()
    await play.carriers_say({letter.number: letter.last}, hours=3)
    await play.two.sees_parcel(letter.number, DELIVERED[1])
    assert "ne nous répond plus" not in await play.two.parcel(letter.number).inner_text()
    assert DELIVERED[0] not in await play.one.parcel(letter.number).locator(".pill").first.inner_text()
    await play.one.hide(hidden=False)
    await play.one.sees_parcel(letter.number, DELIVERED[0])


async def the_second_arrives_while_another_page_is_read(play: Play) -> None:
    """The back button brings the page back as it was, and then up to date."""
    dhl = play.story.journeys[1]
    await play.one.page.goto(f"{play.first.url}/")
    await play.carriers_say({dhl.number: dhl.last}, hours=3)
    await play.two.sees_parcel(dhl.number, DELIVERED[1])
    await play.one.back()
    await play.one.sees_parcel(dhl.number, DELIVERED[0])


async def the_third_arrives_while_the_server_is_away(play: Play) -> None:
    """The page says that it has lost the server, and finds it again by itself."""
    ups = play.story.journeys[2]
    assert play.first.stop() == 0
    await play.one.sees(AWAY[0], "#link")
    play.carrier.play(ups.number, ups.last)
    play.installation.clock.advance(hours=3)
    play.first = play.installation.web(int(play.first.url.rsplit(":", 1)[1]))
    await play.both_see_parcel(ups, DELIVERED)


async def everything_has_arrived(play: Play, browser: Browser, path: str) -> None:
    """Both pages end as a page that is opened now begins; none was loaded again, none complained."""
    await play.both_see(ALL_DELIVERED)
    for page, language in ((play.one, "en"), (play.two, "fr")):
        fresh = await visitor(browser, page.origin)
        await fresh.open(f"{page.origin}{path}?lang={language}")
        assert await fresh.reads() == await page.reads()
        assert await page.page.locator("#live[data-hx-sse\\:connect]").count() == 0
        assert await page.is_the_same()
        assert page.complaints(server_was_away=True) == []
        assert page.elsewhere == []
        assert fresh.complaints() == []
    moments = Counter((asked.number, asked.at) for asked in play.carrier.asked)
    twice = {number for (number, _), times in moments.items() if times > 1}
    assert twice <= {play.story.journeys[2].number}  # UPS is asked again with a fresh token when it refuses one


async def journeys_shown(someone: Visitor) -> list[str]:
    """Every scan that the page shows."""
    return await someone.page.locator("ol.tl li").all_inner_texts()
