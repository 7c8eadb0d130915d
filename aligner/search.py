"""Search over beads: arrays in, beads and posteriors out. Nothing here knows of text.

A path runs through nodes (i, j), "i source and j target sentences are used", from (0, 0) to (n, m). Each step is a bead
of one of the ``BEAD_TYPES``. Only nodes inside a band around a chain of anchors exist. The best path is Viterbi's; the
posterior of a bead is the share of all paths' probability that uses it, by the forward-backward algorithm of a
semi-Markov conditional random field (Sarawagi and Cohen 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from aligner.arrays import AnyArray, DoubleArray, FloatArray, IntArray


def _bead_types() -> tuple[tuple[int, int], ...]:
    """1-0, 0-1, one to at most eight, two to at most five, three to at most four, both ways."""
    longest = {1: 8, 2: 5, 3: 4, 4: 3}
    pairs = [(a, b) for a in range(1, 9) for b in range(1, 9) if max(a, b) <= longest.get(min(a, b), 0)]
    return ((1, 0), (0, 1), *pairs)


BEAD_TYPES = _bead_types()
DELETION, INSERTION = BEAD_TYPES.index((1, 0)), BEAD_TYPES.index((0, 1))
NULLS, LINKED = slice(0, 2), slice(2, None)  # of the bead types
LONGEST = max(max(kind) for kind in BEAD_TYPES)
BAND_MARGIN = 12  # sentences beyond the anchors around a node; a bead has at most 8

IMPOSSIBLE = -1e5  # stands for minus infinity where sums of scores are subtracted from each other

_Total = Callable[[AnyArray], DoubleArray]
"""The sum of each row in the sense of the sweep."""

_SOURCE = np.array([source for source, _ in BEAD_TYPES])
_TARGET = np.array([target for _, target in BEAD_TYPES])
_IS_NULL = np.minimum(_SOURCE, _TARGET) == 0


@dataclass(frozen=True)
class Band:
    """For each i from 0 to n the nodes (i, low[i]) to (i, high[i]); flat arrays hold them from ``offsets[i]`` on."""

    low: IntArray
    high: IntArray
    offsets: IntArray

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.offsets[-1])

    @property
    def source_count(self) -> int:
        """Number of source sentences."""
        return len(self.low) - 1

    @property
    def target_count(self) -> int:
        """Number of target sentences."""
        return int(self.high[-1])


def make_band(low: IntArray, high: IntArray) -> Band:
    """Build a band from its limits, both rising, with low[0] == 0 and high[-1] == number of target sentences."""
    return Band(low, high, np.concatenate([[0], np.cumsum(high - low + 1)]))


def anchor_chain(source: IntArray, target: IntArray, weight: DoubleArray) -> IntArray:
    """Return the indices of the heaviest chain of candidates (source, target) that rises on both sides.

    Weighted longest increasing subsequence with a Fenwick tree of prefix maxima, O(n log n); candidates may share
    sentences, a chain may not. It does not lean on the diagonal: a long stretch without counterpart costs nothing.
    """
    order = np.lexsort((-target, source))
    ranks = np.unique(target, return_inverse=True)[1] + 1
    size = int(ranks.max(initial=0))
    best_weight, best_index = [0.0] * (size + 1), [-1] * (size + 1)
    previous = np.full(len(source), -1)
    for index in order:
        total, place = float(weight[index]), int(ranks[index]) - 1
        before, came_from = 0.0, -1
        while place > 0:
            if best_weight[place] > before:
                before, came_from = best_weight[place], best_index[place]
            place -= place & -place
        previous[index] = came_from
        total += before
        place = int(ranks[index])
        while place <= size:
            if total > best_weight[place]:
                best_weight[place], best_index[place] = total, index
            place += place & -place
    chain = []
    last = best_index[int(np.argmax(best_weight))] if size else -1
    while last >= 0:
        chain.append(last)
        last = int(previous[last])
    return np.asarray(chain[::-1], np.int64)


def band_around(source: IntArray, target: IntArray, source_count: int, target_count: int) -> Band:
    """Band around a chain of anchors: from BAND_MARGIN before the anchor before a node to as much after the next."""
    knots_i = np.concatenate([[0], source + 1, [source_count]])
    knots_j = np.concatenate([[0], target + 1, [target_count]])
    rows = np.arange(source_count + 1)
    before = np.searchsorted(knots_i, rows - BAND_MARGIN, side="right") - 1
    after = np.searchsorted(knots_i, rows + BAND_MARGIN, side="left")
    low = np.where(before >= 0, knots_j[np.maximum(before, 0)], 0) - BAND_MARGIN
    high = np.where(after < len(knots_i), knots_j[np.minimum(after, len(knots_i) - 1)], target_count) + BAND_MARGIN
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
    return make_band(np.clip(low, 0, target_count), np.clip(high, 0, target_count))


def row_chunks(band: Band, cells: int) -> Iterator[tuple[int, int]]:
    """Split the band's rows into runs first..last-1 whose bounding rectangle has at most about ``cells`` nodes."""
    first = 0
    while first < len(band.low):
        last = first + 1
        while last < len(band.low) and (last + 1 - first) * (band.high[last] - band.low[first] + 1) <= cells:
            last += 1
        yield first, last
        first = last


