"""Fit the guess that the rough search makes of what it does not look at: ``REST`` in aligner/scoring/rough.py.

    python benchmarks/rough.py FOLDER...

The folders hold gold texts, of which only the sentences are used. To be run when the weights have been fitted anew.
Prints what to add to the weights of features that the rough search knows, and the standard deviation of what it misses
then, over the beads that it finds plausible.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from aligner import pipeline, scoring, search
from aligner.arrays import Beads
from aligner.embedding import load_encoder
from aligner.evaluation import GoldText, read_gold_folder
from aligner.scoring import rough as module
from aligner.scoring.features import FEATURE_NAMES
from aligner.training.samples import sentences_of

WIDER = 4.0  # than the tolerance of the search, so that it hardly matters by which guess the beads were chosen
KNOWN = (
    *("1-1", "1-2", "2-1", "1-3", "3-1", "1-4+", "4+-1", "2-2", "2-3", "3-2", "larger", "sentences beyond 1-1"),
    *("cosine", "cosine squared", "cosine by size", "margin", "margin by size"),
    *("length", "length squared", "length by root", "length by size", "too little Chinese"),
)
RIDGE = 3.0  # beads' worth of belief that there is nothing to add
ROWS = 64  # looked at together


def samples(text: GoldText, scorer: scoring.Scorer, rest: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Of the plausible linked beads: what the rough search knows of them, and what their score holds beyond that."""
    pair, band = pipeline.prepare_pair(*sentences_of(text), load_encoder(None), pipeline.Settings())
    module.REST.update(rest)
    rough = scoring.Roughly(pair, search.BEAD_TYPES, scorer)
    module.REST.clear()
    beads = search.plausible_beads(band, partial(rough, (0, 0)), search.TOLERANCE + WIDER)
    beads = beads[~beads.is_null]
    units = [scoring.linear_scorer(np.array([other == name for other in FEATURE_NAMES])) for name in KNOWN]
    known = [rough_scores(scoring.Roughly(pair, search.BEAD_TYPES, unit), beads) for unit in units]
    counted = rough_scores(scoring.Roughly(pair, search.BEAD_TYPES, scorer), beads)
    return np.stack(known, axis=1), scoring.score_beads(pair, beads, search.BEAD_TYPES, scorer) - counted


def rough_scores(rough: scoring.Roughly, beads: Beads) -> np.ndarray:
    return np.concatenate(list(_rough_scores(rough, beads)))


def _rough_scores(rough: scoring.Roughly, beads: Beads) -> Iterator[np.ndarray]:
    numbers = {kind: number for number, kind in enumerate(search.BEAD_TYPES)}
    for first in range(0, int(beads.rows[-1]) + 1, ROWS):
        some = beads[slice(*np.searchsorted(beads.rows, [first, first + ROWS]))]
        if len(some):
            left = int(some.columns.min())
            area = (int(some.rows[0]), int(some.rows[-1]) + 1, left, int(some.columns.max()) + 1)
            kinds = [numbers[kind] for kind in zip(some.sources.tolist(), some.targets.tolist(), strict=True)]
            yield rough((0, 0), area)[kinds, some.rows - area[0], some.columns - left]


def main() -> None:
    scorer, rest = scoring.load_weights().scorer, dict(module.REST)
    texts = [text for folder in sys.argv[1:] for text in read_gold_folder(Path(folder))]
    known, beyond = (np.concatenate(parts) for parts in zip(*(samples(t, scorer, rest) for t in texts), strict=True))
    known = known.astype(np.float64)
    found = np.linalg.solve(known.T @ known + RIDGE * np.eye(len(KNOWN)), known.T @ beyond)
    print(f"{len(known):,} beads; beyond what is counted: standard deviation {beyond.std():.2f},", end=" ")
    print(f"{(beyond - known @ found).std():.2f} with this:")
    print({name: round(float(value), 2) for name, value in zip(KNOWN, found, strict=True)})


if __name__ == "__main__":
    main()
