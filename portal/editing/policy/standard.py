"""The policy of a shop that wrote none, and the way from a file's text to a policy. Pure."""

from __future__ import annotations

from functools import cache
from typing import Final

from portal.editing.policy.compiling import compile_policy
from portal.editing.policy.document import PolicyDocument
from portal.editing.policy.reading import Format, read_policy
from portal.editing.policy.rules import Policy

STANDARD: Final = """\
# What holds for a shop that wrote no policy, and for every action that its own policy does not name.
schema = "policy/1"

[swap]                       # another size or colour
verdict = "allowed"
window = "1h"
afterwards = "ask"
dearer = "ask"               # the customer would have to pay more

[quantity]
verdict = "allowed"
window = "1h"
afterwards = "ask"
up = "ask"

[cancel_line]                # some of the items
verdict = "allowed"          # until the warehouse has them

[cancel_order]
verdict = "allowed"          # until the warehouse has it

[address]
verdict = "allowed"
window = "1h"
afterwards = "ask"
other_country = "ask"
other_region = "ask"
part_shipped = "ask"

[instructions]
verdict = "allowed"

[return]
verdict = "ask"

[problem]
verdict = "allowed"
"""


@cache
def standard_document() -> PolicyDocument:
    """The standard policy as a document."""
    return read_policy(STANDARD, "toml").document


@cache
def standard_policy() -> Policy:
    """The standard policy as the resolver uses it."""
    return compile_policy(standard_document(), standard_document())


def policy_of(document: PolicyDocument) -> Policy:
    """A shop's policy as the resolver uses it; the standard policy has what the document leaves out."""
    return compile_policy(document, standard_document())


def policy_from(text: str, format_: Format) -> Policy:
    """The policy that a file's text says. Raises InvalidPolicy."""
    return policy_of(read_policy(text, format_).document)
