"""Marks by which what we wrote to a platform is known again."""

from __future__ import annotations

from portal.platforms.marks import mark_in, mark_of


def test_a_mark_is_the_same_for_the_same_and_found_in_a_text() -> None:
    mark = mark_of("teashop", "1", "2")
    assert mark == mark_of("teashop", "1", "2") != mark_of("teashop", "12", "")
    assert mark_in(f"On the van ({mark})") == mark
    assert mark_in("jalon-12") is None
    assert mark_in(None) is None
