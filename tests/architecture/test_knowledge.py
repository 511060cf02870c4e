"""Who may know whom, where a rule names no module: it holds for whatever is added later."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Installed for others to find: uvicorn and zoneinfo load them by themselves.
BY_NAME = {"httptools", "tzdata"}
# Parts of a declared library that come with it, of the version it names.
PARTS = {"pydantic-core": "pydantic", "markupsafe": "jinja2"}


@cache
def imports() -> tuple[tuple[str, str], ...]:
    """Every (module, what it imports) of the two packages, inside functions too; `from a import b` gives a.b."""
    pages = [path for package in ("portal", "carriers") for path in (ROOT / package).rglob("*.py")]
    return tuple((_name(path), imported) for path in sorted(pages) for imported in _imported(path))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _part(module: str, depth: int) -> str:
    return ".".join(module.split(".")[:depth])


def _between_siblings(parent: str, shared: set[str]) -> list[str]:
    """Imports from one package below `parent` into another one, those in `shared` excepted."""
    depth = parent.count(".") + 2
    siblings = {path.name for path in (ROOT / parent.replace(".", "/")).iterdir() if (path / "__init__.py").exists()}
    private = {f"{parent}.{name}" for name in siblings - shared}
    return [
        f"{module} -> {imported}"
        for module, imported in imports()
        if {_part(module, depth), _part(imported, depth)} <= private and _part(module, depth) != _part(imported, depth)
    ]


def test_one_carrier_imports_no_other() -> None:
    assert _between_siblings("carriers", shared={"core"}) == []


def test_one_platform_imports_no_other_but_the_neutral_document() -> None:
    assert _between_siblings("portal.platforms", shared={"neutral"}) == []


def test_tables_are_known_to_their_own_slice_alone() -> None:
    table = re.compile(
        r"(portal\.(?!kit\.)\w+)\.(models|private)(\.|$)"
    )  # the kit is no slice; its `private` is a type
    strangers = [
        f"{module} -> {imported}"
        for module, imported in imports()
        if (found := table.match(imported)) and module != "portal.tables" and not module.startswith(f"{found[1]}.")
    ]
    assert strangers == []


HIDDEN = re.compile(r"portal\.(orders|accounts|platforms|notify)(\.|$)|portal\.\w+\.private(\.|$)")


def test_pages_that_anyone_may_see_know_no_private_module_not_even_through_others() -> None:
    known = {module for module, _ in imports()}
    public = {module for module in known if re.fullmatch(r"portal\.\w+\.public(\..+)?", module)}
    assert "portal.sharing.public.pages" in public
    reached, asked = set(public), list(public)
    while asked:
        for imported in _modules_of(asked.pop(), known) - reached:
            reached.add(imported)
            asked.append(imported)
    assert sorted(module for module in reached if HIDDEN.match(module)) == []


def _modules_of(module: str, known: set[str]) -> set[str]:
    """The modules of ours that a module imports."""
    wanted = [imported for importer, imported in imports() if importer == module]
    return {name for imported in wanted for name in (imported, imported.rpartition(".")[0]) if name in known}


def test_libraries_are_those_that_are_declared() -> None:
    used = {imported.split(".")[0] for _, imported in imports()} - {"portal", "carriers"} - sys.stdlib_module_names
    owners = packages_distributions()
    needed = {_declared(owner) for module in used for owner in owners[module]} | BY_NAME
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {_plain(re.split(r"[\[~=<>;]", line)[0]) for line in project["dependencies"]} == needed


def _declared(owner: str) -> str:
    return PARTS.get(_plain(owner), _plain(owner))


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower().strip()
