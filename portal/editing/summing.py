"""The answers about all lines as one about the order: what can be done with any of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.editing.answers import RANK, Answer, Code, Verdict


def best(answers: Sequence[Answer], nothing: Code) -> Answer:
    """The widest verdict among the lines, until it holds of none of them; `units` of all lines of which it is true.
    `nothing`: why there are no answers."""
    if not answers:
        return Answer(Verdict.NO, nothing)
    widest = longest = answers[0]
    units, code, others = 0, widest.code, 0
    for answer in answers:
        difference = RANK[answer.verdict] - RANK[widest.verdict]
        if difference > 0:
            widest = longest = answer
            units, code, others = 0, answer.code, 1
        if difference < 0:
            others = 1
        else:
            units += answer.units
            code = Code.SOME if answer.code is Code.SOME else code
            longest = longest if answer is longest else _longer(longest, answer)
    if others and code is Code.ALLOWED:
        code = Code.SOME
    if len(answers) == 1:
        return longest
    verdict, _, until, then, _, _, _, rule, text, instead, _, link = longest
    if until is not None:
        then = max((_from(answer, until) for answer in answers), key=RANK.__getitem__)
    return Answer(verdict, code, until, then, units, None, None, rule, text, instead, None, link)


def _from(answer: Answer, moment: datetime) -> Verdict:
    """What an answer comes to from this moment on."""
    is_over = answer.then is not None and answer.until is not None and answer.until <= moment
    return answer.then if is_over and answer.then else answer.verdict


def _longer(one: Answer, other: Answer) -> Answer:
    """The one that holds longer; the first of equals."""
    if one.until is None or (other.until is not None and other.until <= one.until):
        return one
    return other
