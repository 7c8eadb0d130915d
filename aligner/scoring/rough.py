"""Rough scores of beads from few numbers: what a bead's full features would come to, near enough to rule most out.

The cosine of a long bead is that of the sums of its sentences' vectors, which takes no pass through the encoder's head:
all such sums come from the cosines of single sentences. Types, lengths and quotation marks count as in the full score;
of the rest, the words above all, a guess is made from the cosine.
"""

from __future__ import annotations

import numpy as np

from aligner.arrays import Beads, BoolArray, FloatArray, IntArray, SpanVectors
from aligner.compiled import load_compiled
from aligner.scoring.features import FEATURE_NAMES, TextPair, bead_features, type_features
from aligner.scoring.scorer import Scorer
from aligner.scoring.surface import span_sums
from aligner.scoring.tables import Kind

# What to add to the weights of what is counted here, for all that is not: least-squares fit over 72,000 plausible
# beads of the novels and the academic text (benchmarks/rough.py). The standard deviation of what it misses is 2.4.
REST = {
    "1-1": 3.83, "1-2": 2.88, "2-1": 3.14, "1-3": 2.03, "3-1": 2.39, "1-4+": 5.42, "4+-1": 1.24,
    "2-2": 2.69, "2-3": 1.52, "3-2": 1.82, "larger": 1.14, "sentences beyond 1-1": 1.83,
    "cosine": -12.45, "cosine squared": 24.5, "cosine by size": -1.64, "margin": 4.7, "margin by size": 0.22,
    "length": -1.96, "length squared": 0.33, "length by root": 0.45, "length by size": -0.48,
    "too little Chinese": -0.91,
}  # fmt: skip
AT_ONCE = 4096  # sentences whose vectors are held together
NULL_KINDS = 2
MOST_BY_ROOT = 60  # ten times what the feature may be, as it is taken of a tenth of the length's root

BEGINS = {"opening quote mismatch": "opens"}
ENDS = {"closing quote mismatch": "closes", "end mark mismatch": "end"}
BOUNDARIES = {
    "quotation open in one": "inside",
    "quotation begins in one": "turns",
    "paragraph ends in one": "breaks",
}
"""The features for which sentences, or boundaries, are compared, and what is compared of them."""

compiled = load_compiled("aligner.scoring._tables")

_Nodes = tuple[IntArray, IntArray]


