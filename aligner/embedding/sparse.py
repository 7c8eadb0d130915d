"""Products of rectified features, few of which are not zero: by compiled code where it was built, else by numpy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from aligner.arrays import AnyArray, FloatArray
from aligner.compiled import load_compiled

TokenArray = NDArray[np.int32]  # ids of tokens, and their places

EMBEDDING = 512
BRANCHES = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many of its tokens lie to the left
REACH = 2  # tokens to either side that an n-gram may hold
BRANCH_WIDTH = 256
WIDTH = EMBEDDING + len(BRANCHES) * BRANCH_WIDTH
OUTSIDE = 0  # the place of what stands before, between and after sentences
_BLOCK = 64  # columns of a matrix that the compiled code wants together
_ROWS = 512  # that numpy works on at a time

_EDGES = np.cumsum([0, EMBEDDING // BRANCH_WIDTH, len(BRANCHES), *(2 * order for order, _ in BRANCHES)]).tolist()

# What a token brings to a sentence, in lines of 256 numbers. First its embedding; then what goes into the convolutions
# of each branch; and then, for each branch, the token's shares of the first convolution and of the second: its parts in
# their sums over an n-gram whose k-th it is, leaving out what the first adds to it. They hold the biases where the
# n-gram stands for the token. All are rounded, each line counted in its own unit. Of the embedding there are the sum of
# its numbers and of their squares too.
TOKEN = np.dtype(
    [
        *(("lines", np.int16, (_EDGES[-1], BRANCH_WIDTH)), ("units", np.float32, _EDGES[-1])),
        *(("total", np.float32), ("squares", np.float32), ("unused", np.float32, 5)),
    ]
)
OWN, HIDDEN, *SHARES = (slice(*edge) for edge in pairwise(_EDGES))  # lines

compiled = load_compiled("aligner.embedding._sparse")


def put(tokens: AnyArray, places: TokenArray, values: FloatArray, lines: slice) -> None:
    """Round values, shape (n, lines * 256), and put them into the lines of TOKENs at the places given, int32."""
    if compiled is not None:
        compiled.put(tokens, places, values, lines.start, lines.stop - lines.start)
        return
    values = values.reshape(len(places), -1, BRANCH_WIDTH)
    units = np.maximum(np.abs(values).max(axis=2), np.float32(1e-30)) / np.float32(np.iinfo(np.int16).max)
    tokens["lines"][places, lines] = np.rint(values / units[:, :, None])
    tokens["units"][places, lines] = units


def _take(tokens: AnyArray, places: TokenArray, lines: slice) -> FloatArray:
    """The k-th of some lines of the tokens at the k-th of places, shape (n, lines), added up; shape (n, 256)."""
    some = places, np.arange(lines.start, lines.stop)
    result: FloatArray = np.einsum("nkc,nk->nc", tokens["lines"][some].astype(np.float32), tokens["units"][some])
    return result


class Matrix:
    """What rows are multiplied by of which few numbers are not zero; its columns come in sixty-fours."""

    def __init__(self, values: FloatArray) -> None:
        self._values, self._blocks = values, _in_blocks(values)

    def add_product(self, rows: FloatArray, result: FloatArray) -> None:
        """Add to ``result`` the rows' product with the matrix."""
        if compiled is None:
            result += rows @ self._values
        else:
            compiled.add_products(rows, self._blocks, result, len(rows))


def _in_blocks(values: FloatArray) -> FloatArray:
    return np.ascontiguousarray(values.reshape(len(values), -1, _BLOCK).swapaxes(0, 1))


class FeatureSums:
    """Features of tokens, summed: each branch convolves, rectifies, adds what was there, and does the same again."""

    def __init__(self, seconds: Sequence[FloatArray], epsilon: float) -> None:
        """``seconds`` are the matrices of each branch's second convolution, shape (order * 256, 256)."""
        self._seconds = [matrix.reshape(-1, BRANCH_WIDTH, BRANCH_WIDTH) for matrix in seconds]
        self._blocks = [_in_blocks(matrix) for matrix in seconds]
        self._epsilon = epsilon

    def add(
        self, tokens: AnyArray, places: TokenArray, owners: TokenArray, joints: TokenArray, sums: FloatArray
    ) -> None:
        """Add to the rows of ``sums``, shape (any, 1282), that ``owners`` name, and take off those ``joints`` name.

        ``tokens`` are TOKENs, the first of them zeros; ``places`` are the sentences' tokens in them, and OUTSIDE REACH
        times before, between and after sentences, shape (n,); ``owners`` and ``joints``, likewise, both rise, but are
        -1 where nothing is added or taken off. All three are int32. Features are scaled so that their variance is one;
        the last two columns are the mean of the others, and what is scaled to one, so that it counts the tokens.
        """
        if compiled is not None:
            compiled.sum_features(tokens, places, owners, joints, *self._blocks, sums, self._epsilon)
            return
        around = 2 * REACH  # what both convolutions see
        padded = np.pad(places, around)
        for low in range(0, len(places), _ROWS):
            some = slice(low, low + _ROWS)
            features = self._features(tokens, padded[low : low + _ROWS + 2 * around])[around:-around]
            _add_groups(sums, owners[some], features)
            _add_groups(sums, joints[some], -features)

    def _features(self, tokens: AnyArray, places: TokenArray) -> FloatArray:
        embedding = [_take(tokens, places[:, None], slice(line, line + 1)) for line in range(OWN.start, OWN.stop)]
        branches = [self._branch(tokens, places, number) for number in range(len(BRANCHES))]
        own = np.concatenate(embedding + branches, axis=1)
        deviation = np.sqrt(own.var(axis=1, keepdims=True) + np.float32(self._epsilon))
        result: FloatArray = np.concatenate([own, own.mean(axis=1, keepdims=True), deviation], axis=1) / deviation
        return result

    def _branch(self, tokens: AnyArray, places: TokenArray, number: int) -> FloatArray:
        order, left = BRANCHES[number]
        inside = (places != OUTSIDE)[:, None]
        near = sliding_window_view(np.pad(places, (left, order - 1 - left)), order)
        middle = SHARES[number].start + order
        first = _take(tokens, near, slice(middle - order, middle))
        result = _take(tokens, near, slice(middle, middle + order))
        np.maximum(first, 0, out=first)
        first *= inside
        padded = np.pad(first, ((left, order - 1 - left), (0, 0)))
        for k, matrix in enumerate(self._seconds[number]):
            result += padded[k : k + len(places)] @ matrix
        np.maximum(result, 0, out=result)
        result += first
        hidden = HIDDEN.start + number
        result += _take(tokens, places[:, None], slice(hidden, hidden + 1))
        result *= inside
        return result


def _add_groups(sums: FloatArray, rows: TokenArray, values: FloatArray) -> None:
    """Add values to the rows that they belong to, which rise, but for those of row -1."""
    some = np.flatnonzero(rows >= 0)
    starts = np.flatnonzero(np.diff(rows[some], prepend=-1))
    if len(starts):
        sums[rows[some][starts]] += np.add.reduceat(values[some], starts)
