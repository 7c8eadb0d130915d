"""``aligner align``: one page that holds both languages, or two texts."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.encoder_options import Device, ExactSpans, Model, Weights
from aligner.cli.failures import Debug, guarded
from aligner.errors import NoParallelTextError, OutputError
from aligner.keeping import DEFAULT_MIN_CONFIDENCE

if TYPE_CHECKING:
    from aligner.data import Alignment, Document
    from aligner.exporting import ExportReport, ExportSettings
    from aligner.pipeline import Settings

AUTOMATIC = "auto"
SMALL_INPUT = 50_000  # bytes: an article in both languages and more; a book gains from threads

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        show_default=False,
        help="One file that holds both languages, or an English and a Chinese file; - is standard input.",
    ),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write FILE in the format of its suffix; may be repeated."),
]
MinConfidence = Annotated[
    float, typer.Option(metavar="X", help="Keep pairs that are right with at least this probability, 0 to 1.")
]
Sentences = Annotated[
    bool, typer.Option("--sentences", help="The inputs hold a sentence a line: clean and split nothing.")
]
Crossing = Annotated[
    bool, typer.Option("--crossing", help="Also pair sentences that the translation moved past others.")
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE", help="Write what became of every line to FILE (.txt, .html or .jsonl); may be repeated."
    ),
]
Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="The inputs' encoding, such as gb18030; found out by default.")
]
EnCode = Annotated[str, typer.Option(metavar="CODE", help="The English language code in the outputs.")]
ZhCode = Annotated[
    str, typer.Option(metavar="CODE", help="The Chinese one; by default zh-CN or zh-TW, as the text is written.")
]
Glossary = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Your own terms, a line each: Chinese, a tab, English."),
]
First = Annotated[
    str, typer.Option(metavar="LANGUAGE", help="en or zh: what comes first in .html and .epub, and in front in .apkg.")
]
Pinyin = Annotated[bool, typer.Option("--pinyin", help="Show pinyin above the characters in .html and .epub.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary and no progress, only errors.")]


@guarded
def align(
    inputs: Inputs,
    *,
    output: Outputs = None,
    min_confidence: MinConfidence = DEFAULT_MIN_CONFIDENCE,
    model: Model = None,
    exact_spans: ExactSpans = False,
    device: Device = None,
    weights: Weights = None,
    sentences: Sentences = False,
    crossing: Crossing = False,
    report: Reports = None,
    encoding: Encoding = None,
    en_code: EnCode = "en-US",
    zh_code: ZhCode = AUTOMATIC,
    glossary: Glossary = None,
    first: First = "en",
    pinyin: Pinyin = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Align the English and Chinese sentences of a page or of two texts.

    Without -o the pairs are shown as a table, or written as TSV where the output is piped.
    """
    from aligner.cli.inputs import check_inputs, read_glossary, read_inputs
    from aligner.cli.progress import ProgressBar
    from aligner.cli.summary import print_summary, print_warnings

    started = time.monotonic()
    check_inputs(inputs, sentences)
    _spare_threads(inputs)
    from aligner.embedding import ModelChoice, load_ahead
    from aligner.reading.gathering import is_chinese

    choice = ModelChoice(model, device, exact_spans)
    _check_outputs(output or [], report or [], inputs)
    labels = replace(_labels(inputs, output or [], en_code, zh_code), first=first, pinyin=pinyin)
    with ProgressBar(quiet) as progress:
        terms = read_glossary(glossary, quiet=quiet) if glossary else {}
        documents = read_inputs(inputs, sentences, encoding)
        if any(is_chinese(line.text) for document in documents for line in document.lines):  # if not, it is refused
            load_ahead(choice)  # while the rest of the program is loaded, which takes as long
        from aligner.pipeline import Settings

        settings = Settings(choice, min_confidence, terms, progress, weights, crossing)
        alignment, failure = aligned(documents, sentences, settings)
    if failure:
        _write_reports(report or [], alignment, documents)  # they tell why
        if not quiet:
            print_warnings(warning for document in documents for warning in document.warnings)
        raise failure
    if zh_code == AUTOMATIC:
        labels = _with_script(labels, alignment)
    written = _write(alignment, documents, output or [], report or [], labels)
    if not quiet:
        print_summary(alignment, written, time.monotonic() - started)


