"""``aligner corpus``: many documents into one parallel corpus."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.align import Crossing, Encoding, Glossary, MinConfidence, Quiet
from aligner.cli.encoder_options import Device, ExactSpans, Model, Weights
from aligner.cli.failures import Debug, guarded, say
from aligner.errors import UsageError
from aligner.keeping import DEFAULT_MIN_CONFIDENCE

if TYPE_CHECKING:
    from aligner.corpus.deduplication import Share
    from aligner.corpus.inputs import Columns
    from aligner.corpus.manifest import Totals
    from aligner.corpus.run import Engine as Run


class Check(StrEnum):
    """A check that can be left out, by its name in ``Filters``."""

    languages = "languages"
    untranslated = "untranslated"
    numbers = "numbers"


class EngineName(StrEnum):
    """What does the work."""

    local = "local"
    ray = "ray"


def _finite(value: float) -> float:
    """Ranges let "nan" pass."""
    if math.isfinite(value):
        return value
    raise typer.BadParameter(f"{value} is not a number.")


Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        show_default=False,
        help="Folders, files, patterns such as 'news/**/*.html', web archives, manifests, or tables of texts.",
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
MinCharacters = Annotated[
    int, typer.Option(metavar="N", min=0, help="Leave out pairs with a side of fewer letters, characters and digits.")
]
MaxCharacters = Annotated[int, typer.Option(metavar="N", min=0, help="And those with a longer side; 0 for any length.")]
LengthDeviations = Annotated[
    float,
    typer.Option(
        metavar="X",
        min=0,
        callback=_finite,
        help="And those whose lengths differ by more standard deviations; 0 for any.",
    ),
]
SkipCheck = Annotated[
    list[Check] | None,
    typer.Option(metavar="NAME", help="Keep pairs that fail the check languages, untranslated or numbers; repeatable."),
]
NearDuplicates = Annotated[
    float,
    typer.Option(
        metavar="X",
        min=0,
        max=1,
        callback=_finite,
        help="Take pairs for copies that overlap by X; 0: only equal ones.",
    ),
]
NoMatching = Annotated[
    bool, typer.Option("--no-matching", help="Do not match documents of one language with their translations.")
]
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", metavar="NAME", help="Write the pairs as tmx or tsv as well; repeatable."),
]
Engine = Annotated[
    EngineName, typer.Option(metavar="NAME", help="Work on this machine (local), or on a cluster (ray).")
]
Address = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="The Ray cluster, or auto; without it, one is started on this machine."),
]
Workers = Annotated[int | None, typer.Option(metavar="N", min=1, help="Worker processes; by default one a core.")]
Timeout = Annotated[
    float, typer.Option(metavar="SECONDS", min=1, callback=_finite, help="Set aside a document that takes longer.")
]
WorkerMemory = Annotated[int, typer.Option(metavar="MB", min=256, help="Memory for each worker.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin again, doing away with an earlier run's results in DIR.")]


@guarded
def corpus(
    inputs: Inputs,
    *,
    output: Folder,
    column: Column = None,
    format_name: Formats = None,
    min_confidence: MinConfidence = DEFAULT_MIN_CONFIDENCE,
    min_characters: MinCharacters = 2,
    max_characters: MaxCharacters = 1000,
    length_deviations: LengthDeviations = 3.0,
    skip_check: SkipCheck = None,
    near_duplicates: NearDuplicates = 0.8,
    no_matching: NoMatching = False,
    model: Model = None,
    exact_spans: ExactSpans = False,
    device: Device = None,
    weights: Weights = None,
    crossing: Crossing = False,
    encoding: Encoding = None,
    glossary: Glossary = None,
    engine: Engine = EngineName.local,
    address: Address = None,
    workers: Workers = None,
    timeout: Timeout = 600,
    worker_memory: WorkerMemory = 4096,
    fresh: Fresh = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Align many documents and write their pairs as one corpus. The same command goes on after an interruption."""
    from aligner.cli.inputs import read_glossary
    from aligner.cli.progress import ProgressBar
    from aligner.corpus.filters import Filters
    from aligner.corpus.run import Request, build_corpus
    from aligner.corpus.settings import CorpusSettings
    from aligner.embedding import ModelChoice

    checks = {f"check_{check.value}": False for check in skip_check or []}
    settings = CorpusSettings(
        ModelChoice(model, device, exact_spans),
        crossing,
        str(weights) if weights else None,
        read_glossary(glossary, quiet=quiet) if glossary else {},
        encoding,
        Filters(min_confidence, min_characters, max_characters, length_deviations=length_deviations, **checks),
        not no_matching,
        near_duplicates,
    )
    limits = timeout, worker_memory << 20
    request = Request(inputs, output, settings, _columns(column or []), fresh, *limits, format_name or [])
    try:
        with _engine(engine, address, workers) as (run, share), ProgressBar(quiet) as progress:
            totals = build_corpus(request, run, progress, share=share)
    except (KeyboardInterrupt, SystemExit):
        say(f"Stopped. What is done is kept in {output}; the same command goes on from there.")
        raise
    if not quiet:
        _print_totals(totals, output)


@contextmanager
def _engine(name: EngineName, address: str | None, workers: int | None) -> Iterator[tuple[Run, Share]]:
    """What does the blocks, and what shares out other work."""
    if name is EngineName.ray:
        from aligner.corpus.cluster import ray_engine

        with ray_engine(address, workers) as engine:
            yield engine, engine.share
        return
    if address:
        raise UsageError("--address names a Ray cluster. Add --engine ray, or leave it out.")
    from functools import partial

    from aligner.corpus.local import cores, run_local

    yield partial(run_local, workers=workers or cores()), map


def _columns(pairs: list[str]) -> Columns:
    from aligner.corpus.inputs import Columns

    split = [pair.partition("=") for pair in pairs]
    if wrong := [pair for pair, parts in zip(pairs, split, strict=True) if not (parts[0] and parts[2])]:
        raise UsageError(f"--column {wrong[0]}: expected a name and a column, as in --column en=english.")
    return Columns.named({name: column for name, _, column in split})


def _print_totals(totals: Totals, folder: str) -> None:
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in totals.outcomes.items())
    say(f"Documents: {totals.documents:,} ({outcomes})")
    if totals.left_out:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in totals.left_out.items())
        say(f"Pairs left out: {sum(totals.left_out.values()):,} ({reasons})")
    pairs = "1 pair" if totals.pairs == 1 else f"{totals.pairs:,} pairs"
    say(f"Wrote {folder} ({pairs}); its report.html shows them")
