"""Finished pages by version."""

from __future__ import annotations

import gzip

from portal.kit.pagecache import PageCache


def test_a_page_is_kept_plain_and_compressed_alike() -> None:
    cache = PageCache()
    text = "<p>Où est mon colis ?</p>" * 50
    kept = cache.keep(("token", "1"), text)
    assert kept.plain.decode() == text
    assert gzip.decompress(kept.gzip) == kept.plain
    assert len(kept.gzip) < len(kept.plain)
    assert cache.get(("token", "1")) is kept


def test_another_version_or_link_is_another_page() -> None:
    cache = PageCache()
    cache.keep(("token", "1"), "one")
    assert cache.get(("token", "2")) is None
    assert cache.get(("other", "1")) is None
    cache.keep(("token", "1"), "again")
    kept = cache.get(("token", "1"))
    assert kept is not None
    assert kept.plain == b"again"


def test_the_least_recently_used_goes_first() -> None:
    cache = PageCache(room=2)
    cache.keep("a", "a")
    cache.keep("b", "b")
    assert cache.get("a") is not None
    cache.keep("c", "c")
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]
