"""``aligner train``: fit the scorer's weights on gold alignments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aligner.cli.encoder_options import Device, ExactSpans, Model
from aligner.cli.evaluate import GoldSource, Language
from aligner.cli.failures import guarded
from aligner.cli.plot import Plot, check_plot, write_plot
from aligner.errors import UsageError

Folders = Annotated[
    list[Path],
    typer.Argument(
        metavar="FOLDER",
        help="Holds NAME.en and NAME.zh, with NAME.gold a sentence a line, without it parallel line by line.",
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the weights to FILE, as JSON.")]
LeaveOneOut = Annotated[
    bool, typer.Option("--leave-one-out", help="Also report how texts with gold fare with weights fitted without them.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback if something goes wrong.")]


@guarded
def train(
    folders: Folders,
    *,
    output: Output,
    model: Model = None,
    exact_spans: ExactSpans = False,
    device: Device = None,
    gold_source: GoldSource = Language.ZH,
    leave_one_out: LeaveOneOut = False,
    plot: Plot = None,
    debug: Debug = False,
) -> None:
    """Fit the weights by which beads are scored, for the embedded encoder or another.

    Use what comes out with: aligner align --weights FILE
    """
    from aligner import training
    from aligner.cli.progress import ProgressBar
    from aligner.cli.scores import as_lines
    from aligner.embedding import ModelChoice, load_encoder
    from aligner.evaluation import Evaluation
    from aligner.exporting.files import check_writable, write_file
    from aligner.scoring import Weights, encode_weights

    if plot and not leave_one_out:
        raise UsageError("--plot draws what --leave-one-out measures. Give both.")
    if plot:
        check_plot(plot)
    choice = ModelChoice(model, device, exact_spans)
    check_writable(output)
    texts = [text for folder in folders for text in training.read_training_folder(folder, source=gold_source.value)]
    encoder = load_encoder(choice)
    with ProgressBar() as progress:
        samples = training.make_samples(texts, encoder, progress)
    note = training.describe(texts, encoder)
    weights = Weights(training.fit(samples), note, encoder.name, encoder.fingerprint)
    write_file(output, lambda stream: stream.write(encode_weights(weights)))
    typer.echo(f"Wrote {output}: {note}", err=True)
    if leave_one_out:
        results = dict(training.leave_one_out(texts, samples, encoder))
        typer.echo("\n".join(as_lines(results)))
        if plot:
            write_plot(plot, sum(results.values(), Evaluation()).judged)