class Roughly:
    """Rough scores for one pair of texts."""

    def __init__(self, pair: TextPair, kinds: tuple[Kind, ...], scorer: Scorer) -> None:
        """``kinds`` are all that there are, the two of null beads first."""
        weights = scorer.plain
        self._pair, self._kinds = pair, kinds
        self._null = [_null_scores(pair, side, kinds, weights) for side in (0, 1)]
        rest = np.array([REST.get(name, 0.0) for name in FEATURE_NAMES], np.float32)
        self._weights = dict(zip(FEATURE_NAMES, weights + rest, strict=True))
        self._sizes = np.array(kinds[NULL_KINDS:])
        self._longest = int(self._sizes.max())
        self._of_kind, self._common = _by_kind(self._sizes, weights + rest)
        lengths = pair.english_surface.characters, pair.chinese_surface.characters * np.float32(pair.ratio)
        levels = pair.english_surface.level, pair.chinese_surface.level
        self._spans = [
            _Spans(vectors, length, level, self._longest)
            for vectors, length, level in zip((pair.english, pair.chinese), lengths, levels, strict=True)
        ]

    def __call__(self, start: Kind, area: tuple[int, int, int, int]) -> FloatArray:
        """Scores of all beads that end in a rectangle, shape (kinds, rows, columns).

        ``area`` is its first row, last row, first column and last column, the last ones not included, after ``start``.
        """
        first_row, last_row, first_column, last_column = (place + start[k // 2] for k, place in enumerate(area))
        nodes = np.arange(first_row, last_row), np.arange(first_column, last_column)
        result = np.empty((len(self._kinds), *map(len, nodes)), np.float32)
        self._score_linked(nodes, result[NULL_KINDS:])
        for number, (a, b) in enumerate(self._kinds):
            if b == 0:
                result[number] = self._null[0][nodes[0], None]
            elif a == 0:
                result[number] = self._null[1][nodes[1]]
            elif self._pair.timing:
                result[number] += self._pair.timing.score((a, b), *nodes)
        return result

    def _score_linked(self, nodes: _Nodes, result: FloatArray) -> None:
        """Put the scores of the linked beads that end at these nodes, shape (kinds, rows, columns)."""
        longest, (rows, columns) = self._longest, nodes
        sums = _sums(self._pair.english, self._pair.chinese, nodes, longest)
        begins = self._mismatch(_before(rows, longest), _before(columns, longest), BEGINS)
        ends = self._mismatch(rows - 1, columns - 1, ENDS) + self._mismatch(rows, columns, BOUNDARIES)
        if compiled is None:
            self._add_up(nodes, sums, begins, ends, result)
            return
        tables = self._spans[0].table, self._spans[1].table, sums, begins, ends
        weights = self._sizes, self._of_kind, self._common, longest
        compiled.rough(result, *tables, *weights, *((int(side[0]), len(side)) for side in nodes))

    def _add_up(
        self, nodes: _Nodes, sums: FloatArray, begins: FloatArray, ends: FloatArray, result: FloatArray
    ) -> None:
        """By the sums of cosines and by what the marks at both ends of the beads say."""
        longest = self._longest
        english, chinese = (spans.table[:, :, side] for spans, side in zip(self._spans, nodes, strict=True))
        root, square, little, by_square = self._common
        for (a, b), (base, half, by_distance, by_cosine), scores in zip(
            self._sizes.tolist(), self._of_kind, result, strict=True
        ):
            (norm, length, log, level), (norms, lengths, logs, levels) = english[:, a, :, None], chinese[:, b]
            top, left = slice(longest - a, -a), slice(longest - b, -b)
            cosine = sums[longest:, longest:] - sums[top, longest:] - sums[longest:, left] + sums[top, left]
            cosine *= norm * norms
            distance = np.abs(log - logs)
            scores[:] = base - half * (level + levels) + little * (log - logs) + begins[top, left] + ends
            scores += by_distance * distance + root * np.minimum(np.sqrt(length + lengths) * distance, MOST_BY_ROOT)
            scores += square * np.minimum(distance**2, 4) + (by_cosine + by_square * np.abs(cosine)) * cosine

    def _mismatch(self, rows: IntArray, columns: IntArray, fields: dict[str, str]) -> FloatArray:
        """The weights of those features for which sentences, or boundaries, differ; ``fields`` are what is compared."""
        result = np.zeros((len(rows), len(columns)), np.float32)
        for name, field in fields.items():
            english, chinese = getattr(self._pair.english_surface, field), getattr(self._pair.chinese_surface, field)
            differs: BoolArray = english[rows % len(english), None] != chinese[columns % len(chinese)]
            result += self._weights[name] * differs
        return result


class _Spans:
    """The spans of one text that end at each node: ``table``, shape (4, longest + 1, nodes).

    It holds one by how long the sums of their vectors are, their lengths in the same unit for both texts, the
    logarithms of these, and the mean of what is usual for their sentences.
    """

    def __init__(self, spans: SpanVectors, length: FloatArray, level: FloatArray, longest: int) -> None:
        nodes = np.arange(len(spans) + 1)
        sizes = [np.minimum(nodes, size) for size in range(longest + 1)]
        lengths = np.stack([span_sums(length, size, nodes) + 4 for size in sizes])
        levels = np.stack([span_sums(level, size, nodes) / max(1, n) for n, size in enumerate(sizes)])
        norms = 1 / np.sqrt(np.maximum(_square_norms(spans, longest), np.float32(1e-12)))
        self.table: FloatArray = np.stack([norms, lengths, np.log(lengths), levels]).astype(np.float32)


def _square_norms(spans: SpanVectors, longest: int) -> FloatArray:
    """Of the sums of vectors before each node, for each number of them, from their products with those before them."""
    result = np.zeros((longest + 1, len(spans) + 1), np.float32)
    for low in range(0, len(spans), AT_ONCE):
        high, first = min(len(spans), low + AT_ONCE), max(0, low - longest)
        vectors = spans.vectors(1, first, high)
        products = np.zeros(high - low, np.float32)
        for back in range(min(longest, high)):
            start = max(low, back)
            own, before = vectors[start - first :], vectors[start - back - first : high - back - first]
            products[start - low :] += (2 if back else 1) * np.einsum("ij,ij->i", own, before)
            result[back + 1, low + 1 : high + 1] = products
        result[high + 1 :, low + 1 : high + 1] = products  # of a text that is shorter
    for size in range(2, longest + 1):
        result[size, 1:] += result[size - 1, :-1]
    return result


def _sums(english: SpanVectors, chinese: SpanVectors, nodes: _Nodes, longest: int) -> FloatArray:
    """Sums of the cosines of all sentences before each node, from ``longest`` nodes before the first ones on."""
    firsts = [max(0, int(side[0]) - longest) for side in nodes]
    vectors = [
        spans.vectors(1, first, int(side[-1]))
        for spans, first, side in zip((english, chinese), firsts, nodes, strict=True)
    ]
    result = np.zeros([len(side) + longest for side in nodes], np.float32)
    cosines = vectors[0] @ vectors[1].T
    inner = result[len(result) - len(cosines) :, result.shape[1] - cosines.shape[1] :]
    np.cumsum(np.cumsum(cosines, axis=0), axis=1, out=inner)
    return result


def _before(nodes: IntArray, longest: int) -> IntArray:
    return np.arange(nodes[0] - longest, nodes[-1] + 1)


def _by_kind(sizes: IntArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The weights of a sum of numbers that are cheap to have, for each kind, shape (kinds, 4), and for all kinds, (4,).

    For each kind what its type brings, half of the weight of the margin, and the weights of the distance of the lengths
    and of the cosine; for all those of the distance by the root of the length, of its square, of the difference of the
    lengths, and of the cosine's square.
    """
    none = np.zeros_like(sizes[:, 0])
    features = np.zeros((len(FEATURE_NAMES), len(none)), np.float32)
    type_features(features, Beads(none, none, *sizes.T))
    of = dict(zip(FEATURE_NAMES, weights, strict=True))
    size = sizes.sum(axis=1) - 1
    margin = of["margin"] + of["margin by size"] * size
    by_distance = of["length"] + of["length by size"] * size
    by_cosine = of["cosine"] + of["cosine by size"] * size + margin
    common = of["length by root"] / 10, of["length squared"], of["too little Chinese"], of["cosine squared"]
    of_kind = np.stack([weights @ features, margin / 2, by_distance, by_cosine], axis=1)
    return np.ascontiguousarray(of_kind, np.float32), np.array(common, np.float32)


def _null_scores(pair: TextPair, side: int, kinds: tuple[Kind, ...], weights: FloatArray) -> FloatArray:
    """Exact scores of the null beads of one text, shape (n + 1,), at the node where each ends."""
    count = len((pair.english, pair.chinese)[side])
    scores = np.full(count + 1, -np.inf, np.float32)
    for first in range(1, count + 1, AT_ONCE):
        nodes = np.arange(first, min(first + AT_ONCE, count + 1))
        one, none = np.ones_like(nodes), np.zeros_like(nodes)
        beads = Beads(nodes, none, one, none) if side == 0 else Beads(none, nodes, none, one)
        scores[nodes] = bead_features(pair, beads, kinds) @ weights
    return scores