class Lattice:
    """The scores of every bead in a band; ``scores`` has shape (nodes, len(BEAD_TYPES)), a bead at its last node.

    A run of null beads costs ``opening`` once, on top of its beads' own scores (the affine gaps of Gotoh 1982): a path
    is in one of two states at a node, after a linked bead or inside a run. Beads that would begin outside the band must
    be given as minus infinity or are ignored.
    """

    def __init__(self, band: Band, scores: FloatArray, opening: float = 0.0) -> None:
        self.band = band
        self.scores = scores
        self.opening = opening

    def predecessors(self, row: int) -> IntArray:
        """Flat index of the node where each bead that ends in ``row`` begins; ``band.size`` where there is none.

        Shape: (nodes in the row, bead types).
        """
        return self._neighbours(row, self._columns(row), -_SOURCE, -_TARGET)

    def _columns(self, row: int) -> IntArray:
        return np.arange(self.band.low[row], self.band.high[row] + 1)

    def _neighbours(self, row: int, columns: IntArray, row_steps: IntArray, column_steps: IntArray) -> IntArray:
        band = self.band
        rows = row + row_steps
        inside = (rows >= 0) & (rows < len(band.low))
        rows = np.clip(rows, 0, len(band.low) - 1)
        columns = columns[:, None] + column_steps
        inside = inside & (columns >= band.low[rows]) & (columns <= band.high[rows])
        return np.where(inside, band.offsets[rows] + columns - band.low[rows], band.size)

    def _row(self, row: int) -> slice:
        return slice(int(self.band.offsets[row]), int(self.band.offsets[row + 1]))

    def forward(self) -> tuple[DoubleArray, DoubleArray]:
        """Log of the summed weight of all paths from (0, 0) to each node after a linked bead, and inside a null run.

        Both have minus infinity as one more entry.
        """
        linked, null, _ = self._sweep(np.logaddexp, _log_sum)
        return linked, null

    def _sweep(self, plus: np.ufunc, total: _Total) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
        """Add up all paths to each node after a linked bead, inside a null run, and either; ``plus`` adds two paths."""
        linked = np.full(self.band.size + 1, -np.inf)
        null = np.full(self.band.size + 1, -np.inf)
        either = np.full(self.band.size + 1, -np.inf)
        for row in range(len(self.band.low)):
            place = self._row(row)
            before, scores = self.predecessors(row), self.scores[place]
            linked[place] = total((either[before] + scores)[:, LINKED])
            if row == 0:
                linked[0] = 0.0
            deleted = before[:, DELETION]
            base = plus(null[deleted], linked[deleted] + self.opening) + scores[:, DELETION]
            steps = np.maximum(scores[:, INSERTION], IMPOSSIBLE)
            steps[0] = 0.0
            base[1:] = plus(base[1:], linked[place][:-1] + self.opening + steps[1:])
            null[place] = _scan(base, steps, plus)
            either[place] = plus(linked[place], null[place])
        return linked, null, either

    def backward(self) -> tuple[DoubleArray, DoubleArray]:
        """Log of the summed weight of all paths to (n, m) from each node after a linked bead, and inside a null run.

        Both have minus infinity as one more entry.
        """
        linked = np.full(self.band.size + 1, -np.inf)
        null = np.full(self.band.size + 1, -np.inf)
        padded = np.concatenate([self.scores, np.full((1, len(BEAD_TYPES)), -np.inf, np.float32)])
        last = len(self.band.low) - 1
        columns = np.arange(len(BEAD_TYPES))
        for row in range(last, -1, -1):
            place = self._row(row)
            following = self._neighbours(row, self._columns(row), _SOURCE, _TARGET)
            scores = padded[following, columns]
            link = _log_sum((linked[following] + scores)[:, LINKED])
            if row == last:
                link[-1] = 0.0
            below = null[following[:, DELETION]] + scores[:, DELETION]
            steps = np.maximum(scores[:, INSERTION], IMPOSSIBLE)
            steps[-1] = 0.0
            null[place] = _scan(np.logaddexp(link, below)[::-1], steps[::-1], np.logaddexp)[::-1]
            beside = np.append(null[place][1:] + steps[:-1], -np.inf)
            linked[place] = np.logaddexp(link, np.logaddexp(below, beside) + self.opening)
        return linked, null

    def posteriors(self) -> FloatArray:
        """Posterior probability of every bead, in the shape of ``scores``."""
        (linked, null), (linked_on, null_on) = self.forward(), self.backward()
        either = np.logaddexp(linked, null)
        inside = np.logaddexp(linked + self.opening, null)
        total = either[self.band.size - 1]
        result = np.zeros_like(self.scores)
        for row in range(len(self.band.low)):
            place = self._row(row)
            before = self.predecessors(row)
            logs = either[before] + self.scores[place] + linked_on[place][:, None] - total
            nulls = inside[before[:, NULLS]] + self.scores[place][:, NULLS] + null_on[place][:, None] - total
            logs[:, NULLS] = nulls
            result[place] = np.exp(np.minimum(logs, 0.0))
        return result

    def best_path(self) -> list[tuple[int, int]]:
        """Return the steps (flat node index, bead type) of the path with the highest sum of scores, in order."""
        return self._trace(*self._sweep(np.maximum, _highest))

    def _trace(self, linked: DoubleArray, null: DoubleArray, either: DoubleArray) -> list[tuple[int, int]]:
        band = self.band
        row, column = band.source_count, band.target_count
        in_null = bool(null[band.size - 1] > linked[band.size - 1])
        steps = []
        while row > 0 or column > 0:
            node = int(band.offsets[row] + column - band.low[row])
            before = self._neighbours(row, np.array([column]), -_SOURCE, -_TARGET)[0]
            inside = np.maximum(null[before], linked[before] + self.opening)
            terms = np.where(_IS_NULL, inside, either[before]) + self.scores[node]
            terms[in_null != _IS_NULL] = -np.inf
            kind = int(terms.argmax())
            steps.append((node, kind))
            row, column, begin = row - BEAD_TYPES[kind][0], column - BEAD_TYPES[kind][1], before[kind]
            in_null = bool(null[begin] > linked[begin] + (self.opening if in_null else 0.0))
        return steps[::-1]


def _log_sum(terms: AnyArray) -> DoubleArray:
    highest = terms.max(axis=1)
    safe = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        result: DoubleArray = np.log(np.exp(terms - safe[:, None]).sum(axis=1)) + safe
    return result


def _highest(terms: AnyArray) -> DoubleArray:
    result: DoubleArray = terms.max(axis=1)
    return result


def _scan(base: DoubleArray, steps: AnyArray, plus: np.ufunc) -> DoubleArray:
    """Solve out[k] = plus(base[k], out[k - 1] + steps[k]) for all k at once."""
    total = np.cumsum(steps, dtype=np.float64)
    result: DoubleArray = plus.accumulate(base - total) + total
    return result
