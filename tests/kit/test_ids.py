"""Secrets in links."""

from __future__ import annotations

import base64
import hashlib

import pytest

from portal.kit.ids import TOKEN, new_token, token_hash


def test_a_token_has_at_least_128_bits_and_never_comes_twice() -> None:
    tokens = [new_token() for _ in range(200)]
    assert len(set(tokens)) == 200
    for token in tokens:
        assert TOKEN.fullmatch(token)
        assert len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) * 8 >= 128


def test_every_place_of_a_token_varies() -> None:
    tokens = [new_token() for _ in range(300)]
    varied = [len({token[place] for token in tokens}) for place in range(27)]
    assert min(varied[:-1]) > 30


def test_what_is_kept_is_a_hash_that_is_not_the_token() -> None:
    token = new_token()
    assert token_hash(token) == hashlib.sha256(token.encode()).hexdigest()
    assert token not in token_hash(token)
    assert token_hash(token) != token_hash(token.swapcase())


WRONG = ["", "a" * 26, "a" * 28, "a" * 26 + "\n", "a" * 27 + "\n", "a" * 26 + ".", "é" * 27, "a" * 26 + "/"]


@pytest.mark.parametrize("text", WRONG)
def test_other_shapes_are_no_tokens(text: str) -> None:
    assert not TOKEN.fullmatch(text)
