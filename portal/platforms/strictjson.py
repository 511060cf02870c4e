"""JSON from outside: strict where parsers disagree, and never a surprise for whoever stores the value.

Refuses what JSON does not have (NaN, Infinity), members given twice, numbers beyond a double and deep
nesting. Repairs what no database can keep: lone surrogates become U+FFFD, NUL characters go.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, Final

MAX_DEPTH: Final = 64

_ESCAPED = re.compile(r"\\u(?:0000|[dD][89abAB])")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJson(ValueError):
    """Text that is not acceptable JSON; `offset` is where in it (in characters), as near as known."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def first_value(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value that starts at `start`, and the offset behind it. Raises BadJson."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as wrong:
        raise BadJson(f"not JSON: {wrong.msg[0].lower()}{wrong.msg[1:]}", wrong.pos) from wrong
    except _Refused as refused:
        raise BadJson(str(refused), _place(text, start, refused)) from refused
    except RecursionError as deep:
        raise BadJson("nested too deeply", start) from deep
    except ValueError as huge:
        raise BadJson("a number with too many digits", start) from huge
    if too_deep(value):
        raise BadJson(f"nested more than {MAX_DEPTH} levels deep", start)
    return (_storable(value) if _ESCAPED.search(text, start, end) else value), end


def too_deep(value: object) -> bool:
    """Whether lists and objects nest beyond `MAX_DEPTH`; takes any depth itself."""
    layer = [value]
    for _ in range(MAX_DEPTH + 1):
        layer = [item for part in layer for item in _children(part)]
        if not layer:
            return False
    return True


class _Refused(ValueError):
    """Raised inside the decoder; `near` is text to look for, `again` that its second place is meant."""

    def __init__(self, message: str, near: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.near = near
        self.again = again


def _children(part: object) -> list[Any]:
    if isinstance(part, dict):
        return list(part.values())
    return part if isinstance(part, list) else []


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _Refused(f"member {twice[:80]!r} is given twice", json.dumps(twice, ensure_ascii=False), again=True)
    return members


def _constant(name: str) -> Any:
    raise _Refused(f"{name} is not JSON", name)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Refused("number out of range", text)
    return number


def _place(text: str, start: int, refused: _Refused) -> int:
    """The first place of the refused text, or of its repetition."""
    found = text.find(refused.near, start)
    if found >= 0 and refused.again:
        found = text.find(refused.near, found + 1)
    return start if found < 0 else found


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value.replace("\0", ""))
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant, parse_float=_float)
