"""Rough scores of beads from few numbers: what a bead's full features would come to, near enough to rule most out.

The cosine of a long bead is that of the sums of its sentences' vectors, which takes no pass through the encoder's head:
all such sums come from the cosines of single sentences.
"""

from __future__ import annotations

import numpy as np

from aligner.arrays import Beads, FloatArray, IntArray, SpanVectors
from aligner.scoring.features import TextPair, bead_features
from aligner.scoring.scorer import Scorer
from aligner.scoring.surface import span_sums
from aligner.scoring.tables import Kind

# Least-squares fit to the scores of 86,000 plausible beads of the novels and the academic text that the weights were
# fitted to; the standard deviation of what it misses is 1.9. Another encoder's cosines are near enough.
COSINE, MARGIN, MARGIN_BY_SIZE = 16.9, 1.7, 2.7
LENGTH_SQUARED, LENGTH_BY_SIZE = -0.8, -0.7
KINDS = {(1, 1): -3.1, (1, 2): -6.0, (2, 1): -4.7, (1, 3): -7.2, (3, 1): -5.3, (2, 2): -6.3, (2, 3): -6.9, (3, 2): -7.1}
OTHER_KIND, PER_SENTENCE = -6.3, 0.6


class Roughly:
    """Rough scores for one pair of texts."""

    def __init__(self, pair: TextPair, kinds: tuple[Kind, ...], scorer: Scorer) -> None:
        self._pair, self._kinds = pair, kinds
        self._null = [_null_scores(pair, side, kinds, scorer) for side in (0, 1)]
        surfaces = pair.english_surface, pair.chinese_surface
        self._longest = max(map(max, kinds))
        self._level = [surface.level for surface in surfaces]
        self._length = [surfaces[0].characters, surfaces[1].characters * np.float32(pair.ratio)]

    def __call__(self, start: Kind, area: tuple[int, int, int, int]) -> FloatArray:
        """Scores of all beads that end in a rectangle, shape (kinds, rows, columns).

        ``area`` is its first row, last row, first column and last column, the last ones not included, after ``start``.
        """
        first_row, last_row, first_column, last_column = (place + start[k // 2] for k, place in enumerate(area))
        english = self._spans(0, first_row, last_row)
        chinese = self._spans(1, first_column, last_column)
        cosines = english.vectors @ chinese.vectors.T
        sums = np.zeros((cosines.shape[0] + 1, cosines.shape[1] + 1), np.float32)
        np.cumsum(np.cumsum(cosines, axis=0), axis=1, out=sums[1:, 1:])
        nodes = np.arange(first_row, last_row), np.arange(first_column, last_column)
        result = np.empty((len(self._kinds), *map(len, nodes)), np.float32)
        for number, (a, b) in enumerate(self._kinds):
            if b == 0:
                result[number] = self._null[0][first_row:last_row, None]
            elif a == 0:
                result[number] = self._null[1][first_column:last_column]
            else:
                result[number] = _linked((a, b), english, chinese, sums)
                if self._pair.timing:
                    result[number] += self._pair.timing.score((a, b), *nodes)
        return result

    def _spans(self, side: int, first: int, last: int) -> _Spans:
        spans = (self._pair.english, self._pair.chinese)[side]
        return _Spans(spans, self._level[side], self._length[side], range(first, last), self._longest)


class _Spans:
    """The spans of one text, of up to ``longest`` sentences, that end at the given nodes.

    ``starts[a]`` and ``ends`` are where spans of a sentences begin and end, counted from ``low``; ``norms[a]`` how long
    the sums of their vectors are, ``levels[a]`` the mean of what is usual for their sentences, ``lengths[a]`` the
    logarithm of their length.
    """

    def __init__(self, spans: SpanVectors, level: FloatArray, length: FloatArray, places: range, longest: int) -> None:
        low = max(0, places.start - longest)
        self.vectors = spans.vectors(1, low, places.stop - 1)
        nodes = np.arange(places.start, places.stop)
        self.ends = nodes - low
        sums = np.concatenate([np.zeros((1, self.vectors.shape[1]), np.float32), np.cumsum(self.vectors, axis=0)])
        self.starts: dict[int, IntArray] = {}
        self.norms: dict[int, FloatArray] = {}
        self.levels: dict[int, FloatArray] = {}
        self.lengths: dict[int, FloatArray] = {}
        for size in range(1, longest + 1):
            starts = np.maximum(self.ends - size, 0)
            spans_of_size = sums[self.ends] - sums[starts]
            self.starts[size] = starts
            self.norms[size] = np.maximum(np.linalg.norm(spans_of_size, axis=1), np.float32(1e-6))
            sizes = np.minimum(nodes, size)
            self.levels[size] = span_sums(level, sizes, nodes) / np.float32(size)
            self.lengths[size] = np.log(span_sums(length, sizes, nodes) + 4)


def _linked(kind: Kind, english: _Spans, chinese: _Spans, sums: FloatArray) -> FloatArray:
    """Scores of beads of one kind; ``sums`` of the cosines of all sentences before each node, (rows, columns)."""
    a, b = kind
    top, left = english.starts[a][:, None], chinese.starts[b]
    bottom, right = english.ends[:, None], chinese.ends
    cosine = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    cosine /= english.norms[a][:, None] * chinese.norms[b]
    margin: FloatArray = cosine - (english.levels[a][:, None] + chinese.levels[b]) / np.float32(2)
    distance: FloatArray = np.abs(english.lengths[a][:, None] - chinese.lengths[b])
    size = a + b - 1
    result: FloatArray = COSINE * cosine + (MARGIN + MARGIN_BY_SIZE * size) * margin
    result += LENGTH_SQUARED * np.minimum(distance**2, 4) + LENGTH_BY_SIZE * size * distance
    result += KINDS.get(kind, OTHER_KIND) + PER_SENTENCE * (size - 1)
    return result


def _null_scores(pair: TextPair, side: int, kinds: tuple[Kind, ...], scorer: Scorer) -> FloatArray:
    """Exact scores of the null beads of one text, shape (n + 1,), at the node where each ends."""
    nodes = np.arange(1, len((pair.english_surface, pair.chinese_surface)[side].characters) + 1)
    one, none = np.ones_like(nodes), np.zeros_like(nodes)
    beads = Beads(nodes, none, one, none) if side == 0 else Beads(none, nodes, none, one)
    scores = np.full(len(nodes) + 1, -np.inf, np.float32)
    scores[1:] = scorer(bead_features(pair, beads, kinds))
    return scores
