"""What is wrong with a shop's file, in words for whoever set it up; and how such a file is read."""

from __future__ import annotations

from pathlib import Path


class Wrong(ValueError):
    """A file of the shop cannot be used; the message goes on after the setting's name and says what to do."""


def bytes_of(path: str, most: int) -> bytes:
    """What a file holds. Raises Wrong when it cannot be read, is empty or larger than `most` bytes."""
    file = Path(path)
    try:
        if not file.is_file():
            raise Wrong(f"there is no file {path}")
        with file.open("rb") as opened:
            body = opened.read(most + 1)
    except OSError as problem:
        raise Wrong(f"cannot read {path}: {problem.strerror}") from problem
    if not body:
        raise Wrong(f"{path} is empty")
    if len(body) > most:
        raise Wrong(f"{path} is larger than {most // 1000} KB: every page carries it, so make it smaller")
    return body
