"""The command `shapeshift-parity URL URL`."""

import sys

import click

from parity.token_command import NoToken, token_of


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("first", metavar="URL")
@click.argument("second", metavar="URL")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the random sequences.")
@click.option(
    "--token-command",
    metavar="COMMAND",
    help="Prints a token of a caller who may do everything, for services with authentication. It is sent to both.",
)
@click.option("--sequences", type=click.IntRange(min=0), default=5, show_default=True, help="How many of them.")
def main(first: str, second: str, seed: int, token_command: str | None, sequences: int) -> None:
    """Compare what two services answer, each at its base URL, and exit with status 1 if they differ.

    Scenarios of every operation and failure and random sequences are played against both. This writes to both: it
    creates entities of its own, and deletes them at the end.
    """
    try:
        import hypothesis  # noqa: F401, PLC0415  # an extra, for the random sequences
        from rich.console import Console  # noqa: PLC0415  # likewise

        from parity.live.command import Unusable, compare  # noqa: PLC0415  # likewise
    except ImportError as error:
        raise click.ClickException(f"This needs more: pip install 'shapeshift[parity]' ({error}).") from error
    try:
        token = token_of(token_command)
        same = compare(first, second, seed=seed, sequences=sequences, token=token, console=Console())
    except (Unusable, NoToken) as problem:
        raise click.ClickException(str(problem)) from problem
    sys.exit(0 if same else 1)
