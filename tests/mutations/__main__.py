"""`python -m tests.mutations [MODULE…]`: whether the tests notice each mutation of the list."""

import sys
import tempfile
from pathlib import Path

import click

from tests.mutations.listed import read_lists
from tests.mutations.runner import Runner


@click.command()
@click.argument("modules", nargs=-1)
@click.option("--at-once", default=2, show_default=True, help="How many mutations are tried at the same time.")
def main(modules: tuple[str, ...], at_once: int) -> None:
    """Try the mutations of the list: all, or those in MODULES, such as service/domain. Ends with 1 if one survives."""
    mutations = [each for each in read_lists().mutations if not modules or each.module.startswith(modules)]
    if not mutations:
        raise click.ClickException(f"There are no mutations in {', '.join(modules)}.")
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        runner = Runner(Path(folder) / str(number) for number in range(at_once))
        bad = []
        for tests, outcome in runner.check_selections(sorted({each.tests for each in mutations})):
            if outcome.told != "all tests passed":
                bad.append(f"  pytest {tests}: {outcome.told}")
        if bad:
            raise click.ClickException("\n".join(("These tests fail without any mutation:", *bad)))
        survivors = []
        for mutation, outcome in runner.try_mutations(mutations):
            click.echo(f"{'caught  ' if outcome.caught else 'SURVIVED'}  {mutation}\n            {outcome.told}")
            if not outcome.caught:
                survivors.append(f"  {mutation}\n    pytest {mutation.tests}: {outcome.told}")
    click.echo(f"\n{len(mutations) - len(survivors)} of {len(mutations)} mutations were caught.")
    if survivors:
        click.echo("\n".join(("These survived. Strengthen the tests that are named, or add one:", *survivors)))
        sys.exit(1)


if __name__ == "__main__":
    main()
