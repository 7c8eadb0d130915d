"""Fitting the weights of the features: a semi-Markov conditional random field over beads, by L-BFGS.

The likelihood of a text is the share of all paths' weight that lies on paths in agreement with the gold beads; both sums
run over one sparse graph of plausible beads, all texts in step (Sarawagi and Cohen 2004; constrained paths for gold that
leaves something open, as in Täckström et al. 2013).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aligner import pipeline, scoring, search
from aligner.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from aligner.data import Progress, Sentence
from aligner.embedding import Encoder
from aligner.evaluation import GoldText, Links

PLAUSIBLE = 1e-4  # beads less probable than this under softened weights are left out of training
SOFTENING = 0.5  # the weights that choose plausible beads count half, so that mistaken ones exclude little
REGULARISATION = 1.0  # of weights over features scaled to unit root mean square; 0.3 and 3 differ by less than 0.001 F1
ITERATIONS = 200
NOISE_REASON = "looks like noise"


@dataclass(frozen=True)
class Sample:
    """The plausible beads of one text: where each begins and ends, its features, and whether the gold allows it.

    Nodes are numbered by ``level``, the number of sentences used, so that every bead leads to a higher level.
    """

    name: str
    begin: IntArray
    end: IntArray
    level: IntArray
    features: FloatArray
    allowed: BoolArray


def make_sample(text: GoldText, encoder: Encoder, weights: FloatArray) -> Sample:
    """Compute the features of all plausible beads of a text; ``weights`` only choose which are plausible."""
    pair, band = pipeline.prepare_pair(*_sentences(text), encoder, pipeline.Settings())
    scores = pipeline.score_band(pair, band, weights * SOFTENING)
    posteriors = search.Lattice(band, scores).posteriors()
    valid = np.concatenate([search.Lattice(band, scores).predecessors(row) for row in range(len(band.low))]) < band.size
    allowed = allowed_beads(band, text) & valid
    kept = ((posteriors > PLAUSIBLE) & valid) | allowed
    features = np.concatenate(list(_features(pair, band, kept)))
    nodes, kinds = np.nonzero(kept)
    rows = np.searchsorted(band.offsets, nodes, side="right") - 1
    columns = nodes - band.offsets[rows] + band.low[rows]
    steps = np.array(search.BEAD_TYPES)[kinds]
    begin_rows, begin_columns = rows - steps[:, 0], columns - steps[:, 1]
    begin = band.offsets[begin_rows] + begin_columns - band.low[begin_rows]
    all_rows = np.repeat(np.arange(len(band.low)), np.diff(band.offsets))
    level = all_rows + np.arange(band.size) - band.offsets[all_rows] + band.low[all_rows]
    return Sample(text.name, begin, nodes, level, features, allowed[kept])


def _sentences(text: GoldText) -> tuple[list[Sentence], list[Sentence]]:
    english, chinese = (
        [Sentence(line, n, n, noise=NOISE_REASON if n - 1 in noise else "") for n, line in enumerate(lines, 1)]
        for lines, noise in zip((text.english, text.chinese), text.noise, strict=True)
    )
    return english, chinese


def _features(pair: scoring.TextPair, band: search.Band, kept: BoolArray) -> Iterator[FloatArray]:
    def compute(block: scoring.Block) -> FloatArray:
        return np.stack([table for _, table in scoring.bead_features(pair, block, search.BEAD_TYPES)], axis=2)

    for first, _, rows in pipeline.band_blocks(band, compute):
        for row, table in enumerate(rows, first):
            yield table[kept[band.offsets[row] : band.offsets[row + 1]]]


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


class Graph:
    """Many samples as one graph, for log-sums over paths in both directions."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        bases = np.cumsum([0, *(len(sample.level) for sample in samples)])
        self.features = np.concatenate([sample.features for sample in samples])
        self.allowed = np.concatenate([sample.allowed for sample in samples])
        begin = np.concatenate([sample.begin + base for sample, base in zip(samples, bases, strict=False)])
        end = np.concatenate([sample.end + base for sample, base in zip(samples, bases, strict=False)])
        level = np.concatenate([sample.level for sample in samples])
        self.owner = np.concatenate([np.full(len(sample.begin), k) for k, sample in enumerate(samples)])
        self.starts, self.finals = bases[:-1], bases[1:] - 1
        self.size = int(bases[-1])
        self.ahead = _Sweep(end, begin, level[end])
        self.behind = _Sweep(begin, end, -level[begin])
        reached = self.ahead.run(np.where(self.allowed, 0.0, -np.inf), self.size, self.starts)[self.finals]
        self.usable = np.isfinite(reached)  # false where the gold leaves the band

    def likelihood(self, weights: DoubleArray) -> tuple[float, DoubleArray]:
        """Summed log-likelihood of the gold, and its gradient."""
        scores = (self.features @ weights.astype(np.float32)).astype(np.float64)
        total, expected = self._expect(scores)
        gold, observed = self._expect(np.where(self.allowed, scores, -np.inf))
        difference = np.where(self.usable[self.owner], observed - expected, 0.0)
        gradient = difference.astype(np.float32) @ self.features
        return float((gold - total)[self.usable].sum()), gradient.astype(np.float64)

    def _expect(self, scores: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
        """Log of the summed weight of all paths of each sample, and the posterior of every bead."""
        ahead = self.ahead.run(scores, self.size, self.starts)
        behind = self.behind.run(scores, self.size, self.finals)
        totals = ahead[self.finals]
        totals = np.where(np.isfinite(totals), totals, 0.0)
        logs = ahead[self.ahead.source] + scores + behind[self.ahead.target] - totals[self.owner]
        return totals, np.exp(np.minimum(logs, 0.0))


class _Sweep:
    """Log-sums along edges from ``source`` to ``target`` nodes, level by level."""

    def __init__(self, target: IntArray, source: IntArray, level: IntArray) -> None:
        self.target, self.source = target, source
        order = np.lexsort((target, level))
        self.steps = []
        edges = np.flatnonzero(np.diff(level[order], prepend=level[order[0]] - 1))
        for first, last in zip(edges, [*edges[1:], len(order)], strict=True):
            chosen = order[first:last]
            heads = np.flatnonzero(np.diff(target[chosen], prepend=-1))
            self.steps.append((chosen, source[chosen], heads, target[chosen[heads]]))

    def run(self, scores: DoubleArray, size: int, starts: IntArray) -> DoubleArray:
        result = np.full(size, -np.inf)
        result[starts] = 0.0
        for chosen, source, heads, target in self.steps:
            result[target] = np.logaddexp.reduceat(result[source] + scores[chosen], heads)
        return result


def fit(samples: Sequence[Sample], start: FloatArray | None = None) -> FloatArray:
    """Return the weights with the highest penalised likelihood, shape (features,); deterministic."""
    from scipy.optimize import minimize

    graph = Graph(samples)
    scale = np.sqrt((graph.features.astype(np.float64) ** 2).mean(axis=0)) + 1e-6

    def loss(scaled: DoubleArray) -> tuple[float, DoubleArray]:
        value, gradient = graph.likelihood(scaled / scale)
        return -value + REGULARISATION * scaled @ scaled / 2, -gradient / scale + REGULARISATION * scaled

    first = np.zeros(len(scale)) if start is None else start * scale
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 30})
    result: FloatArray = (found.x / scale).astype(np.float32)
    return result


