"""Bodies that no carrier would send: samples with something in them replaced, taken away, doubled or damaged."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.carriers.samples import samples

RECORDED = Path(__file__).resolve().parents[3] / "shared/fixtures/carriers"
STATUSES: Final = (200, 200, 200, 201, 204, 207, 301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504)

# What stands where a carrier's specification has a text, a number, an object or a list.
_TEXTS: Final = (
    "", " ", "0", "-0", "null", "\x00", "\ud800", "é" * 3000, "<b>&amp;", "'\"`;--", "٣٤", "²", "1e9", "Infinity",
    "+14:00", "0001-01-01", "9999-12-31T23:59:59Z", "2026-02-30", "2026-02-29T24:00:00", "2026-13-01", "20260230",
    "20261", "31.02.2026", "11/31/2026 25:61:61 PM", "2026-11-20T10:00:00+99:99", "2026-11-20T10:00:00-14:01", "10:00",
    "250000", "99:99:99", "--11-20", "Z", "PM", "AM 1", "JX-JX", ",", ":", "()", "x (", ") y", "a" * 100_000,
)  # fmt: skip
_NUMBERS: Final = (0, -1, 1, 7, 10**30, -(10**400), 0.1, 1e308, float("nan"), float("inf"))
_SHAPES: Final[tuple[Any, ...]] = (
    None, True, False, [], {}, [[]], [{}], [None], {"": None}, {"a": {"b": {"c": []}}}, [1, "2", {}], {"text": "x"},
    {"#text": 1}, {"content": {"content": []}}, [0] * 300,
)  # fmt: skip
_ODD: Final[tuple[Any, ...]] = (*_TEXTS, *_NUMBERS, *_SHAPES)
_BYTES: Final = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!DOCTYPE a>", b"{", b"}",
    b"[", b'"', b"\\", b"\\ud800", b"9" * 40, b"-", b"e", b"<a>", b"</a>", b"<?xml version='1.0' encoding='x'?>",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """One body, and what came with it."""

    content: bytes
    http_status: int
    asked: tuple[str, ...]


def bodies(slug: str, count: int, seed: str) -> Iterator[Body]:
    """`count` bodies for one adapter, the same ones for the same seed."""
    rng = random.Random(f"{slug} {seed}")  # noqa: S311 - for tests to be repeated
    whole = _seeds(slug)
    numbers = _numbers(whole)
    for _ in range(count):
        asked = tuple(rng.choices(numbers, k=rng.choice((0, 1, 1, 1, 2, 3))))
        yield Body(_spoilt(rng.choice(whole), rng), rng.choice(STATUSES), asked)


def _seeds(slug: str) -> list[bytes]:
    """Our samples of a carrier and, where they lie beside the repository, the recorded answers."""
    recorded = [p for p in sorted(RECORDED.glob(f"{slug}/*")) if not p.name.endswith(".expected.json")]
    ours = [sample.body for sample in samples(slug)]
    return [*ours, *(path.read_bytes() for path in recorded if path.is_file())] or [b"{}"]


def _numbers(whole: list[bytes]) -> list[str]:
    found = re.findall(rb'(?<=["> ])[A-Z0-9]{8,34}(?=["< ])', b" ".join(whole))
    return sorted({number.decode() for number in found})[:50] or ["6A12345678901"]


def _spoilt(body: bytes, rng: random.Random) -> bytes:
    try:
        data = json.loads(body)
    except ValueError:
        return _spoilt_text(body, rng)
    if rng.random() < 0.15:
        return _spoilt_text(body, rng)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        data = _spoilt_value(data, rng)
    return json.dumps(data).encode()


def _spoilt_value(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.93:
        key = rng.choice(list(value))
        chance = rng.random()
        if chance < 0.06:
            return {name: part for name, part in value.items() if name != key}
        other = rng.choice(list(value.values())) if chance < 0.12 else _spoilt_value(value[key], rng)
        return value | {key: other}
    if isinstance(value, list) and value and rng.random() < 0.93:
        index = rng.randrange(len(value))
        chance = rng.random()
        if chance < 0.06:
            return value[:index] + value[index + 1 :]
        if chance < 0.14:
            return value + [value[index]] * rng.choice((1, 2, 30))
        if chance < 0.2:
            return rng.sample(value, len(value))
        return [*value[:index], _spoilt_value(value[index], rng), *value[index + 1 :]]
    return [value] if rng.random() < 0.1 else rng.choice(_ODD)


def _spoilt_text(body: bytes, rng: random.Random) -> bytes:
    """A text, an attribute or an element of XML replaced; or bytes, wherever they stand."""
    places = [
        m.span() for m in re.finditer(rb'(?<=>)[^<>]+(?=<)|(?<==")[^"]*(?=")|<(\w[\w:-]*)[^<>]*>[^<]*</\1>', body)
    ]
    for _ in range(rng.choice((1, 1, 2, 4))):
        if places and rng.random() < 0.75:
            start, end = rng.choice(places)
            odd = rng.choice(_ODD)
            other = (
                str(odd).encode("utf-8", "replace").replace(b"<", b"&lt;") if rng.random() < 0.9 else rng.choice(_BYTES)
            )
        else:
            start = rng.randrange(len(body) + 1)
            end = min(len(body), start + rng.choice((0, 0, 1, 5, 200, 100_000)))
            other = rng.choice(_BYTES)
        body = body[:start] + other + body[end:]
        places = [(a, b) for a, b in places if b <= start]
    return body
