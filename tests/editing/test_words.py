"""Every code has words, and the shop's own come first."""

from __future__ import annotations

from portal.editing import codes
from portal.editing.answers import Answer, Code, Verdict
from portal.editing.words import SENTENCES, sentence


def test_every_code_has_a_sentence_and_no_other() -> None:
    assert {code.value for code in Code} <= {str(code) for code in SENTENCES}
    assert {str(code) for code in SENTENCES} >= codes.TURNED_DOWN
    assert [code for code, words in SENTENCES.items() if not words] == [Code.ALLOWED]


def test_the_shops_own_words_come_first_in_the_language_that_is_read() -> None:
    answer = Answer(Verdict.NO, Code.POLICY, text={"fr": "Pas les sacs.", "de": "Keine Taschen."})
    assert sentence(Code.POLICY, answer, ("de", "en")) == ("Keine Taschen.", False)
    assert sentence(Code.POLICY, answer, ("it", "en")) == ("Pas les sacs.", False)
    assert sentence(Code.POLICY) == ("The shop does not offer this.", True)
