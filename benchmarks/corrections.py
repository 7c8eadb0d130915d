"""What corrections in the review teach: ``.venv/bin/python benchmarks/corrections.py BASE... TEXTS``.

Weights are fitted on the folders BASE, in the formats of ``aligner train``. A simulated person goes through the gold
texts of the folder TEXTS as these weights align them, looks at every bead less sure than a threshold, and confirms or
corrects it as the gold has it; nothing else is known. For each text the weights are adapted, as by ``aligner train
--from``, to what was confirmed in the other texts, and judged on that text, of which they have seen nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aligner.data import Bead
from aligner.embedding import Encoder, load_encoder
from aligner.evaluation import Evaluation, GoldText, Links, calibration, evaluate, read_gold_folder
from aligner.pipeline import Settings, align_by
from aligner.scoring import Scorer
from aligner.training import fit, make_samples, read_training_folder
from aligner.training.corrections import adapt
from aligner.training.samples import make_sample, sentences_of

THRESHOLDS = (0.7, 0.95)
FIRMNESS = (15.0, 60.0, 200.0)


def main() -> None:
    *folders, last = map(Path, sys.argv[1:])
    encoder = load_encoder()
    known = [text for folder in folders for text in read_training_folder(folder)]
    base = fit(make_samples(known, encoder))
    texts = read_gold_folder(last)
    aligned = [aligned_by(base, text, encoder) for text in texts]
    show("before", [evaluate(text.beads, beads) for text, beads in zip(texts, aligned, strict=True)])
    for threshold in THRESHOLDS:
        reviewed = [corrected(text, beads, threshold) for text, beads in zip(texts, aligned, strict=True)]
        samples = [make_sample(text, encoder, base) for text, _ in reviewed]
        count = sum(number for _, number in reviewed)
        for firmness in FIRMNESS:
            results = []
            for number, text in enumerate(texts):
                others = [sample for place, sample in enumerate(samples) if place != number]
                results.append(evaluate(text.beads, aligned_by(adapt(others, base, firmness), text, encoder)))
            show(f"below {threshold:.0%} corrected ({count} beads), firmness {firmness:g}", results)


def aligned_by(scorer: Scorer, text: GoldText, encoder: Encoder) -> list[Bead]:
    return align_by(scorer, *sentences_of(text), encoder, Settings())


def corrected(text: GoldText, beads: Sequence[Bead], threshold: float) -> tuple[GoldText, int]:
    """The gold that a person leaves who looked at the doubtful beads only, and how many beads were confirmed."""
    doubtful = [bead for bead in beads if bead.confidence < threshold]
    seen = {i for bead in doubtful for i in bead.source}, {j for bead in doubtful for j in bead.target}
    confirmed = [bead for bead in text.beads if seen[0] & {*bead[0]} or seen[1] & {*bead[1]}]
    return replace(text, beads=(*confirmed, *open_stretches(text, confirmed))), len(confirmed)


def open_stretches(text: GoldText, confirmed: Sequence[Links]) -> list[Links]:
    """What lies between confirmed beads, as ``aligner.review.gold`` writes it."""
    known = {i for bead in confirmed for i in bead[0]}, {j for bead in confirmed for j in bead[1]}
    end = ((len(text.english),), (len(text.chinese),))
    result: list[Links] = []
    row = column = 0
    for source, target in [*sorted(bead for bead in confirmed if all(bead)), end]:
        english = tuple(i for i in range(row, source[0]) if i not in known[0])
        chinese = tuple(j for j in range(column, target[0]) if j not in known[1])
        if english and chinese:
            result += [(english, chinese[:1]), (english[:1], chinese)]
        row, column = max(row, source[-1] + 1), max(column, target[-1] + 1)
    return result


def show(what: str, results: Sequence[Evaluation]) -> None:
    total = sum(results, Evaluation())
    each = " ".join(f"{result.strict.f1:.3f}" for result in results)
    error = calibration(total.judged)[0]
    print(f"{what:56} F1 {total.strict.f1:.4f}  calibration {error:.3f}   {each}", flush=True)


if __name__ == "__main__":
    main()