def _spare_threads(inputs: Sequence[str]) -> None:
    """Let numpy, which is not loaded yet, multiply the small matrices of one article in one thread.

    Its other threads would wait for work in a busy loop, for longer than the work takes if the machine is loaded.
    """
    files = [Path(name) for name in inputs]
    if all(file.is_file() for file in files) and sum(file.stat().st_size for file in files) <= SMALL_INPUT:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _check_outputs(outputs: Sequence[str], reports: Sequence[str], inputs: Sequence[str]) -> None:
    from aligner.cli.inputs import check_outputs
    from aligner.cli.report import check_report
    from aligner.exporting import check_output

    if not outputs and sys.stdout is None:
        raise OutputError("Standard output is closed. Name a file with -o.")
    for path in outputs:
        check_output(path)
    for path in reports:
        check_report(path)
    check_outputs([*outputs, *reports], inputs)


def _labels(inputs: Sequence[str], outputs: Sequence[str], en_code: str, zh_code: str) -> ExportSettings:
    from aligner.cli.inputs import STDIN
    from aligner.exporting import ExportSettings

    title = ", ".join(Path(name).name for name in inputs if name != STDIN)
    if not title and outputs:
        title = Path(outputs[0]).stem
    if zh_code == AUTOMATIC:
        return ExportSettings(en_code=en_code, title=title)
    return ExportSettings(en_code=en_code, zh_code=zh_code, title=title)


def dated(labels: ExportSettings, path: str) -> ExportSettings:
    """With the time for a deck: Anki updates only notes that are older than the deck, so that it has to tell."""
    return replace(labels, created=datetime.now(UTC)) if path.lower().endswith(".apkg") else labels


def _with_script(labels: ExportSettings, alignment: Alignment) -> ExportSettings:
    from aligner.scoring.script import chinese_code

    return replace(labels, zh_code=chinese_code(pair.zh for pair in alignment.pairs))


def aligned(
    documents: Sequence[Document], sentences: bool, settings: Settings
) -> tuple[Alignment, NoParallelTextError | None]:
    """The alignment, and what is wrong where it has no pairs."""
    from aligner import pipeline
    from aligner.keeping import all_dropped

    names = " and ".join(document.name for document in documents)
    try:
        if sentences:
            alignment = _aligned_sentences(documents, settings, names)
        else:
            alignment = pipeline.align_documents(documents, settings)
    except NoParallelTextError as error:
        return all_dropped(documents, str(error)), error
    if alignment.pairs:
        return alignment, None
    message = "no pair is sure enough. To see the best guesses, ask for a lower --min-confidence, 0.1 for example."
    return alignment, NoParallelTextError(f"no parallel text found in {names}: {message}")


def _aligned_sentences(documents: Sequence[Document], settings: Settings, names: str) -> Alignment:
    from aligner import pipeline

    source, target = ([line.text for line in document.lines] for document in documents)
    alignment = pipeline.align_ready_sentences(source, target, settings, names)
    warnings = tuple(warning for document in documents for warning in document.warnings)
    skipped = (entry for document in documents for entry in document.skipped)
    return replace(alignment, warnings=warnings, dropped=(*alignment.dropped, *skipped))


def _write(
    alignment: Alignment,
    documents: Sequence[Document],
    outputs: Sequence[str],
    reports: Sequence[str],
    labels: ExportSettings,
) -> list[ExportReport]:
    from aligner.exporting import export, export_to_stream

    written = [export(alignment, path, dated(labels, path)) for path in outputs]
    _write_reports(reports, alignment, documents)
    if not outputs and sys.stdout.isatty():
        from aligner.cli.table import print_table

        print_table(alignment)
    elif not outputs:
        written.append(export_to_stream(alignment, sys.stdout.buffer, "tsv", labels))
    return written


def _write_reports(reports: Sequence[str], alignment: Alignment, documents: Sequence[Document]) -> None:
    from aligner.cli.report import write_report

    for path in reports:
        write_report(path, alignment, documents)
