"""Products of rectified features, few of which are not zero: by compiled code where it was built, else by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aligner.arrays import AnyArray, FloatArray, IntArray

BRANCH_WIDTH = 256
_BLOCK = 64  # columns of a matrix that the compiled code wants together


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


@dataclass(frozen=True)
class Shares:
    """What distinct tokens bring to one branch, a row for each and one of zeros at the end: outside of a sentence.

    ``hidden``, shape (n + 1, 256), goes into the first convolution. ``first`` and ``second``, (n + 1, order, 256), are
    a token's parts in the sums of either convolution over an n-gram whose k-th it is, leaving out what the first adds
    to it; they hold the biases where the n-gram stands for the token.
    """

    hidden: FloatArray
    first: FloatArray
    second: FloatArray


class Branch:
    """N-grams of one order: convolved, rectified, added to what was there, and the same again."""

    def __init__(self, order: int, left: int, first: FloatArray, second: FloatArray) -> None:
        """``left`` tokens of an n-gram lie before the one it stands for; the matrices have shape (order * 256, 256)."""
        self.order, self.left = order, left
        self._parts = [np.concatenate(np.split(matrix, order), axis=1) for matrix in (first, second)]
        self._second = second.reshape(order, BRANCH_WIDTH, BRANCH_WIDTH)
        self._blocks = _in_blocks(second)

    def fill(self, shares: Shares, some: slice, biases: tuple[FloatArray, FloatArray]) -> None:
        """Compute from what goes in, and from the convolutions' biases, the other shares of some tokens, in place."""
        for parts, share, bias in zip(self._parts, (shares.first, shares.second), biases, strict=True):
            np.matmul(shares.hidden[some], parts, out=share[some].reshape(-1, parts.shape[1]))
            share[some, self.left] += bias

    def features(self, shares: Shares, places: IntArray) -> FloatArray:
        """Features of tokens, shape (n, 256), zero outside of sentences.

        ``places`` are the tokens' rows in ``shares``, shape (n,). Before, between and after sentences there are as many
        outside as an n-gram reaches over.
        """
        if compiled is None:
            return self._features(shares, places)
        result = np.empty((len(places), BRANCH_WIDTH), np.float32)
        arrays = shares.first, shares.second, shares.hidden, self._blocks, result
        compiled.convolve(places, *arrays, BRANCH_WIDTH, self.order, self.left)
        return result

    def _features(self, shares: Shares, places: IntArray) -> FloatArray:
        count, outside = len(places), len(shares.hidden) - 1
        inside = (places < outside)[:, None]
        padding = self.left, self.order - 1 - self.left
        windows = sliding_window_view(np.pad(places, padding, constant_values=outside), self.order)
        rows = windows * self.order + np.arange(self.order)
        first = np.zeros((count + self.order - 1, BRANCH_WIDTH), np.float32)
        own = first[self.left : self.left + count]
        np.maximum(_sums(shares.first, rows), 0, out=own)
        own *= inside
        result = _sums(shares.second, rows)
        for k, matrix in enumerate(self._second):
            result += first[k : k + count] @ matrix
        np.maximum(result, 0, out=result)
        result += own
        result += np.take(shares.hidden, places, axis=0)
        result *= inside
        return result


def _sums(table: FloatArray, rows: AnyArray) -> FloatArray:
    flat = table.reshape(-1, BRANCH_WIDTH)
    result: FloatArray = np.take(flat, rows[:, 0], axis=0)
    for column in rows.T[1:]:
        result += np.take(flat, column, axis=0)
    return result
