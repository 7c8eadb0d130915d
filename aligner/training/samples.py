"""Gold alignments as samples to learn from: the plausible beads of a text, their features, what the gold allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aligner import pipeline, scoring, search
from aligner.arrays import Beads, BoolArray, FloatArray, IntArray
from aligner.data import Sentence
from aligner.embedding import Encoder
from aligner.evaluation import GoldText, Links

PLAUSIBLE = 1e-5  # beads less probable than this under softened weights are left out of training
SOFTENING = 0.4  # of the weights that choose plausible beads, so that mistaken ones exclude little
NOISE_REASON = "looks like noise"


@dataclass(frozen=True)
class Sample:
    """The plausible beads of one text: where each begins and ends, features, whether it is null and the gold allows it.

    ``importance`` is how much the text counts. Nodes are numbered by ``level``, the number of sentences used, so that
    every bead leads to a higher level.
    """

    name: str
    begin: IntArray
    end: IntArray
    level: IntArray
    features: FloatArray
    null: BoolArray
    allowed: BoolArray
    importance: float = 1.0


def make_sample(text: GoldText, encoder: Encoder, scorer: scoring.Scorer, importance: float = 1.0) -> Sample:
    """Compute the features of all plausible beads of a text; ``scorer`` only chooses which are plausible.

    ``importance`` is how much the text counts in a fit.
    """
    pair, band = pipeline.prepare_pair(*sentences_of(text), encoder, pipeline.Settings())
    softened = scorer.softened(SOFTENING)
    rough = scoring.Roughly(pair, search.BEAD_TYPES, softened)
    graph = pipeline.score_band(pair, band, softened, rough, tolerance=search.TOLERANCE / SOFTENING)
    by_gold = allowed_beads(band, text)
    beads = _with_allowed(graph.beads[graph.posteriors() > PLAUSIBLE], band, by_gold)
    features = scoring.bead_features(pair, beads, search.BEAD_TYPES)
    begin, end = band.places(beads.rows - beads.sources, beads.columns - beads.targets), band.places(*beads.ends)
    rows, columns = band.nodes()
    level, allowed = rows + columns, by_gold[end, _kinds(beads)]
    return Sample(text.name, begin, end, level, features, beads.is_null, allowed, importance)


def _with_allowed(beads: Beads, band: search.Band, allowed: BoolArray) -> Beads:
    """These beads and all that agree with the gold, each once, in the order of their rows."""
    every = band.all_beads()
    chosen = allowed.copy()
    chosen[band.places(*beads.ends), _kinds(beads)] = True
    return every[chosen[band.places(*every.ends), _kinds(every)]]


def _kinds(beads: Beads) -> IntArray:
    number = np.zeros((search.LONGEST + 1, search.LONGEST + 1), np.int64)
    for place, kind in enumerate(search.BEAD_TYPES):
        number[kind] = place
    result: IntArray = number[beads.sources, beads.targets]
    return result


def sentences_of(text: GoldText) -> tuple[list[Sentence], list[Sentence]]:
    """The English and the Chinese sentences of a gold text, with their paragraphs, and what looks like noise marked."""
    paragraphs = text.paragraphs or ((0,) * len(text.english), (0,) * len(text.chinese))
    english, chinese = (
        [
            Sentence(line, n, n, paragraph=paragraph, noise=NOISE_REASON if n - 1 in noise else "")
            for n, (line, paragraph) in enumerate(zip(lines, numbers, strict=True), 1)
        ]
        for lines, numbers, noise in zip((text.english, text.chinese), paragraphs, text.noise, strict=True)
    )
    return english, chinese


def allowed_beads(band: search.Band, text: GoldText) -> BoolArray:
    """Which beads agree with the gold, shape (nodes, bead types).

    Between gold beads only null beads are allowed, in any order. Where the gold is not exact, of no known type, or
    crosses itself, every way through the rectangle of the sentences concerned is allowed.
    """
    allowed = np.zeros((band.size, len(search.BEAD_TYPES)), bool)
    every = range(len(search.BEAD_TYPES))
    nulls = [kind for kind in every if min(search.BEAD_TYPES[kind]) == 0]
    linked = [kind for kind in every if kind not in nulls]
    row = column = 0
    ends = (len(text.english), len(text.chinese))
    for (top, bottom, left, right), whole in [*_rectangles(text.beads), ((ends[0], ends[0], ends[1], ends[1]), True)]:
        _allow(allowed, band, (row, top, column, left), nulls)
        size = (bottom - top, right - left)
        if whole and text.exact and size in search.BEAD_TYPES:
            _allow(allowed, band, (top, bottom, left, right), [search.BEAD_TYPES.index(size)])
        elif size != (0, 0):
            _allow(allowed, band, (top, bottom, left, right), linked if whole else list(every))
        row, column = bottom, right
    return allowed


_Rectangle = tuple[int, int, int, int]


def _rectangles(beads: Sequence[Links]) -> list[tuple[_Rectangle, bool]]:
    """Rectangles of sentences around the gold beads, those that overlap or cross merged (then false)."""
    result: list[tuple[_Rectangle, bool]] = []
    for source, target in sorted(bead for bead in beads if all(bead)):
        new = (source[0], source[-1] + 1, target[0], target[-1] + 1)
        whole = (new[1] - new[0], new[3] - new[2]) == (len(source), len(target))
        while result and (new[0] < result[-1][0][1] or new[2] < result[-1][0][3]):
            old = result.pop()[0]
            new = (min(old[0], new[0]), max(old[1], new[1]), min(old[2], new[2]), max(old[3], new[3]))
            whole = False
        result.append((new, whole))
    return result


def _allow(allowed: BoolArray, band: search.Band, place: _Rectangle, kinds: Sequence[int]) -> None:
    top, bottom, left, right = place
    for kind in kinds:
        a, b = search.BEAD_TYPES[kind]
        for row in range(top + a, bottom + 1):
            first, last = max(left + b, int(band.low[row])), min(right, int(band.high[row]))
            start = int(band.offsets[row] - band.low[row])
            allowed[start + first : start + max(first, last + 1), kind] = True
