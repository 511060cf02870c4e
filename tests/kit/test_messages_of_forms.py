"""What forms say to people is marked where it stands in the source, so that the catalogues see it."""

from __future__ import annotations

import ast

import pytest

from portal import paths

SOURCES = sorted(paths.TEMPLATES.parent.joinpath("portal").rglob("*.py"))


def unmarked(source: str, *, form: bool) -> list[str]:
    """Sentences that a form is turned down with, and that no `N_` marks. `form`: the source describes forms, whose
    validators raise ValueError with what is said."""
    said: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "refused":
            said += node.args[1:2]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem" and form:
            said += node.args[:1]
        elif form and isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            said += node.exc.args[:1]
    return [ast.unparse(one) for one in said if isinstance(one, ast.Constant | ast.JoinedStr)]


def test_forms_say_nothing_that_no_catalogue_knows() -> None:
    forms = [path for path in SOURCES if path.name == "forms.py" and path.parent.name != "kit"]
    assert forms
    assert any(".refused(" in path.read_text() for path in SOURCES)
    assert {path: found for path in SOURCES if (found := unmarked(path.read_text(), form=path in forms))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "form.refused('email', 'Taken already.')",
        "raise ValueError('Not a number.')",
        "raise ValueError(f'Not {x}.')",
        "Problem('Too long.')",
    ],
)
def test_a_sentence_that_nobody_marked_is_found(source: str) -> None:
    assert unmarked(source, form=True)


def test_a_marked_one_is_not() -> None:
    assert unmarked("form.refused('email', N_('Taken already.'), left=2)\nraise ValueError(N_('No.'))", form=True) == []
