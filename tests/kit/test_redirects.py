"""Where a visitor may be sent: read the way a browser reads it."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, strategies as st

from portal.kit.redirects import is_safe, see_other

HOSTS = {"shop.example"}
PIECES = [
    "/", "//", "\\", "%5c", "%2f", "@", ":", "evil.example", "shop.example", "https:", "javascript:", "\t", "\n",
    "%0d%0a", "?", "#", ".", "..", " ", "%09", "%255c",
]  # fmt: skip


def where(target: str) -> str | None:
    """The host that a browser would go to: it drops tabs and line ends, and takes a backslash for a slash."""
    read = re.sub(r"[\t\r\n]", "", target.strip("".join(map(chr, range(33))))).replace("\\", "/")
    try:
        return urlsplit(urljoin("https://here.example/x", read)).hostname
    except ValueError:
        return None


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=7).map("".join))
def test_what_is_safe_stays_here_or_goes_to_a_named_host(target: str) -> None:
    if is_safe(target, HOSTS):
        assert where(target) in {"here.example", "shop.example"}
        assert not re.search(r"[\r\n\\]", target)
    if is_safe(target):
        assert where(target) == "here.example"


@pytest.mark.parametrize(
    "target", ["/", "/orders/00?lang=fr", "/orders#parcel-1", "/a%20b", "/x?next=https://evil.example"]
)
def test_pages_of_ours_are_safe(target: str) -> None:
    assert is_safe(target)
    assert see_other(target).headers["location"] == target


EVIL = [
    "", "orders", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%5cevil.example", "/%255cevil.example",
    "/%2fevil.example", "https://evil.example", "https://shop.example@evil.example",
    "https://shop.example:pw@evil.example", "javascript:alert(1)", "/\tevil", "/\r\nx: y",
    "/%0d%0ax", "http://shop.example/", "https://shop.example:8443/",
    "https://shop.example.evil.example",
    "data:text/html,x", "/é", "https:evil.example", "https:///evil.example", "/" + "x" * 2001,
]  # fmt: skip


@pytest.mark.parametrize("target", EVIL, ids=lambda target: repr(target[:40]))
def test_everything_else_is_not(target: str) -> None:
    assert not is_safe(target, HOSTS)
    with pytest.raises(ValueError, match="not a place"):
        see_other(target, HOSTS)


def test_a_host_of_the_settings_is_safe_when_named() -> None:
    assert is_safe("https://shop.example/thanks?x=1", HOSTS)
    assert not is_safe("https://shop.example/thanks?x=1")
