"""A rough search over a whole band, which finds the few beads that are worth a close look.

Of each bead the paths through it are weighed (forward and backward sums, as in the exact search); where they are hardly
probable among all paths, the bead is left out. Rows are looked at a few at a time, first down and then up, so that the
rough scores of all beads are never held at once. What comes to nodes is held in double precision: over a stretch of
100,000 null beads single precision loses more than is tolerated, and no path was left. Linked beads add up as well as
null beads: with the best of them alone, sums from the start and from the end are of other paths, which differ by more
than is tolerated where a long text nearly repeats itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from aligner.arrays import Beads, DoubleArray, FloatArray, IntArray
from aligner.compiled import load_compiled
from aligner.search.anchors import Band
from aligner.search.kinds import BEAD_TYPES, DELETION, INSERTION, LONGEST, SOURCES, TARGETS

# How much less probable than all paths those with the bead may be, in logs of rough odds. On novels and an academic
# text this leaves 17 beads for each English sentence, of more than a thousand; of the confidences of their pairs three
# move by more than 0.001 and the most by 0.002, and on 30 noisy pages by 0.0004. No bead of the best path changes.
TOLERANCE = 16.0
SMALL_BAND = 200  # nodes: of a shorter text all beads are taken, which takes less time than choosing
MOST_ROWS = 24  # that are looked at together
CELLS_AT_ONCE = 10_000  # of nodes, unless a row has more: their scores and what comes of these take 4 MB

Rough = Callable[[tuple[int, int, int, int]], FloatArray]
"""Rough scores of all beads that end in a rectangle first row, last row, first column, last column (the last ones not
included), shape (len(BEAD_TYPES), rows, columns)."""

_LINKED = slice(2, None)  # of BEAD_TYPES
_A, _B = SOURCES[_LINKED, None], TARGETS[_LINKED, None]
_NEVER = -np.inf

_Found = tuple[IntArray, IntArray, IntArray]

compiled = load_compiled("aligner.search._lattice")


def plausible_beads(band: Band, rough: Rough, tolerance: float = TOLERANCE) -> Beads:
    """Return the beads inside the band that may matter, in the order of their rows."""
    if band.size <= SMALL_BAND:
        return band.all_beads()
    blocks = list(_blocks(band))
    ahead: list[DoubleArray] = []
    for block in blocks:
        ahead += _forward(band, rough, block, ahead[-LONGEST:])
    least = float(ahead[-1][-1]) - tolerance
    found, below = [], list[DoubleArray]()
    for block in reversed(blocks):
        part, behind = _backward(band, rough, block, ahead, below, least)
        below = (behind + below)[:LONGEST]
        found.append(part)
    kinds, rows, columns = (np.concatenate(parts) for parts in zip(*found, strict=True))
    rows, columns = rows + SOURCES[kinds], columns + TARGETS[kinds]
    order = np.argsort(rows, kind="stable")
    return Beads(rows[order], columns[order], SOURCES[kinds[order]], TARGETS[kinds[order]])


def _blocks(band: Band) -> Iterator[tuple[int, int]]:
    """First row and the row after the last of what is looked at together."""
    edges, count = [0], len(band.low)
    while edges[-1] < count:
        first = edges[-1]
        widths = band.high[first : first + MOST_ROWS] - band.low[first] + 1
        heights = np.arange(1, len(widths) + 1)
        edges.append(first + max(1, int(np.searchsorted(heights * widths, CELLS_AT_ONCE, side="right"))))
    return pairwise(edges)


def _forward(band: Band, rough: Rough, block: tuple[int, int], above: list[DoubleArray]) -> list[DoubleArray]:
    """What comes to the nodes of each row from the start, in logs; ``above`` are the rows before.

    All beads add up: that a stretch without counterpart can be passed over in many orders is part of its probability.
    """
    first, last = block
    left, right = int(band.low[first]), int(band.high[last - 1]) + 1
    scores = np.ascontiguousarray(rough((first, last, left, right)))
    frame = _frame(band, (first - LONGEST, last), (left - LONGEST, right), first - len(above), above)
    if compiled:
        low, high = band.low[first:last], band.high[first:last]
        compiled.forward(scores, frame, low, high, SOURCES, TARGETS, LONGEST, -first)
    else:
        _add_forward(band, block, scores, frame)
    inner = frame[LONGEST:, LONGEST:]
    return [inner[row, place].copy() for row, place in _places(band, block)]


def _add_forward(band: Band, block: tuple[int, int], scores: FloatArray, frame: DoubleArray) -> None:
    """Fill the rows of the block in its frame, which begins ``LONGEST`` rows and columns before it."""
    insertions = _running_costs(scores[INSERTION])
    width = frame.shape[1]
    steps = np.arange(width - LONGEST) - (_A * width + _B)
    for row, place in _places(band, block):
        there = slice(place.start + LONGEST, place.stop + LONGEST)
        current = frame[row + LONGEST, there]
        begin = steps[:, : len(current)] + ((row + LONGEST) * width + there.start)
        linked = np.logaddexp.reduce(frame.ravel()[begin] + scores[_LINKED, row, place], axis=0)
        np.logaddexp(linked, frame[row + LONGEST - 1, there] + scores[DELETION, row, place], out=current)
        if block[0] + row == 0:
            current[0] = 0
        current -= insertions[row, place]
        np.logaddexp.accumulate(current, out=current)
        current += insertions[row, place]


def _backward(
    band: Band, rough: Rough, block: tuple[int, int], ahead: list[DoubleArray], below: list[DoubleArray], least: float
) -> tuple[_Found, list[DoubleArray]]:
    """The same from each node to the end; and the beads that begin in these rows and are on a path that is good enough.

    ``below`` are the rows after, ``ahead`` is what comes to all nodes from the start. Of the beads returns kinds, rows
    and columns.
    """
    first, last = block
    left, right = int(band.low[first]), int(band.high[last - 1]) + 1
    frame = _frame(band, (first, last + LONGEST), (left, right + LONGEST), last, below)
    scores = np.zeros((len(BEAD_TYPES), *frame.shape), np.float32)
    bottom, end = min(last + LONGEST, len(band.low)), min(right + LONGEST, band.target_count + 1)
    scores[:, : bottom - first, : end - left] = rough((first, bottom, left, end))
    start = _frame(band, block, (left, right), first, ahead[first:last])
    if compiled:
        good = np.zeros((len(BEAD_TYPES), last - first, right - left), np.bool_)
        arrays = scores, frame, band.low[first:last], band.high[first:last], SOURCES, TARGETS, start, good
        compiled.backward(*arrays, LONGEST, band.source_count - first, least)
    else:
        good = _add_backward(band, block, scores, frame) + start >= least
    found = np.nonzero(good)
    return (found[0], found[1] + first, found[2] + left), [frame[row, place] for row, place in _places(band, block)]


def _add_backward(band: Band, block: tuple[int, int], scores: FloatArray, frame: DoubleArray) -> DoubleArray:
    """Fill the rows of the block in its frame, which ends ``LONGEST`` rows and columns after it.

    Returns what comes from the end through each bead to where it begins, shape (kinds, rows, columns).
    """
    height, width = (size - LONGEST for size in frame.shape)
    insertions = _running_costs(scores[INSERTION])
    steps = np.arange(width) + (_A * frame.shape[1] + _B)
    kinds = np.arange(len(BEAD_TYPES))[_LINKED, None] * frame.size
    through = np.full((len(BEAD_TYPES), height, width), _NEVER)
    for row, place in reversed(list(_places(band, block))):
        current = frame[row, place]
        ends = steps[:, : len(current)] + (row * frame.shape[1] + place.start)
        through[_LINKED, row, place] = terms = frame.ravel()[ends] + scores.ravel()[ends + kinds]
        through[DELETION, row, place] = deleted = frame[row + 1, place] + scores[DELETION, row + 1, place]
        np.logaddexp(np.logaddexp.reduce(terms, axis=0), deleted, out=current)
        if block[0] + row == band.source_count:
            current[-1] = 0
        current += insertions[row, place]
        np.logaddexp.accumulate(current[::-1], out=current[::-1])
        current -= insertions[row, place]
    through[INSERTION] = frame[:height, 1 : width + 1] + scores[INSERTION, :height, 1 : width + 1]
    return through


def _places(band: Band, block: tuple[int, int]) -> Iterator[tuple[int, slice]]:
    """The rows of a block, counted from its first, with the places of their nodes from its leftmost on."""
    low, high = (side[slice(*block)].tolist() for side in (band.low, band.high))
    for row in range(len(low)):
        yield row, slice(low[row] - low[0], high[row] + 1 - low[0])


def _frame(
    band: Band, rows: tuple[int, int], columns: tuple[int, int], start: int, known: list[DoubleArray]
) -> DoubleArray:
    """A rectangle of nodes with the values of rows that are known, from ``start`` on, and -inf elsewhere."""
    frame = np.full((rows[1] - rows[0], columns[1] - columns[0]), _NEVER)
    for row, values in enumerate(known, start):
        low = int(band.low[row])
        left, right = max(low, columns[0]), min(low + len(values), columns[1])
        if left < right:
            frame[row - rows[0], left - columns[0] : right - columns[0]] = values[left - low : right - low]
    return frame


def _running_costs(costs: FloatArray) -> DoubleArray:
    """Sums of the costs of null beads along rows, so that a run of them costs a difference."""
    result: DoubleArray = np.cumsum(np.where(np.isfinite(costs), costs, 0), axis=1, dtype=np.float64)
    return result
