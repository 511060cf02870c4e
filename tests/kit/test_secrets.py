"""The installation's key: kept privately, made once, and replaced with an overlap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.kit.errors import BadSetting
from portal.kit.secrets import Keys, is_weak, keys_from

NEW, OLD = "a new key, invented for this test 1234", "an old key, invented for this test 56"


def test_hashes_differ_by_purpose_text_and_key() -> None:
    keys, other = keys_from(NEW, None, None), keys_from(OLD, None, None)
    found = {k.keyed_hash(p, t) for k in (keys, other) for p in ("a", "b") for t in ("x", "y")}
    assert len(found) == 8
    assert all(len(hash_) == 64 for hash_ in found)
    assert keys.keyed_hash("a", "x") == keys_from(NEW, None, None).keyed_hash("a", "x")


def test_while_one_replaces_another_both_are_looked_for() -> None:
    both = keys_from(NEW, OLD, None)
    alone = [keys_from(key, None, None).keyed_hash("a", "x") for key in (NEW, OLD)]
    assert list(both.hashes("a", "x")) == alone
    assert both.keyed_hash("a", "x") == alone[0]
    assert len({keys.name for keys in (both, keys_from(NEW, None, None), keys_from(OLD, None, None))}) == 3


def test_a_key_is_never_shown() -> None:
    assert NEW not in repr(keys_from(NEW, OLD, None))
    assert NEW[:8] not in keys_from(NEW, OLD, None).name


def test_of_many_that_make_it_at_once_all_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "jalon.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: keys_from(None, None, path), range(8)))
    assert len(made) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["jalon.key"]


def test_without_a_setting_and_a_place_there_is_no_start() -> None:
    with pytest.raises(BadSetting, match="JALON_SECRET_KEY: is needed with PostgreSQL"):
        keys_from(None, None, None)


@pytest.mark.parametrize("text", ["", "short", "x" * 64, "changeme" * 5])
def test_placeholders_are_weak(text: str, tmp_path: Path) -> None:
    assert is_weak(text)
    (tmp_path / "k").write_text(text)
    with pytest.raises(BadSetting, match="holds no key"):
        keys_from(None, None, tmp_path / "k")


def test_keys_are_compared_by_what_they_are() -> None:
    assert keys_from(NEW, None, None) == Keys((NEW.encode(),))
