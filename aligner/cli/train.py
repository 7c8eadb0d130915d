"""``aligner train``: fit the scorer's weights on gold alignments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.encoder_options import Device, ExactSpans, Model
from aligner.cli.evaluate import GoldSource, Language
from aligner.cli.failures import Debug, guarded
from aligner.cli.plot import Plot, check_plot, write_plot
from aligner.errors import UsageError

if TYPE_CHECKING:
    from aligner.embedding import ModelChoice

Folders = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FOLDER...",
        help="Holds NAME.en and NAME.zh, with NAME.gold a sentence a line, without it parallel line by line.",
        show_default=False,
    ),
]
Projects = Annotated[
    list[Path] | None,
    typer.Option(
        "--from", metavar="PROJECT", help="Adapt the weights to what you confirmed in aligner review; may be repeated."
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the weights to FILE, as JSON.")]
LeaveOneOut = Annotated[
    bool, typer.Option("--leave-one-out", help="Also report how texts with gold fare with weights fitted without them.")
]


@guarded
def train(
    folders: Folders = None,
    *,
    output: Output,
    projects: Projects = None,
    model: Model = None,
    exact_spans: ExactSpans = False,
    device: Device = None,
    gold_source: GoldSource = Language.ZH,
    leave_one_out: LeaveOneOut = False,
    plot: Plot = None,
    debug: Debug = False,
) -> None:
    """Fit the weights by which beads are scored, for the embedded encoder or another.

    Either fit them anew on FOLDER, or adapt those of the package to your own texts with --from. Use what comes out
    with: aligner align --weights FILE
    """
    if bool(folders) == bool(projects):
        raise UsageError("Give either FOLDER to fit weights anew, or --from PROJECT to adapt those of the package.")
    if projects and leave_one_out:
        raise UsageError("--leave-one-out needs FOLDER. Measure adapted weights with: aligner evaluate --weights FILE")
    from aligner.embedding import ModelChoice

    choice = ModelChoice(model, device, exact_spans)
    if projects:
        _adapt(projects, output, choice)
        return
    from aligner import training
    from aligner.cli.progress import ProgressBar
    from aligner.cli.scores import as_lines
    from aligner.embedding import load_encoder
    from aligner.evaluation import Evaluation
    from aligner.exporting.files import check_writable, write_file
    from aligner.scoring import Weights, encode_weights

    if plot and not leave_one_out:
        raise UsageError("--plot draws what --leave-one-out measures. Give both.")
    if plot:
        check_plot(plot)
    check_writable(output)
    texts = [
        text for folder in folders or () for text in training.read_training_folder(folder, source=gold_source.value)
    ]
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


def _adapt(projects: Sequence[Path], output: Path, choice: ModelChoice) -> None:
    """Fit the weights to the confirmed beads of projects, held near those of the package."""
    from aligner.embedding import load_encoder
    from aligner.exporting.files import check_writable, write_file
    from aligner.review.gold import read_confirmed
    from aligner.scoring import Weights, encode_weights, load_weights
    from aligner.training.corrections import adapt
    from aligner.training.samples import make_sample

    check_writable(output)
    count = sum(len(read_confirmed(path).beads) for path in projects)
    encoder, known = load_encoder(choice), load_weights()
    samples = [make_sample(read_confirmed(path, stretches=True), encoder, known.scorer) for path in projects]
    note = f"Adapted to {count} beads that a person confirmed in aligner review. Before: {known.note}"
    weights = Weights(adapt(samples, known.scorer), note, encoder.name, encoder.fingerprint)
    write_file(output, lambda stream: stream.write(encode_weights(weights)))
    typer.echo(f"Wrote {output}, adapted to {count} confirmed beads. Use it with --weights {output}.", err=True)
