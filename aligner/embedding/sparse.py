"""Products of rectified features, few of which are not zero: by compiled code where it was built, else by numpy."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aligner.arrays import AnyArray, FloatArray, IntArray

EMBEDDING = 512
BRANCHES = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many of its tokens lie to the left
REACH = 2  # tokens to either side that an n-gram may hold
BRANCH_WIDTH = 256
WIDTH = EMBEDDING + len(BRANCHES) * BRANCH_WIDTH
OUTSIDE = 0  # the place of what stands before, between and after sentences
_ENDS = np.cumsum([order for order, _ in BRANCHES])
SHARES = tuple(slice(end - order, end) for end, (order, _) in zip(_ENDS.tolist(), BRANCHES, strict=True))
_BLOCK = 64  # columns of a matrix that the compiled code wants together
_ROWS = 512  # that numpy works on at a time

# What a token brings to a sentence. Of the embedding there are the total and the squares' too. ``hidden`` goes into the
# first convolution of each branch. ``shares`` are the token's parts in the sums of either convolution over an n-gram
# whose k-th it is, leaving out what the first adds to it, orders of all branches one after the other; they hold the
# biases where the n-gram stands for the token, and are rounded, counted in a token's ``units`` for a branch.
TOKEN = np.dtype(
    [
        ("embedding", np.float32, EMBEDDING),
        ("hidden", np.float32, (len(BRANCHES), BRANCH_WIDTH)),
        ("shares", np.int16, (2, int(_ENDS[-1]), BRANCH_WIDTH)),
        ("units", np.float32, (2, len(BRANCHES))),
        ("total", np.float32),
        ("squares", np.float32),
    ]
)


def _load_compiled() -> ModuleType | None:
    """None where there was no C compiler when the package was installed."""
    try:
        from aligner.embedding import _sparse
    except ImportError:
        return None
    return _sparse


compiled = _load_compiled()


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

    def add(self, tokens: AnyArray, places: IntArray, owners: IntArray, joints: IntArray, sums: FloatArray) -> None:
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

    def _features(self, tokens: AnyArray, places: IntArray) -> FloatArray:
        own = tokens[places]
        result = np.empty((len(places), WIDTH + 2), np.float32)
        result[:, :EMBEDDING] = own["embedding"]
        for number in range(len(BRANCHES)):
            low = EMBEDDING + number * BRANCH_WIDTH
            result[:, low : low + BRANCH_WIDTH] = self._branch(tokens, places, number) + own["hidden"][:, number]
        result[:, WIDTH] = result[:, :WIDTH].mean(axis=1)
        result[:, WIDTH + 1] = np.sqrt(result[:, :WIDTH].var(axis=1) + np.float32(self._epsilon))
        result /= result[:, WIDTH + 1 :].copy()
        return result

    def _branch(self, tokens: AnyArray, places: IntArray, number: int) -> FloatArray:
        order, left = BRANCHES[number]
        inside = (places != OUTSIDE)[:, None]
        near = sliding_window_view(np.pad(places, (left, order - 1 - left)), order)
        first, result = (_sum_shares(tokens, near, layer, number) for layer in range(2))
        np.maximum(first, 0, out=first)
        first *= inside
        padded = np.pad(first, ((left, order - 1 - left), (0, 0)))
        for k, matrix in enumerate(self._seconds[number]):
            result += padded[k : k + len(places)] @ matrix
        np.maximum(result, 0, out=result)
        result += first
        result *= inside
        return result


def _sum_shares(tokens: AnyArray, near: IntArray, layer: int, number: int) -> FloatArray:
    shares, units = tokens["shares"][:, layer, SHARES[number]], tokens["units"][:, layer, number]
    result = np.zeros((len(near), BRANCH_WIDTH), np.float32)
    for k, places in enumerate(near.T):
        result += shares[places, k] * units[places, None]
    return result


def _add_groups(sums: FloatArray, rows: IntArray, values: FloatArray) -> None:
    """Add values to the rows that they belong to, which rise, but for those of row -1."""
    some = np.flatnonzero(rows >= 0)
    starts = np.flatnonzero(np.diff(rows[some], prepend=-1))
    if len(starts):
        sums[rows[some][starts]] += np.add.reduceat(values[some], starts)
