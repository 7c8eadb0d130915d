"""``aligner corpus``: many documents into one parallel corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.align import Crossing, Encoding, Glossary, MinConfidence, Quiet
from aligner.cli.encoder_options import Device, ExactSpans, Model, Weights
from aligner.cli.failures import Debug, guarded, say
from aligner.errors import UsageError
from aligner.keeping import DEFAULT_MIN_CONFIDENCE

if TYPE_CHECKING:
    from aligner.corpus.finishing import Totals
    from aligner.corpus.inputs import Columns

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        show_default=False,
        help="Folders, files, patterns such as 'news/**/*.html', manifests, or Parquet or JSONL files of texts.",
    ),
]
Folder = Annotated[
    str, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The folder of the corpus.")
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=COLUMN",
        help="Where a table has its id, path, path2, text, en or zh, as in en=english; may be repeated.",
    ),
]
Workers = Annotated[int | None, typer.Option(metavar="N", min=1, help="Worker processes; by default one a core.")]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", help="Set aside a document that takes longer.")]
WorkerMemory = Annotated[int, typer.Option(metavar="MB", min=256, help="Memory for each worker.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin again, doing away with an earlier run's results in DIR.")]


@guarded
def corpus(
    inputs: Inputs,
    *,
    output: Folder,
    column: Column = None,
    min_confidence: MinConfidence = DEFAULT_MIN_CONFIDENCE,
    model: Model = None,
    exact_spans: ExactSpans = False,
    device: Device = None,
    weights: Weights = None,
    crossing: Crossing = False,
    encoding: Encoding = None,
    glossary: Glossary = None,
    workers: Workers = None,
    timeout: Timeout = 600,
    worker_memory: WorkerMemory = 4096,
    fresh: Fresh = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Align many documents and write their pairs as one corpus. The same command goes on after an interruption."""
    from functools import partial

    from aligner.cli.inputs import read_glossary
    from aligner.cli.progress import ProgressBar
    from aligner.corpus.filters import Filters
    from aligner.corpus.local import cores, run_local
    from aligner.corpus.run import Request, build_corpus
    from aligner.corpus.settings import CorpusSettings
    from aligner.embedding import ModelChoice

    settings = CorpusSettings(
        ModelChoice(model, device, exact_spans),
        crossing,
        str(weights) if weights else None,
        read_glossary(glossary) if glossary else {},
        encoding,
        Filters(min_confidence),
    )
    request = Request(inputs, output, settings, _columns(column or []), fresh, timeout, worker_memory << 20)
    with ProgressBar(quiet) as progress:
        totals = build_corpus(request, partial(run_local, workers=workers or cores()), progress)
    if not quiet:
        _print_totals(totals, output)


def _columns(pairs: list[str]) -> Columns:
    from aligner.corpus.inputs import Columns

    split = [pair.partition("=") for pair in pairs]
    if wrong := [pair for pair, parts in zip(pairs, split, strict=True) if not (parts[0] and parts[2])]:
        raise UsageError(f"--column {wrong[0]}: expected a name and a column, as in --column en=english.")
    return Columns.named({name: column for name, _, column in split})


def _print_totals(totals: Totals, folder: str) -> None:
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in totals.outcomes.items())
    say(f"Documents: {totals.documents:,} ({outcomes})")
    say(f"Wrote {folder} ({totals.pairs:,} pairs)")
