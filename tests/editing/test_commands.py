"""What comes in is typed, short and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.editing.commands import COMMANDS, BadCommand, CancelWhole, NewAddress, Quantity, Swap, command_from
from portal.editing.packing import change_from, packed
from portal.editing.wishes import action_of
from portal.kit.forms import filled
from portal.platforms.changes import CancelUnits, SetAddress, SetInstructions, SwapVariant

PLACE = {"action": "address", "name": "Ada", "line1": "3 rue", "city": "Lyon", "country": "fr"}
NEVER = (
    "state",
    "status",
    "order_id",
    "who",
    "person",
    "price",
    "fee",
    "quote",
    "key",
    "confirmed_at",
    "undo_until",
    "id",
)


def test_commands_become_changes() -> None:
    assert command_from({"action": "swap", "line": "a", "variant": "b"}).change() == SwapVariant("a", "b", 1)
    assert command_from({"action": "cancel_line", "line": "a", "quantity": 2}).change() == CancelUnits((("a", 2),))
    change = command_from(PLACE).change()
    assert isinstance(change, SetAddress)
    assert (change.address.line1, change.address.country, change.address.company) == ("3 rue", "FR", None)
    assert command_from({"action": "instructions", "text": "a\r\nb "}).change() == SetInstructions("a\nb")
    assert command_from({"action": "instructions", "text": "  "}).change() == SetInstructions(None)


@pytest.mark.parametrize("name", NEVER)
def test_nothing_but_the_wish_is_taken_in(name: str) -> None:
    with pytest.raises(BadCommand, match=name):
        command_from({"action": "swap", "line": "a", "variant": "b", name: 1})
    form = filled(Swap, {"line": "a", "variant": "b", "quantity": "2", name: "1"})
    assert form.data == Swap(line="a", variant="b", quantity=2)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "swap",
        {},
        {"action": "refund"},
        {"action": "return", "line": "a"},
        {"action": "swap", "line": "a"},
        {"action": "swap", "line": "", "variant": "b"},
        {"action": "swap", "line": "a" * 201, "variant": "b"},
        {"action": "swap", "line": "a", "variant": "b", "quantity": 0},
        {"action": "quantity", "line": "a", "quantity": 0},
        {"action": "quantity", "line": "a", "quantity": 1000},
        {"action": "quantity", "line": "a", "quantity": 1.5},
        {"action": "cancel_line", "line": "a", "quantity": -1},
        {"action": "cancel_order", "reason": "because"},
        {**PLACE, "country": "France"},
        {**PLACE, "country": "F1"},
        {**PLACE, "line1": " "},
        {**PLACE, "city": "x" * 101},
        {**PLACE, "line2": "a\nb"},
        {**PLACE, "name": "a\u202eb"},
        {**PLACE, "lat": 3},
        {"action": "instructions", "text": "x" * 251},
        {"action": "instructions", "text": "a\x00b"},
    ],
)
def test_what_is_wrong_is_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(BadCommand) as refused:
        command_from(value)
    assert refused.value.faults
    for sent in (str(part) for part in (value.values() if isinstance(value, dict) else [])):
        assert len(sent) < 4 or sent in ("swap", "quantity") or sent not in str(refused.value)


_NAMES = st.sampled_from(["action", "line", "variant", "quantity", "text", "name"]) | st.text(max_size=5)
_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=9,
)


@given(_JUNK)
def test_junk_is_refused_and_breaks_nothing(value: Any) -> None:
    try:
        command = command_from(value)
    except BadCommand:
        return
    assert command.action in {action.value for action in COMMANDS}


_WORDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
_COMMANDS = st.one_of(
    st.builds(Swap, line=_WORDS, variant=_WORDS, quantity=st.integers(1, 999)),
    st.builds(Quantity, line=_WORDS, quantity=st.integers(1, 999)),
    st.builds(CancelWhole, reason=st.sampled_from(["customer", "fraud", "sold_in_store"])),
    st.builds(NewAddress, name=_WORDS, line1=_WORDS, city=_WORDS, country=st.sampled_from(["FR", "DE"])),
)


@given(_COMMANDS)
def test_a_change_is_kept_as_it_was(command: Swap) -> None:
    change = command.change()
    assert action_of(change) == command.action
    assert change_from(command.action, packed(change)) == change
