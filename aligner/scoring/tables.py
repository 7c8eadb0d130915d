"""Cosines and covered masses of all bead types on a rectangle of nodes, from which the features of beads are read.

Rows are boundaries between English sentences, columns boundaries between Chinese ones; the entry of a bead stands where
it ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aligner.arrays import Beads, BoolArray, FloatArray, IntArray, SpanVectors
from aligner.scoring.coverage import Side
from aligner.scoring.span_cache import SpanCache

LONGEST_EXTENDED = 5  # beads up to this long on a side are also compared with the next longer one
NO_COSINE = -1.0
SMALL = ((1, 1), (1, 2), (2, 1))  # the beads that are looked at beside a bead

Kind = tuple[int, int]


@lru_cache(maxsize=4)
def compared_kinds(kinds: tuple[Kind, ...]) -> frozenset[Kind]:
    """The linked kinds and those that are one sentence longer than one of them."""
    linked = {kind for kind in kinds if min(kind) > 0}
    shorter = [kind for kind in linked if max(kind) < LONGEST_EXTENDED]
    return frozenset(linked | {(a + 1, b) for a, b in shorter} | {(a, b + 1) for a, b in shorter})


@dataclass(frozen=True)
class Rectangle:
    """Nodes: rows first_row..last_row-1 and columns first_column..last_column-1."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def rows(self) -> IntArray:
        """Its row numbers."""
        return np.arange(self.first_row, self.last_row)

    @property
    def columns(self) -> IntArray:
        """Its column numbers."""
        return np.arange(self.first_column, self.last_column)


class Cosines:
    """Cosines of beads that end in a rectangle, and of those one sentence longer or shorter or moved by one.

    NO_COSINE where one would begin before the text or end after it.
    """

    def __init__(
        self, english: SpanCache, chinese: SpanCache, area: Rectangle, beads: Beads, kinds: Collection[Kind]
    ) -> None:
        self._area = area
        self.longest = max(a for a, _ in kinds), max(b for _, b in kinds)
        left = _wanted_spans(english, area.rows, beads.rows, beads.sources, {a for a, _ in kinds})
        right = _wanted_spans(chinese, area.columns, beads.columns, beads.targets, {b for _, b in kinds})
        self._number = np.full((self.longest[0] + 2, self.longest[1] + 2), -1)
        self._table = np.full((len(kinds), len(area.rows), len(area.columns)), NO_COSINE, np.float32)
        for number, (a, b) in enumerate(sorted(kinds)):
            self._number[a, b] = number
            (vectors, rows), (others, columns) = left[a], right[b]
            self._table[number, rows[:, None], columns] = vectors @ others.T

    def __call__(self, sources: IntArray, targets: IntArray, rows: IntArray, columns: IntArray) -> FloatArray:
        """Read the table; NO_COSINE where it does not hold the kind."""
        number = self._number[sources, targets]
        found = self._table[number, rows - self._area.first_row, columns - self._area.first_column]
        return np.where(number >= 0, found, np.float32(NO_COSINE))

    def has(self, sources: IntArray, targets: IntArray) -> BoolArray:
        """Whether the table holds these kinds."""
        held: BoolArray = self._number[sources, targets] >= 0
        return held


