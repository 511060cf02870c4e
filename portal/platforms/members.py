"""Where the members of a JSON text stand, so that a fault can be reported by line and by name.

Scans tokens, not grammar: it works on broken text too, as far as that goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from portal.platforms.strictjson import MAX_DEPTH

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')


def name_of(path: Path) -> str:
    """A path as people write it: ("lines", 0, "id") is "lines[0].id"."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def offset_of(text: str, path: Path) -> int:
    """Where the member at `path` starts, or the nearest of its parents that is there."""
    best, length = 0, 0
    for found, offset in _places(text):
        size = len(found)
        if size > length and found == path[:size]:
            best, length = offset, size
        if length == len(path):
            break
    return best


def path_at(text: str, offset: int) -> Path:
    """The path of the member that stands at `offset`, or of the last one before it."""
    last: Path = ()
    for found, place in _places(text):
        if place > offset:
            break
        last = found
    return last


def end_of(text: str, start: int) -> int:
    """Where the list or object that opens at `start` closes (behind its bracket), or the end of the text."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += (token[0] in "{[") - (token[0] in "}]")
        if depth <= 0:
            return token.end()
    return len(text)


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Every member's path, at its name and again at its value. A frame is the index in a list, or the
    name in an object (None while it awaits one)."""
    frames: list[str | int | None] = []
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in "}]":
            del frames[-1:]
        elif word == ",":
            _step(frames)
        elif word != ":":
            if frames and frames[-1] is None:
                frames[-1] = _unquoted(word)
            yield tuple(frame for frame in frames if frame is not None), token.start()
            if word in "{[":
                frames.append(0 if word == "[" else None)
        if len(frames) > MAX_DEPTH:
            return


def _step(frames: list[str | int | None]) -> None:
    if frames:
        last = frames[-1]
        frames[-1] = last + 1 if isinstance(last, int) else None


def _unquoted(word: str) -> str:
    try:
        name = json.loads(word)
    except ValueError:
        return word
    return name if isinstance(name, str) else word
