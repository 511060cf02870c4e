"""What counts as an open: a browser going to the address, and nothing else."""

from __future__ import annotations

import pytest

from portal.sharing.public.visits import Visit, visit_of

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36"
PREVIEWS = [
    "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (compatible; proofpoint-url-defense)",
]
PEOPLE = [
    CHROME,
    CHROME.replace("Chrome", "HeadlessChrome"),
    "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/149.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 Snapchat/13.0 (like Safari)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/22A [FBAN/FBIOS;FBAV/480.0]",
]


def visit(method: str = "GET", **headers: str) -> Visit:
    """What a request with these headers is."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return visit_of({"type": "http", "method": method, "headers": given})


@pytest.mark.parametrize("name", PEOPLE)
def test_a_browser_that_goes_there_opens(name: str) -> None:
    assert visit(user_agent=name, sec_fetch_mode="navigate", sec_fetch_dest="document") is Visit.OPENS


@pytest.mark.parametrize("name", PREVIEWS)
def test_previews_and_scanners_are_machines_whatever_else_they_say(name: str) -> None:
    assert visit(user_agent=name) is Visit.MACHINE
    assert visit(user_agent=name, sec_fetch_mode="navigate") is Visit.MACHINE


def test_what_is_loaded_ahead_or_by_a_page_is_no_open() -> None:
    assert visit(user_agent=CHROME, sec_fetch_mode="navigate", sec_purpose="prefetch;prerender") is Visit.MACHINE
    assert visit(user_agent=CHROME, sec_fetch_mode="cors") is Visit.MACHINE
    assert visit(user_agent=CHROME, sec_fetch_mode="navigate", sec_fetch_dest="iframe") is Visit.MACHINE


def test_whoever_has_the_page_already_looks_again() -> None:
    assert visit(sec_fetch_mode="navigate", cache_control="max-age=0") is Visit.AGAIN
    assert visit(sec_fetch_mode="navigate", sec_fetch_site="same-origin") is Visit.AGAIN


def test_whoever_says_nothing_reads() -> None:
    assert visit(user_agent="curl/8.5") is Visit.READS
    assert visit() is Visit.READS
    assert visit("HEAD", sec_fetch_mode="navigate") is Visit.READS
