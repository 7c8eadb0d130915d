"""The commands of ``aligner`` and what they have in common."""

from __future__ import annotations

from typing import Annotated

import typer

from aligner.cli.align import align
from aligner.cli.convert import convert
from aligner.cli.corpus import corpus
from aligner.cli.evaluate import evaluate
from aligner.cli.models import models
from aligner.cli.review import review
from aligner.cli.train import train

# Help without rich: it comes up in half the time.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(short_help="Align a page that holds both languages, or two texts.")(align)
app.command(short_help="Turn a file of pairs into another format.")(convert)
app.command(short_help="Align many documents into one parallel corpus; resumable.")(corpus)
app.command(short_help="Measure alignments against gold ones.")(evaluate)
app.command(short_help="Correct an alignment in the browser.")(review)
app.command(short_help="Fit the weights of the scorer on gold alignments.")(train)

app.add_typer(models, name="models", short_help="List encoders, or export the embedded one.")


def _print_version(asked: bool) -> None:
    if asked:
        import aligner

        typer.echo(f"aligner {aligner.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Align the English and Chinese sentences of bilingual pages and texts, offline."""