def plant_noise(text: GoldText, foreign: Sequence[GoldText], seed: int) -> GoldText:
    """A text as it stands on a noisy page: foreign sentences around and inside it, some translations missing.

    Lists of foreign sentences, half of them marked as looking like noise, are put before, after and in the middle of
    either side; a run of beads may lose one of its sides; a run of sentences is marked whatever it is, so that looking
    like noise stays a doubt and no verdict. The gold follows.
    """
    generator = random.Random(f"{text.name} {seed}")
    sides = [list(enumerate(text.english)), list(enumerate(text.chinese))]
    lost = _lose_translations(text, sides, generator)
    marked: list[set[int]] = [set(), set()]
    for side, pick in enumerate((lambda other: other.english, lambda other: other.chinese)):
        for _ in range(generator.choice((0, 1, 1, 2, 3))):
            sentences = pick(generator.choice(foreign))
            count = min(len(sentences), generator.choice((1, 2, 4, 8, 20)))
            first = generator.randrange(len(sentences) - count + 1)
            place = generator.choice((0, len(sides[side]), generator.randrange(len(sides[side]) + 1)))
            looks = generator.random() < 0.5
            new = [(-2 if looks else -1, sentence) for sentence in sentences[first : first + count]]
            sides[side][place:place] = new
        marked[side] = {place for place, (index, _) in enumerate(sides[side]) if index == -2}
        if generator.random() < 0.5:
            first = generator.randrange(len(sides[side]) + 1)
            marked[side] |= set(range(first, min(len(sides[side]), first + generator.choice((1, 3, 10)))))
    moved = [{old: new for new, (old, _) in enumerate(side) if old >= 0} for side in sides]
    beads = tuple(
        (tuple(moved[0][i] for i in source), tuple(moved[1][j] for j in target))
        for source, target in text.beads
        if source and target and (source, target) not in lost
    )
    english, chinese = (tuple(sentence for _, sentence in side) for side in sides)
    noise = (frozenset(marked[0]), frozenset(marked[1]))
    return GoldText(f"{text.name} with noise {seed}", english, chinese, beads, text.exact, noise)


def _lose_translations(
    text: GoldText, sides: list[list[tuple[int, str]]], generator: random.Random
) -> set[Links]:
    """Take one side of a run of beads away, from ``sides`` in place; return the beads."""
    linked = sorted(bead for bead in text.beads if all(bead))
    lost: set[Links] = set()
    for side in (0, 1):
        if generator.random() < 0.5 and len(linked) > 6:
            first = generator.randrange(len(linked))
            run = linked[first : first + generator.choice((1, 1, 2, 4))]
            lost |= set(run)
            gone = {index for bead in run for index in bead[side]}
            sides[side][:] = [entry for entry in sides[side] if entry[0] not in gone]
    return lost


def leave_one_out(
    texts: Sequence[GoldText], samples: Sequence[Sample], others: Sequence[Sample], progress: Progress | None = None
) -> Iterator[tuple[GoldText, FloatArray]]:
    """Yield each text with weights fitted on all samples but its own; ``others`` always count."""
    weights = None
    for number, text in enumerate(texts):
        rest = [sample for sample, other in zip(samples, texts, strict=True) if other.name != text.name]
        weights = fit([*rest, *others], weights)
        if progress:
            progress("training", number + 1, len(texts))
        yield text, weights


Proposer = Callable[[GoldText, FloatArray], list[Links]]
