"""``aligner evaluate``: how well alignments agree with gold ones."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.encoder_options import Device, ExactSpans, Model, Weights
from aligner.cli.failures import Debug, guarded
from aligner.cli.plot import Plot, check_plot, write_plot
from aligner.errors import UsageError

if TYPE_CHECKING:
    from aligner.embedding import ModelChoice
    from aligner.evaluation import Evaluation


class Language(StrEnum):
    """The two languages, as the options name them."""

    ZH = "zh"
    EN = "en"


Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER",
        help="Holds NAME.en and NAME.zh, a sentence a line, and NAME.gold for each text; or a project of the review.",
    ),
]
Gold = Annotated[Path | None, typer.Option(metavar="FILE", help="A gold alignment, lines such as [0, 1]:[0].")]
Proposed = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The alignment to judge, with the same language first.")
]
GoldSource = Annotated[Language, typer.Option(help="The language whose ids stand first in the folder's gold files.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@guarded
def evaluate(
    folder: Folder = None,
    *,
    gold: Gold = None,
    proposed: Proposed = None,
    model: Model = None,
    exact_spans: ExactSpans = False,
    device: Device = None,
    weights: Weights = None,
    gold_source: GoldSource = Language.ZH,
    plot: Plot = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure precision, recall and F1 against gold alignments.

    Either align all texts of FOLDER and judge that, or judge the file --proposed by the file --gold. Of a project of
    aligner review what was confirmed is the gold, and only beads that it can judge are counted.
    """
    from aligner.cli.scores import as_lines, as_object
    from aligner.embedding import ModelChoice
    from aligner.evaluation import Evaluation

    if plot:
        check_plot(plot)
    if folder and not gold and not proposed:
        texts = _evaluate_folder(folder, gold_source, ModelChoice(model, device, exact_spans), weights)
    elif gold and proposed and not folder:
        if plot:
            raise UsageError("--plot draws confidences, and a list of beads has none. Give a FOLDER of gold texts.")
        texts = {gold.stem: _evaluate_file(gold, proposed)}
    else:
        raise UsageError("Give either a FOLDER of gold texts, or both --gold and --proposed.")
    typer.echo(json.dumps(as_object(texts), indent=1, ensure_ascii=False) if as_json else "\n".join(as_lines(texts)))
    if plot:
        write_plot(plot, sum(texts.values(), Evaluation()).judged)


def _evaluate_folder(
    folder: Path, gold_source: Language, choice: ModelChoice, weights: Path | None
) -> dict[str, Evaluation]:
    from aligner.cli.progress import ProgressBar
    from aligner.embedding import load_encoder
    from aligner.evaluation import align_gold, evaluate, read_gold_folder
    from aligner.pipeline import Settings
    from aligner.review.project import is_project

    if is_project(folder):
        return _evaluate_project(folder, choice, weights)
    texts = read_gold_folder(folder, source=gold_source.value)
    result = {}
    with ProgressBar() as progress:
        settings = Settings(load_encoder(choice), weights=weights)
        for number, text in enumerate(texts):
            progress("texts", number, len(texts))
            result[text.name] = evaluate(text.beads, align_gold(text, settings))
    return result


def _evaluate_project(path: Path, choice: ModelChoice, weights: Path | None) -> dict[str, Evaluation]:
    from aligner.evaluation import evaluate
    from aligner.pipeline import Settings, align_prepared
    from aligner.review.gold import comparable, read_confirmed
    from aligner.training.samples import sentences_of

    gold = read_confirmed(path)
    beads = align_prepared(*sentences_of(gold), Settings(choice, weights=weights))
    return {gold.name: evaluate(gold.beads, comparable(gold, beads))}


def _evaluate_file(gold: Path, proposed: Path) -> Evaluation:
    from aligner.data import Bead
    from aligner.evaluation import evaluate, read_beads

    return evaluate(read_beads(gold), [Bead(*bead) for bead in read_beads(proposed)])
