"""Rough scores of beads from few numbers: what a bead's full features would come to, near enough to rule most out.

The cosine of a long bead is that of the sums of its sentences' vectors, which takes no pass through the encoder's head:
all such sums come from the cosines of single sentences. Types, lengths and quotation marks count as in the full score;
of the rest, the words above all, a guess is made from the cosine.
"""

from __future__ import annotations

import numpy as np

from aligner.arrays import Beads, BoolArray, FloatArray, IntArray, SpanVectors
from aligner.scoring.features import FEATURE_NAMES, TextPair, bead_features, type_features
from aligner.scoring.surface import span_sums
from aligner.scoring.tables import Kind

# What to add to the weights of what is counted here, for all that is not: least-squares fit over 200,000 plausible
# beads of the novels and the academic text (benchmarks/rough.py). The standard deviation of what it misses is 2.5.
REST = {
    "1-1": 3.56, "1-2": 1.93, "2-1": 2.45, "1-3": 1.2, "3-1": 1.66, "1-4+": 0.69, "4+-1": 0.94,
    "2-2": 1.75, "2-3": 0.98, "3-2": 0.92, "larger": -0.05, "sentences beyond 1-1": 0.82,
    "cosine": -15.29, "cosine squared": 18.99, "cosine by size": 0.76, "margin": 11.76, "margin by size": -1.82,
    "length": -1.26, "length squared": -0.27, "length by root": 0.26, "length by size": -0.32,
    "too little Chinese": -0.43,
}  # fmt: skip
AT_ONCE = 4096  # sentences whose vectors are held together

_Nodes = tuple[IntArray, IntArray]


class Roughly:
    """Rough scores for one pair of texts."""

    def __init__(self, pair: TextPair, kinds: tuple[Kind, ...], weights: FloatArray) -> None:
        self._pair, self._kinds = pair, kinds
        self._null = [_null_scores(pair, side, kinds, weights) for side in (0, 1)]
        self._linked = [number for number, kind in enumerate(kinds) if min(kind)]
        rest = np.array([REST.get(name, 0.0) for name in FEATURE_NAMES], np.float32)
        self._weights = dict(zip(FEATURE_NAMES, weights + rest, strict=True))
        self._sizes = np.array([kinds[number] for number in self._linked]).T
        self._longest = int(self._sizes.max())
        self._type_scores = _type_scores(self._sizes, weights + rest)
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
        for number, (a, b) in enumerate(self._kinds):
            if b == 0:
                result[number] = self._null[0][nodes[0], None]
            elif a == 0:
                result[number] = self._null[1][nodes[1]]
            elif self._pair.timing:
                result[number] = self._pair.timing.score((a, b), *nodes)
            else:
                result[number] = 0
        result[self._linked] += self._linked_scores(nodes)
        return result

    def _linked_scores(self, nodes: _Nodes) -> FloatArray:
        a, b = self._sizes
        weights, size = self._weights, (a + b - 1).astype(np.float32)[:, None, None]
        english, chinese = self._spans
        cosine, result = self._cosines_and_edges(nodes)
        cosine *= english.inverse_norms[a][:, nodes[0], None]
        cosine *= chinese.inverse_norms[b][:, None, nodes[1]]
        margin = weights["margin"] + weights["margin by size"] * size
        english_log, chinese_log = english.logs[a][:, nodes[0], None], chinese.logs[b][:, None, nodes[1]]
        little = weights["too little Chinese"]
        result += (
            self._type_scores[:, None, None] - margin / 2 * english.levels[a][:, nodes[0], None] + little * english_log
        )
        result -= margin / 2 * chinese.levels[b][:, None, nodes[1]] + little * chinese_log
        distance = english_log - chinese_log
        np.abs(distance, out=distance)
        result += (weights["length"] + weights["length by size"] * size) * distance
        both = english.lengths[a][:, nodes[0], None] + chinese.lengths[b][:, None, nodes[1]]
        np.sqrt(both, out=both)
        both *= distance
        result += np.minimum(both, 60) * (weights["length by root"] / 10)
        distance *= distance
        result += np.minimum(distance, 4, out=distance) * weights["length squared"]
        result += (weights["cosine"] + weights["cosine by size"] * size + margin) * cosine
        cosine *= np.abs(cosine)
        cosine *= weights["cosine squared"]
        result += cosine
        return result

    def _cosines_and_edges(self, nodes: _Nodes) -> tuple[FloatArray, FloatArray]:
        """Sums of the cosines of the sentences of beads, and what the marks at both their ends say of them."""
        longest, (rows, columns) = self._longest, nodes
        sums = _sums(self._pair.english, self._pair.chinese, nodes, longest)
        begins = self._mismatch(_before(rows, longest), _before(columns, longest), {"opening quote mismatch": "opens"})
        ends = self._mismatch(rows - 1, columns - 1, {"closing quote mismatch": "closes", "end mark mismatch": "end"})
        at_ends = {
            "quotation open in one": "inside",
            "quotation begins in one": "turns",
            "paragraph ends in one": "breaks",
        }
        ends += self._mismatch(rows, columns, at_ends)
        cosines = np.empty((len(self._linked), len(rows), len(columns)), np.float32)
        edges = np.empty_like(cosines)
        for number, (a, b) in enumerate(self._sizes.T.tolist()):
            top, left = slice(longest - a, longest - a + len(rows)), slice(longest - b, longest - b + len(columns))
            tall = sums[longest:] - sums[top]
            np.subtract(tall[:, longest:], tall[:, left], out=cosines[number])
            np.add(begins[top, left], ends, out=edges[number])
        return cosines, edges

    def _mismatch(self, rows: IntArray, columns: IntArray, fields: dict[str, str]) -> FloatArray:
        """The weights of those features for which sentences, or boundaries, differ; ``fields`` are what is compared."""
        result = np.zeros((len(rows), len(columns)), np.float32)
        for name, field in fields.items():
            english, chinese = getattr(self._pair.english_surface, field), getattr(self._pair.chinese_surface, field)
            differs: BoolArray = english[rows % len(english), None] != chinese[columns % len(chinese)]
            result += self._weights[name] * differs
        return result


class _Spans:
    """The spans of one text that end at each node, arrays of shape (longest + 1, nodes).

    ``inverse_norms`` one by how long the sums of their vectors are, ``levels`` the mean of what is usual for their
    sentences, ``lengths`` in the same unit for both texts, ``logs`` the logarithms of these.
    """

    def __init__(self, spans: SpanVectors, length: FloatArray, level: FloatArray, longest: int) -> None:
        self.inverse_norms = 1 / np.sqrt(np.maximum(_square_norms(spans, longest), np.float32(1e-12)))
        nodes = np.arange(len(spans) + 1)
        sizes = [np.minimum(nodes, size) for size in range(longest + 1)]
        self.lengths = np.stack([span_sums(length, size, nodes) + 4 for size in sizes])
        self.logs = np.log(self.lengths)
        self.levels = np.stack([span_sums(level, size, nodes) / max(1, n) for n, size in enumerate(sizes)])


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


def _type_scores(sizes: IntArray, weights: FloatArray) -> FloatArray:
    """What the types of beads bring, shape (types,)."""
    none = np.zeros_like(sizes[0])
    features = np.zeros((len(FEATURE_NAMES), len(none)), np.float32)
    type_features(features, Beads(none, none, *sizes))
    result: FloatArray = weights @ features
    return result


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
