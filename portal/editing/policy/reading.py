"""From a file's text to a policy document, or to every fault in it: member, line, and what would be right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from portal.editing.policy.document import PolicyDocument, contradictions, known_members
from portal.editing.policy.tomlplaces import places
from portal.editing.policy.yamlreading import YamlFault, read_yaml
from portal.platforms.members import name_of

Format = Literal["toml", "yaml"]
Path = tuple[str | int, ...]

FORMATS: Final[Mapping[str, Format]] = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}
LARGEST: Final = 256 * 1024  # characters; a policy has a few thousand
_AT_LINE: Final = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")
_SAID: Final = {
    "missing": "is missing",
    "model_type": "expected a table of members",
    "tuple_type": "expected a list",
    "dict_type": "expected a table",
    "string_type": "expected a text",
    "int_type": "expected a whole number",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "string_pattern_mismatch": 'expected a language of two letters, like "fr"',
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `member` is its path as people write it, "" for the file."""

    line: int
    member: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}: " + ": ".join(part for part in (self.member, self.message) if part)


class InvalidPolicy(ValueError):
    """A text that is no policy. `faults` are all that was found, by line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Read:
    """A document, and where its members stand."""

    document: PolicyDocument
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a member, or of the nearest table around it that is there."""
        return line_of(self.lines, path)


def read_policy(text: str, format_: Format) -> Read:
    """The policy that a file's text says. Raises InvalidPolicy."""
    if len(text) > LARGEST:
        raise InvalidPolicy((Fault(1, "", f"is longer than {LARGEST // 1024} KB"),))
    value, lines = _parsed(text, format_)
    if not isinstance(value, dict):
        raise InvalidPolicy((Fault(1, "", 'expected members, the first of them schema = "policy/1"'),))
    try:
        document = PolicyDocument.model_validate(value)
    except ValidationError as wrong:
        raise InvalidPolicy(_in_order(_fault(fault, lines) for fault in wrong.errors())) from wrong
    found = [Fault(line_of(lines, path), name_of(path), said) for path, said in contradictions(document)]
    if found:
        raise InvalidPolicy(_in_order(iter(found)))
    return Read(document, lines)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of the member at `path`, or of the nearest around it; 1 when nothing is known."""
    return next((lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in lines), 1)


def _parsed(text: str, format_: Format) -> tuple[object, Mapping[Path, int]]:
    try:
        if format_ == "yaml":
            return read_yaml(text)
        return tomllib.loads(text), places(text)
    except tomllib.TOMLDecodeError as wrong:
        raise InvalidPolicy((_toml_fault(text, str(wrong)),)) from wrong
    except YamlFault as wrong:
        raise InvalidPolicy((Fault(wrong.line, "", wrong.message),)) from wrong
    except RecursionError as wrong:
        raise InvalidPolicy((Fault(1, "", "is nested deeper than a policy is"),)) from wrong


def _toml_fault(text: str, said: str) -> Fault:
    found = _AT_LINE.search(said)
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    plain = _AT_LINE.sub("", said)
    hint = ': texts stand in quotes, like "ask"' if plain == "Invalid value" else ""
    return Fault(line, "", f"{plain[0].lower()}{plain[1:]}{hint}")


def _in_order(faults: Iterator[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.member)))


def _fault(wrong: ErrorDetails, lines: Mapping[Path, int]) -> Fault:
    path = tuple(step for step in wrong["loc"] if step not in ("", "[key]"))
    return Fault(line_of(lines, path), name_of(path), _said(wrong, path))


def _said(wrong: ErrorDetails, path: Path) -> str:
    kind, message = wrong["type"], wrong["msg"]
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return _unknown(path) if wrong["loc"][-1] else "holds a member without a name"
    if kind == "literal_error":
        return f"expected {_context(wrong, 'expected')}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"{message[0].lower()}{message[1:]}".replace("input should be", "must be")
    return _SAID.get(kind) or f"{message[0].lower()}{message[1:]}"


def _context(wrong: ErrorDetails, name: str) -> Any:
    return wrong.get("ctx", {}).get(name)


def _unknown(path: Path) -> str:
    """A member that there is not: what may have been meant, or where it belongs."""
    members, name = known_members(), str(path[-1])
    table = next((str(step) for step in reversed(path[:-1]) if isinstance(step, str)), "")
    near = get_close_matches(name.lower().replace("-", "_"), members.get(table, ()), n=1, cutoff=0.7)
    if near:
        return f"is not known: did you mean {near[0]}?"
    elsewhere = sorted(other for other, names in members.items() if name in names and other != table)
    if elsewhere:
        homes = [f"[{other}]" if other else "the top of the file" for other in elsewhere]
        return f"does not belong here but in {' or '.join(homes)}"
    return f"is not known here: {', '.join(sorted(members.get(table, ())))} are"