class Masses:
    """Covered masses of the English and the Chinese sentences of beads that end in a rectangle."""

    def __init__(self, english: Side, chinese: Side, area: Rectangle, longest: Kind) -> None:
        self._from = max(0, area.first_row - longest[0]), max(0, area.first_column - longest[1])
        rows = self._from[0], max(self._from[0], min(len(english.mass), area.last_row - 1))
        columns = self._from[1], max(self._from[1], min(len(chinese.mass), area.last_column - 1))
        self._english = _CoveredRuns(english.covered(*rows, *columns, longest[1]))
        self._chinese = _CoveredRuns(chinese.covered(*columns, *rows, longest[0]))

    def __call__(
        self, sources: IntArray, targets: IntArray, rows: IntArray, columns: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """Covered mass of the beads' English and of their Chinese sentences."""
        rows, columns = rows - self._from[0], columns - self._from[1]
        return self._english(sources, targets, rows, columns), self._chinese(targets, sources, columns, rows)


class _CoveredRuns:
    """Covered mass of runs of sentences by spans of the other text, from the sums of ``Side.covered``."""

    def __init__(self, sums: FloatArray) -> None:
        self._sums = sums

    def __call__(self, own: IntArray, others: IntArray, rows: IntArray, columns: IntArray) -> FloatArray:
        """Covered mass of the ``own`` sentences before each row by the ``others`` sentences before each column.

        What would lie outside is taken from the nearest place inside.
        """
        _, height, width = self._sums.shape
        first = np.maximum(np.minimum(columns, width) - others, 0) + (others - 1) * (height * width)
        top = np.minimum(rows, height - 1)
        bottom = np.maximum(np.minimum(rows - own, height - 1), 0)
        result: FloatArray = self._sums.ravel()[first + top * width] - self._sums.ravel()[first + bottom * width]
        return result


class Company:
    """Best cosine of a small bead that ends at a node (``ending``) and of one that begins there (``beginning``)."""

    def __init__(self, english: SpanVectors, chinese: SpanVectors, area: Rectangle, longest: Kind) -> None:
        first = area.first_row - longest[0] - 1, area.first_column - longest[1] - 1
        rows = np.arange(first[0], area.last_row + 3)
        columns = np.arange(first[1], area.last_column + 3)
        self._from = first
        left = {a: _spans_ending(english, a, rows) for a in (1, 2)}
        right = {b: _spans_ending(chinese, b, columns) for b in (1, 2)}
        self._ending = np.full((len(rows), len(columns)), -np.inf, np.float32)
        self._beginning = np.zeros((len(rows), len(columns)), np.float32)
        for a, b in SMALL:
            table = np.zeros_like(self._beginning)
            (vectors, some_rows), (others, some_columns) = left[a], right[b]
            table[some_rows, some_columns] = vectors @ others.T
            np.maximum(self._ending, table, out=self._ending)
            part = self._beginning[: len(rows) - a, : len(columns) - b]
            np.maximum(part, table[a:, b:], out=part)

    def ending(self, rows: IntArray, columns: IntArray) -> FloatArray:
        """What ends at these nodes."""
        result: FloatArray = self._ending[rows - self._from[0], columns - self._from[1]]
        return result

    def beginning(self, rows: IntArray, columns: IntArray) -> FloatArray:
        """What begins at these nodes."""
        result: FloatArray = self._beginning[rows - self._from[0], columns - self._from[1]]
        return result


def _wanted_spans(
    spans: SpanCache, nodes: IntArray, ends: IntArray, sizes: IntArray, lengths: Collection[int]
) -> dict[int, tuple[FloatArray, IntArray]]:
    """For each length the vectors of those spans that beads need, and at which of the nodes they end.

    Beads of these sizes that end at these places are also looked at one sentence longer, and then also moved forward
    by one, and one shorter, and then also moved back.
    """
    wanted = np.zeros((max(sizes.max(), *lengths) + 2, len(nodes)), bool)
    places = ends - nodes[0]
    for length, place in ((0, 0), (1, 0), (1, 1), (-1, 0), (-1, -1), (0, 1), (0, -1)):
        wanted[sizes + length, places + place] = True
    result = {}
    for length in lengths:
        at = np.flatnonzero(wanted[length] & (nodes >= length) & (nodes <= len(spans)))
        result[length] = spans.at(length, nodes[at] - length), at
    return result


def _spans_ending(spans: SpanVectors, length: int, nodes: IntArray) -> tuple[FloatArray, slice]:
    """Vectors of the spans that end at nodes in a row, and at which of these there is one."""
    first = max(length, int(nodes[0]))
    last = max(first, min(len(spans), int(nodes[-1])) + 1)
    vectors = spans.vectors(length, first - length, last - length)
    return vectors, slice(first - int(nodes[0]), last - int(nodes[0]))
