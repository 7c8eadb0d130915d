"""Compiled code and numpy, both against the formula of the convolutions, an n-gram at a time."""

from __future__ import annotations

import numpy as np
import pytest

from aligner.arrays import FloatArray, IntArray
from aligner.embedding import sparse
from aligner.embedding.sparse import BRANCH_WIDTH, Branch, Matrix, Shares

TOKENS = 7
OUTSIDE = TOKENS
ORDERS = [(2, 0), (3, 1), (5, 2)]
PLACES = np.array([7, 7, 3, 1, 4, 1, 5, 6, 2, 7, 7, 0, 7, 7, 5, 3, 7, 7])  # three sentences


class Network:
    """A branch with random weights, what the tokens bring to it, and its features by the formula."""

    def __init__(self, order: int, left: int) -> None:
        random = np.random.default_rng(order)
        first, second = (random.standard_normal((order * BRANCH_WIDTH, BRANCH_WIDTH)) / 16 for _ in range(2))
        self.order, self.left, self.first, self.second = order, left, first, second
        self.biases = random.standard_normal((2, BRANCH_WIDTH)) - [[1.5], [0]]  # most features are zero
        self.hidden = np.concatenate([random.standard_normal((TOKENS, BRANCH_WIDTH)), np.zeros((1, BRANCH_WIDTH))])
        self.branch = Branch(order, left, first.astype(np.float32), second.astype(np.float32))
        parts = [self.hidden @ m.reshape(order, BRANCH_WIDTH, BRANCH_WIDTH) for m in (first, second)]
        for part, bias in zip(parts, self.biases, strict=True):
            part[left, :OUTSIDE] += bias
        shares = (np.ascontiguousarray(part.swapaxes(0, 1), np.float32) for part in parts)
        self.shares = Shares(self.hidden.astype(np.float32), *shares)

    def features(self, places: IntArray) -> FloatArray:
        inside = (places < OUTSIDE)[:, None]
        step = inside * (self._layer(self.hidden[places], self.first, self.biases[0]) + self.hidden[places])
        result: FloatArray = inside * (self._layer(step, self.second, self.biases[1]) + step)
        return result

    def _layer(self, rows: FloatArray, matrix: FloatArray, bias: FloatArray) -> FloatArray:
        padded = np.pad(rows, ((self.left, self.order - 1 - self.left), (0, 0)))
        ngrams = [padded[k : k + self.order].ravel() for k in range(len(rows))]
        result: FloatArray = np.maximum(ngrams @ matrix + bias, 0)
        return result


each_kind = pytest.mark.parametrize("kind", ["compiled", "numpy"])


def use(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "numpy":
        monkeypatch.setattr(sparse, "compiled", None)
    elif sparse.compiled is None:
        pytest.skip("there was no C compiler")


@pytest.mark.parametrize(("order", "left"), ORDERS)
@each_kind
def test_features_are_those_of_the_formula(order: int, left: int, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use(kind, monkeypatch)
    network = Network(order, left)
    assert network.branch.features(network.shares, PLACES) == pytest.approx(network.features(PLACES), abs=1e-4)


@pytest.mark.skipif(sparse.compiled is None, reason="there was no C compiler")
@pytest.mark.parametrize(
    "places",
    [
        [3, 1, 4, 7, 7],  # no room before the first sentence
        [7, 7, 3, 1, 4],  # nor after the last
        [7, 7, 8, 7, 7],
        [7, 7, -1, 7, 7],
    ],
)
def test_compiled_code_never_reads_outside_of_its_arrays(places: list[int]) -> None:
    network = Network(5, 2)
    with pytest.raises(ValueError, match="places outside"):
        network.branch.features(network.shares, np.array(places))


@pytest.mark.skipif(sparse.compiled is None, reason="there was no C compiler")
def test_compiled_code_wants_arrays_that_fit_together() -> None:
    network, other = Network(5, 2), Network(3, 1)
    with pytest.raises(ValueError, match="do not fit"):
        network.branch.features(other.shares, PLACES)


@pytest.mark.parametrize("count", [0, 1, 100])
@each_kind
def test_products_leave_nothing_out(kind: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    use(kind, monkeypatch)
    random = np.random.default_rng(count)
    rows = random.standard_normal((count, 320), np.float32) * (random.random((count, 320)) < 0.1)
    values, before = random.standard_normal((320, 128), np.float32), random.standard_normal((count, 128), np.float32)
    result = before.copy()
    Matrix(values).add_product(rows, result)
    assert result == pytest.approx(before + rows @ values, abs=1e-4)


@pytest.mark.skipif(sparse.compiled is None, reason="there was no C compiler")
def test_compiled_products_want_arrays_that_fit_together() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Matrix(np.ones((320, 128), np.float32)).add_product(np.ones((3, 320), np.float32), np.ones((3, 64), np.float32))
