"""YAML as far as a policy needs it, strictly: values with the lines they stand in.

Words stay words: of the plain ones only true, false and null are anything else, so that `no` is a verdict, `NO` is
Norway, `14:00` a time and `012` an article's number. Refused are names given twice, references to other places (which
can make a small file enormous), tags, several documents, and more depth than a policy has. Knows nothing of policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml

Path = tuple[str | int, ...]

_DEEPEST: Final = 12
_WORDS: Final[dict[str, object]] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


class YamlFault(ValueError):
    """What is wrong, and in which line (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def read_yaml(text: str) -> tuple[object, dict[Path, int]]:
    """The value, and the line of every member by its path. Raises YamlFault."""
    try:
        for event in _checked(text):
            _refuse(event)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise YamlFault(mark.line + 1 if mark else 1, wrong.problem or "cannot be read") from wrong
    except yaml.YAMLError as wrong:
        raise YamlFault(1, "holds characters that YAML does not know") from wrong
    places: dict[Path, int] = {}
    return (None if node is None else _value(node, (), places)), places


def _checked(text: str) -> Iterator[yaml.Event]:
    """The events of the text, as long as it is one document of a sane depth."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > _DEEPEST:
            raise YamlFault(_line(event), "is nested deeper than a policy is")
        if documents > 1:
            raise YamlFault(_line(event), "begins another document: a file holds one policy")
        yield event


def _refuse(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise YamlFault(_line(event), "refers to another place (& or *): write the value out")
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
        raise YamlFault(_line(event), "has a tag (!): leave it out")


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _value(node: yaml.Node, path: Path, places: dict[Path, int]) -> object:
    places.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, place), places) for place, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, places)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, places: dict[Path, int]) -> dict[str, object]:
    members: dict[str, object] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFault(line, "has a name that is no word")
        if key.value in members:
            raise YamlFault(line, f"{key.value!r} is given twice")
        places[*path, key.value] = line
        members[key.value] = _value(value, (*path, key.value), places)
    return members


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:  # in quotes, or a block of text
        return text
    return _WORDS.get(text, text)
