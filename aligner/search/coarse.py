"""A rough search over a whole band, which finds the few beads that are worth a close look.

The text is cut into windows that overlap, each with free ends, so that any number of them can be searched in step. Of
each bead the paths through it are weighed (forward and backward sums, as in the exact search); where they are hardly
probable among all paths of the window, the bead is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from aligner.arrays import Beads, BoolArray, FloatArray, IntArray
from aligner.search.anchors import Band
from aligner.search.kinds import BEAD_TYPES, DELETION, INSERTION, SOURCES, TARGETS

# How much less probable than all paths those with the bead may be, in logs of rough odds. On novels this leaves 45
# beads a sentence, of more than a thousand. On 60 noisy pages no posterior of a linked bead moves by more than 0.0003;
# at 16, which leaves 30, by 0.003.
TOLERANCE = 20.0
CORE_ROWS, LONGEST_CORE = 96, 1000
MARGIN_ROWS = 24  # narrow rows before and after a window's core, over which the influence of its free ends dies away
NARROW = 64  # nodes of a row: no long stretch without counterpart is near
SMALL_BAND = 1500  # nodes: of a shorter text all beads are taken, which takes less time than choosing
CELLS_AT_ONCE = 100_000  # of the windows that are searched in step: their scores take 11 MB

Rough = Callable[[tuple[int, int, int, int]], FloatArray]
"""Rough scores of all beads that end in a rectangle first row, last row, first column, last column (the last ones not
included), shape (len(BEAD_TYPES), rows, columns)."""


@dataclass(frozen=True)
class _Window:
    """Rows first..last-1 of a band; those from ``core`` to ``core_end - 1`` are what it is for."""

    first: int
    last: int
    core: int
    core_end: int
    left: int
    right: int


def plausible_beads(band: Band, rough: Rough, tolerance: float = TOLERANCE) -> Beads:
    """Return the beads inside the band that may matter, in the order of their rows."""
    if band.size <= SMALL_BAND:
        return band.all_beads()
    parts = [_search(band, windows, rough, tolerance) for windows in _batches(band)]
    return Beads(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _windows(band: Band) -> Iterator[_Window]:
    """Windows whose edges lie, if possible, where the band is narrow, and that reach over enough such rows.

    A free end in the middle of many sentences without counterpart would save the paths that begin there their cost.
    """
    size = len(band.low)
    narrow = band.high - band.low <= NARROW
    passed = np.cumsum(narrow)
    core = 0
    while core < size:
        later = np.flatnonzero(narrow[core + CORE_ROWS : core + LONGEST_CORE])
        end = min(size, core + (CORE_ROWS + int(later[0]) if len(later) else LONGEST_CORE))
        first = int(np.searchsorted(passed, passed[core] - MARGIN_ROWS)) if core else 0
        last = int(np.searchsorted(passed, passed[end - 1] + MARGIN_ROWS)) + 1
        first, last = max(first, core - LONGEST_CORE, 0), min(last, end + LONGEST_CORE, size)
        yield _Window(first, last, core, end, int(band.low[first]), int(band.high[last - 1]) + 1)
        core = end


def _batches(band: Band) -> Iterator[list[_Window]]:
    batch: list[_Window] = []
    height = width = 0
    for window in _windows(band):
        height, width = max(height, window.last - window.first), max(width, window.right - window.left)
        if batch and (len(batch) + 1) * height * width > CELLS_AT_ONCE:
            yield batch
            batch, height, width = [], window.last - window.first, window.right - window.left
        batch.append(window)
    yield batch


def _search(
    band: Band, windows: list[_Window], rough: Rough, tolerance: float
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """The plausible beads of some windows: rows and columns where they end, and their sizes."""
    height = max(window.last - window.first for window in windows)
    width = max(window.right - window.left for window in windows)
    inside = np.zeros((len(windows), height, width), bool)
    scores = np.full((len(BEAD_TYPES), *inside.shape), -np.inf, np.float32)
    starts, ends = np.zeros_like(inside), np.zeros_like(inside)
    for number, window in enumerate(windows):
        rows, columns = np.arange(window.first, window.last), np.arange(window.left, window.right)
        part = (columns >= band.low[rows][:, None]) & (columns <= band.high[rows][:, None])
        place = np.s_[number, : len(rows), : len(columns)]
        inside[place] = part
        table = rough((window.first, window.last, window.left, window.right))
        scores[(slice(None), *place)] = np.where(part, table, -np.inf)
        starts[number, 0] = inside[number, 0] & ((window.first > 0) | (np.arange(width) == 0))
        final = len(rows) - 1
        at_the_end = window.last == len(band.low)
        ends[number, final] = inside[number, final] & ((np.arange(width) == len(columns) - 1) | (not at_the_end))
    ahead, behind = _forward(scores, inside, starts), _backward(scores, inside, ends)
    totals = [
        np.logaddexp.reduce(ahead[number, last][ends[number, last]])
        for number, last in enumerate(window.last - window.first - 1 for window in windows)
    ]
    return _collect(
        windows, scores, ahead, behind - (np.array(totals, np.float32) - np.float32(tolerance))[:, None, None]
    )


def _forward(scores: FloatArray, inside: BoolArray, starts: BoolArray) -> FloatArray:
    """What comes to each node from a start, in logs, shape (windows, rows, columns).

    Of linked beads the best counts. Null beads add up: that a stretch without counterpart can be passed over in many
    orders is part of its probability.
    """
    result = np.where(starts, np.float32(0), np.float32(-np.inf))
    width = result.shape[2]
    for row in range(result.shape[1]):
        current = result[:, row]
        for kind, (a, b) in enumerate(BEAD_TYPES):
            if 0 < a <= row and 0 < b < width:
                part = current[:, b:]
                np.maximum(part, result[:, row - a, : width - b] + scores[kind, :, row, b:], out=part)
        if row:
            np.logaddexp(current, result[:, row - 1] + scores[DELETION, :, row], out=current)
        _insert(current, scores[INSERTION, :, row])
        current[~inside[:, row]] = -np.inf
    return result


def _backward(scores: FloatArray, inside: BoolArray, ends: BoolArray) -> FloatArray:
    """The same from each node to an end."""
    result = np.where(ends, np.float32(0), np.float32(-np.inf))
    height, width = result.shape[1:]
    for row in range(height - 1, -1, -1):
        current = result[:, row]
        for kind, (a, b) in enumerate(BEAD_TYPES):
            if 0 < a < height - row and 0 < b < width:
                part = current[:, : width - b]
                np.maximum(part, result[:, row + a, b:] + scores[kind, :, row + a, b:], out=part)
        if row + 1 < height:
            np.logaddexp(current, result[:, row + 1] + scores[DELETION, :, row + 1], out=current)
        costs = np.roll(scores[INSERTION, :, row], -1, axis=1)
        _insert(current[:, ::-1], costs[:, ::-1])
        current[~inside[:, row]] = -np.inf
    return result


def _insert(current: FloatArray, costs: FloatArray) -> None:
    """Let runs of null beads go along a row, in place: to current[k] comes current[k - 1] + costs[k]."""
    total = np.cumsum(np.where(np.isfinite(costs), costs, 0), axis=1, dtype=np.float32)
    current -= total
    np.logaddexp.accumulate(current, axis=1, out=current)
    current += total


def _collect(
    windows: list[_Window], scores: FloatArray, ahead: FloatArray, behind: FloatArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Beads that end in the cores of the windows and are on a path that is good enough."""
    found = []
    height, width = ahead.shape[1:]
    cores = np.array([window.core - window.first for window in windows])
    ends = np.array([window.core_end - window.first for window in windows])
    for kind, (a, b) in enumerate(BEAD_TYPES):
        if a >= height or b >= width:
            continue
        through = ahead[:, : height - a, : width - b] + scores[kind, :, a:, b:]
        number, row, column = np.nonzero(through + behind[:, a:, b:] >= 0)
        row, column = row + a, column + b
        own = (row >= cores[number]) & (row < ends[number])
        found.append((number[own], row[own], column[own], np.full(own.sum(), kind)))
    number, row, column, kinds = (np.concatenate(columns) for columns in zip(*found, strict=True))
    rows = row + np.array([window.first for window in windows])[number]
    columns = column + np.array([window.left for window in windows])[number]
    order = np.argsort(rows, kind="stable")
    return rows[order], columns[order], SOURCES[kinds[order]], TARGETS[kinds[order]]
