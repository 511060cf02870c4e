"""Contacts: one spelling for what is surely one mailbox or telephone, and several for what might not be."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from portal.accounts.contacts import email, phone

SAME = [
    ("Camille@Mail.Example", "camille@mail.example"),
    ("  camille@mail.example\n", "camille@mail.example"),
    ("ｃamille@mail.example", "camille@mail.example"),
    ("camille@bücher.example", "camille@xn--bcher-kva.example"),
]


@pytest.mark.parametrize(("written", "plain"), SAME)
def test_an_address_has_one_spelling(written: str, plain: str) -> None:
    assert email(written) == plain


NONE = [None, "", "camille", "@mail.example", "a@b", "a b@mail.example", "a@mail..example", "a@" + "x" * 300]


@pytest.mark.parametrize("written", NONE)
def test_what_is_no_address_is_nothing(written: str | None) -> None:
    assert email(written) is None


def test_what_may_be_two_mailboxes_stays_two() -> None:
    assert len({email(f"{name}@mail.example") for name in ("camille", "cam.ille", "camille+shop")}) == 3


NUMBERS = [
    ("01 99 00 12 34", "FR", "+33199001234"),
    ("+33 (0)1 99 00 12 34", None, "+33199001234"),
    ("0033-199-00-12-34", "DE", "+33199001234"),
    ("020 7946 0018", "GB", "+442079460018"),
    ("(202) 555-0143", "US", "+12025550143"),
    ("1 202 555 0143", "US", "+12025550143"),
    ("06 5555 0100", "IT", "+390655550100"),
    ("01 99 00 12 34", None, None),
    ("01 99 00 12 34", "XX", None),
    ("call me", "FR", None),
    ("12", "FR", None),
    ("+0 123 456 789", None, None),
]


@pytest.mark.parametrize(("written", "country", "plain"), NUMBERS)
def test_a_number_has_one_spelling_where_its_country_is_known(
    written: str, country: str | None, plain: str | None
) -> None:
    assert phone(written, country) == plain


@given(st.text(max_size=60))
def test_normalising_again_changes_nothing(written: str) -> None:
    for normal in (email, phone):
        once = normal(written)
        assert once is None or normal(once) == once
