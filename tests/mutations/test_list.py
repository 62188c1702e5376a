"""Every entry of the list still applies, and every module has some."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.mutations.listed import LISTS, ROOT, Mutation, read_lists

FEWEST = 3
LISTED = read_lists()
HOW_TO_REPAIR = f"""
The lists in {LISTS.relative_to(ROOT)} name texts of service/ that changed. For each one here: replace the old text with
the one that now states the same fact, or remove the entry with the code. Then run
`make mutations MODULE=<the module>`, which shows whether the tests notice the fault.
"""


def _is_listed(module: Path) -> bool:
    """Whether there is anything in the module besides docstrings. Migrations are compared with the declarations."""
    if module.parent.name == "versions":
        return False
    body = ast.parse(module.read_text()).body
    return any(not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)) for each in body)


MODULES = sorted(str(each.relative_to(ROOT)) for each in (ROOT / "service").rglob("*.py") if _is_listed(each))


def _why_not(mutation: Mutation) -> str | None:
    path = ROOT / mutation.module
    if not path.is_file():
        return f"{mutation.module} does not exist"
    try:
        changed = mutation.applied_to(path.read_text())
    except ValueError as error:
        return str(error)
    if changed == path.read_text():
        return f"changes nothing: {mutation}"
    try:
        ast.parse(changed)
    except SyntaxError as error:
        return f"is no Python ({error.msg}): {mutation}"
    return None


def test_every_mutation_still_applies() -> None:
    stale = [why for mutation in LISTED.mutations if (why := _why_not(mutation))]

    assert not stale, "\n".join((*stale, HOW_TO_REPAIR))


def test_every_module_has_mutations() -> None:
    counts = Counter(mutation.module for mutation in LISTED.mutations)
    lacking = [f"{module} has {counts[module]}" for module in MODULES if counts[module] < FEWEST]
    excused = [each for each in lacking if each.partition(" ")[0] not in LISTED.fewer]

    assert not excused, "\n".join(
        (*excused, f"A module has at least {FEWEST} mutations, or stands under [fewer] with the reason.")
    )


def test_what_has_fewer_is_there_and_has_a_reason() -> None:
    counts = Counter(mutation.module for mutation in LISTED.mutations)

    assert {module: reason for module, reason in LISTED.fewer.items() if module not in MODULES or not reason} == {}
    assert [module for module in LISTED.fewer if counts[module] >= FEWEST] == []


def test_the_tests_that_are_named_exist() -> None:
    selections = {mutation.tests for mutation in LISTED.mutations}
    paths = {word for tests in selections for word in tests.split() if word.startswith("tests/")}

    assert [path for path in sorted(paths) if not (ROOT / path.partition("::")[0]).exists()] == []


@pytest.mark.parametrize("old", ["nothing has this", "import"])
def test_a_text_that_does_not_occur_once_is_refused(old: str) -> None:
    with pytest.raises(ValueError, match=r"^occurs [02] times in m\.py: "):
        Mutation("m.py", old, "x", "").applied_to("import a\nimport b\n")
