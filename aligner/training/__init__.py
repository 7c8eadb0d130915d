"""Training: fits the weights of the features on gold alignments and on parallel lines with planted noise."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aligner.data import Progress
from aligner.embedding import Encoder
from aligner.errors import InputError
from aligner.evaluation import Evaluation, GoldText, Links, evaluate, read_gold_folder, read_lines
from aligner.pipeline import Settings, align_by
from aligner.scoring import load_weights
from aligner.segmentation import split_sentences
from aligner.training.fitting import fit
from aligner.training.noise import loosen_paragraphs, lose_sentences, plant_noise, unrelated
from aligner.training.samples import Sample, make_sample, sentences_of

__all__ = ["describe", "fit", "leave_one_out", "make_samples", "read_training_folder"]

LOSSY_IMPORTANCE = 0.5  # of a second copy of each exact text, from which single sentences have lost their counterpart
PARALLEL_IMPORTANCE = 0.5  # of a text that is known line by line only
UNRELATED = 150  # texts that have nothing in common, made where there are line-parallel ones to cut them from
UNRELATED_IMPORTANCE = 0.5
CHINESE_SUFFIXES = (".zh", ".zh-TW")


def read_training_folder(folder: Path, *, source: str = "zh") -> list[GoldText]:
    """Read gold alignments (``NAME.gold``), and texts that are parallel line by line and have none.

    Of line-parallel texts in Simplified (``NAME.zh``) and Traditional script (``NAME.zh-TW``) every third is taken in
    the latter. Raises InputError where the folder holds neither.
    """
    result = []
    if any(folder.glob("*.gold")):
        result = [replace(text, name=f"{folder.name}/{text.name}") for text in read_gold_folder(folder, source=source)]
    parallel = [english for english in sorted(folder.glob("*.en")) if not english.with_suffix(".gold").exists()]
    for number, english in enumerate(parallel):
        choices = [english.with_suffix(suffix) for suffix in CHINESE_SUFFIXES if english.with_suffix(suffix).exists()]
        if choices:
            chinese = choices[-1] if number % 3 == 0 else choices[0]
            result.append(_line_parallel(f"{folder.name}/{english.stem}", read_lines(english), read_lines(chinese)))
    if not result:
        raise InputError(f"Nothing to learn from in {folder}: it should hold NAME.en, NAME.zh and perhaps NAME.gold.")
    return result


def _line_parallel(name: str, english: Sequence[str], chinese: Sequence[str]) -> GoldText:
    """Split the lines into sentences; which sentences inside a line belong together stays open."""
    if len(english) != len(chinese):
        raise InputError(f"{name}: {len(english)} English and {len(chinese)} Chinese lines are not parallel.")
    sentences: tuple[list[str], list[str]] = ([], [])
    beads: list[Links] = []
    for pair in zip(english, chinese, strict=True):
        ids = []
        for side, (line, language) in enumerate(zip(pair, ("en", "zh"), strict=True)):
            first = len(sentences[side])
            sentences[side].extend(piece.strip() for piece in split_sentences(line, language) if piece.strip())
            ids.append(tuple(range(first, len(sentences[side]))))
        if any(ids):
            beads.append((ids[0], ids[1]))
    paragraph_of = _paragraphs_of_lines(name, len(beads))
    paragraphs = tuple(tuple(paragraph_of[n] for n, bead in enumerate(beads) for _ in bead[side]) for side in (0, 1))
    return GoldText(
        name,
        tuple(sentences[0]),
        tuple(sentences[1]),
        tuple(beads),
        exact=False,
        paragraphs=(paragraphs[0], paragraphs[1]),
    )


def _paragraphs_of_lines(name: str, count: int) -> list[int]:
    """Number the paragraphs of a text whose lines are bare translation units: one to four lines each, by chance."""
    generator = random.Random(f"{name} lines")
    result: list[int] = []
    while len(result) < count:
        result += [len(set(result))] * generator.choice((1, 1, 2, 3, 4))
    return result[:count]


def describe(texts: Sequence[GoldText], encoder: Encoder) -> str:
    """What weights fitted on these texts were made from, in words."""
    exact = [text for text in texts if text.exact]
    beads = sum(len(text.beads) for text in exact)
    return (
        f"Fitted for the encoder {encoder.name} on {beads} gold beads of {len(exact)} texts and on "
        f"{len(texts) - len(exact)} line-parallel texts, a third of them with some planted noise and a third with much."
    )


def make_samples(texts: Sequence[GoldText], encoder: Encoder, progress: Progress | None = None) -> list[Sample]:
    """Samples of all texts, with noise planted in line-parallel ones; the shipped weights choose plausible beads."""
    learned = list(_learned_from(texts))
    scorer = load_weights().scorer
    samples = []
    for number, (text, importance) in enumerate(learned, 1):
        samples.append(make_sample(text, encoder, scorer, importance))
        if progress:
            progress("learning", number, len(learned))
    return samples


def _learned_from(texts: Sequence[GoldText]) -> Iterator[tuple[GoldText, float]]:
    """Texts and how much they count: gold ones as they are and with losses, line-parallel ones with and without noise.

    Of line-parallel texts a third has no paragraphs and no noise, a third some noise, and a third is mostly noise; and
    pieces of different ones stand side by side, with nothing that belongs together.
    """
    for text in texts:
        if text.exact:
            yield text, 1.0
            yield lose_sentences(text, seed=1), LOSSY_IMPORTANCE
    parallel = [text for text in texts if not text.exact]
    for number, text in enumerate(parallel):
        others = [other for other in parallel if other is not text]
        if number % 3 and others:
            heavy = number % 3 == 2
            noisy = plant_noise(text, others, seed=number + 1000 * heavy, heavy=heavy)
            yield loosen_paragraphs(noisy, seed=number), PARALLEL_IMPORTANCE
        else:
            yield replace(text, paragraphs=None), PARALLEL_IMPORTANCE
    for number in range(UNRELATED if len(parallel) > 1 else 0):
        english, chinese = random.Random(f"unrelated {number}").sample(parallel, 2)
        yield unrelated(english, chinese, seed=number), UNRELATED_IMPORTANCE


def leave_one_out(
    texts: Sequence[GoldText], samples: Sequence[Sample], encoder: Encoder
) -> Iterator[tuple[str, Evaluation]]:
    """Evaluate each exact text by weights that were fitted on all samples but its own; yields names and results."""
    for text in texts:
        if text.exact:
            scorer = fit([sample for sample in samples if sample.name != text.name])
            beads = align_by(scorer, *sentences_of(text), encoder, Settings())
            yield text.name, evaluate(text.beads, beads)
