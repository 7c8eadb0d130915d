"""A chain of anchors, and the band of nodes around it in which the search takes place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from aligner.arrays import Beads, DoubleArray, IntArray
from aligner.search.kinds import SOURCES, TARGETS

LARGEST_GAP = 250_000  # nodes of a gap between anchors that are all looked at
LARGEST_PIECE = 500_000  # nodes that are searched together; some 600 MB, if most may be on the way
BAND_MARGIN = 12  # sentences beyond the anchors around a node; a bead has at most 8

Node = tuple[int, int]


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

    def piece(self, start: Node, end: Node) -> Band:
        """The part between two nodes, which become (0, 0) and its last node."""
        rows = slice(start[0], end[0] + 1)
        low, high = (np.clip(side[rows], start[1], end[1]) - start[1] for side in (self.low, self.high))
        low[0], high[-1] = 0, end[1] - start[1]
        return make_band(low, high)

    def places(self, rows: IntArray, columns: IntArray) -> IntArray:
        """The numbers of these nodes in the flat arrays."""
        result: IntArray = self.offsets[rows] + columns - self.low[rows]
        return result

    def nodes(self) -> tuple[IntArray, IntArray]:
        """Rows and columns of all nodes, in the order of the flat arrays."""
        rows = np.repeat(np.arange(len(self.low)), np.diff(self.offsets))
        return rows, np.arange(self.size) - self.offsets[rows] + self.low[rows]

    def all_beads(self) -> Beads:
        """Every bead that begins and ends inside, in the order of their rows."""
        rows, columns = self.nodes()
        begin_rows, begin_columns = rows[:, None] - SOURCES, columns[:, None] - TARGETS
        inside = begin_rows >= 0
        begin_rows = np.maximum(begin_rows, 0)
        inside &= (begin_columns >= self.low[begin_rows]) & (begin_columns <= self.high[begin_rows])
        nodes, kinds = np.nonzero(inside)
        return Beads(rows[nodes], columns[nodes], SOURCES[kinds], TARGETS[kinds])


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
    low, high = _narrowed(low, high, knots_i, knots_j)
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
    return make_band(np.clip(low, 0, target_count), np.clip(high, 0, target_count))


def _narrowed(low: IntArray, high: IntArray, knots_i: IntArray, knots_j: IntArray) -> tuple[IntArray, IntArray]:
    """Keep to the diagonal of the largest gaps between anchors: a path over null beads alone leads along it as well."""
    height, width = np.diff(knots_i), np.diff(knots_j)
    for gap in np.flatnonzero(height * width > LARGEST_GAP).tolist():
        rows = np.arange(knots_i[gap], knots_i[gap + 1] + 1)
        centre = knots_j[gap] + (rows - rows[0]) * width[gap] // height[gap]
        reach = LARGEST_GAP // (2 * height[gap]) + BAND_MARGIN
        low[rows] = np.maximum(low[rows], centre - reach)
        high[rows] = np.minimum(high[rows], centre + reach)
    return low, high


def sure_cuts(source: IntArray, target: IntArray, size: int) -> list[Node]:
    """Nodes that every likely path goes through, at least ``size`` sentences of both texts together apart.

    ``source`` and ``target`` are the indices of sure anchors; a node lies between the second and the third of four in a
    row that follow each other directly in both texts.
    """
    together = (np.diff(source) == 1) & (np.diff(target) == 1)
    inner = np.flatnonzero(together[:-2] & together[1:-1] & together[2:]) + 2
    cuts: list[Node] = []
    last = 0
    for row, column in zip(source[inner].tolist(), target[inner].tolist(), strict=True):
        if row + column - last >= size:
            cuts.append((row, column))
            last = row + column
    return cuts


def further_cuts(band: Band, source: IntArray, target: IntArray, cuts: list[Node]) -> list[Node]:
    """The cuts, and others on the line through the anchors wherever more than LARGEST_PIECE nodes lie between two.

    So much lies only where thousands of sentences have no counterpart, on one side or on both, and there a path over
    null beads leads along the line as well as anywhere; without a cut, memory would grow with the stretch. ``source``
    and ``target`` are the indices of the anchors around which the band lies.
    """
    ends = band.source_count, band.target_count
    knots = [np.concatenate([[0], side + 1, [end]]) for side, end in zip((source, target), ends, strict=True)]
    levels = knots[0] + knots[1]

    def between(start: Node, end: Node) -> list[Node]:
        level = (sum(start) + sum(end)) // 2
        nearest = int(np.abs(levels - level).argmin())
        if 8 * abs(levels[nearest] - level) < sum(end) - sum(start):
            level = int(levels[nearest])
        row = int(np.interp(level, levels, knots[0]))
        node = row, level - row
        if node in (start, end) or band.piece(start, end).size <= LARGEST_PIECE:
            return []
        return [*between(start, node), node, *between(node, end)]

    pieces = pairwise([(0, 0), *cuts, ends])
    return [node for start, end in pieces for node in (*between(start, end), end)][:-1]
