"""The answers about all lines as one about the order: what can be done with any of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.editing.answers import ALLOWED, ASK, NO, RANK, Answer, Code, Verdict, refusal


def best(answers: Sequence[Answer], nothing: Code) -> Answer:
    """The widest verdict among the lines, until it holds of none of them; `units` of all lines of which it is true.
    `nothing`: why there are no answers."""
    if not answers:
        return refusal(nothing)
    if len(answers) == 1:
        return answers[0]
    verdicts = [answer.verdict for answer in answers]
    widest = ALLOWED if ALLOWED in verdicts else ASK if ASK in verdicts else NO
    if widest is NO:
        return answers[0]
    those = [answer for answer in answers if answer.verdict is widest]
    longest, units, code = those[0], 0, those[0].code
    for answer in those:
        units += answer.units
        if answer is not longest:
            code = answer.code if answer.code is Code.SOME else code
            longest = _longer(longest, answer)
    if code is Code.ALLOWED and len(those) < len(answers):
        code = Code.SOME
    _, _, until, then, _, _, _, rule, text, instead, _, link, _ = longest
    if until is not None and any(answer.until != until or answer.then is not then for answer in answers):
        then = max([_from(answer, until) for answer in answers], key=RANK.__getitem__)
    return Answer(widest, code, until, then, units, None, None, rule, text, instead, None, link)


def _from(answer: Answer, moment: datetime) -> Verdict:
    """What an answer comes to from this moment on."""
    is_over = answer.then is not None and answer.until is not None and answer.until <= moment
    return answer.then if is_over and answer.then else answer.verdict


def _longer(one: Answer, other: Answer) -> Answer:
    """The one that holds longer; the first of equals."""
    if one.until is None or (other.until is not None and other.until <= one.until):
        return one
    return other
