"""Compiled code and numpy, both against the formula of the convolutions, an n-gram at a time."""

from __future__ import annotations

import numpy as np
import pytest

from aligner.arrays import AnyArray, FloatArray
from aligner.embedding import sparse
from aligner.embedding.sparse import (
    BRANCH_WIDTH,
    BRANCHES,
    EMBEDDING,
    HIDDEN,
    OUTSIDE,
    OWN,
    SHARES,
    TOKEN,
    WIDTH,
    FeatureSums,
    Matrix,
    TokenArray,
    put,
)

TOKENS = 7
EPSILON = 0.01
SENTENCES = [[3, 1, 4, 1, 5, 6, 2], [7], [5, 3]]  # places
LONG = [np.random.default_rng(0).integers(1, TOKENS + 1, 1500).tolist(), [2, 1]]  # longer than what is done at a time


class Network:
    """Branches with random weights, tokens with random numbers, and their features by the formula."""

    def __init__(self) -> None:
        random = np.random.default_rng(5)
        self.embedding = random.standard_normal((TOKENS, EMBEDDING))
        self.hidden = random.standard_normal((TOKENS, len(BRANCHES), BRANCH_WIDTH))
        self.matrices = [
            [random.standard_normal((order * BRANCH_WIDTH, BRANCH_WIDTH)) / 16 for _ in range(2)]
            for order, _ in BRANCHES
        ]
        self.biases = random.standard_normal((len(BRANCHES), 2, BRANCH_WIDTH)) - [[1.5], [0]]  # most features are zero
        self.sums = FeatureSums([second.astype(np.float32) for _, second in self.matrices], EPSILON)

    def tokens(self) -> AnyArray:
        result = np.zeros(TOKENS + 1, TOKEN)
        places = np.arange(1, TOKENS + 1, dtype=np.int32)
        put(result, places, self.embedding.astype(np.float32), OWN)
        put(result, places, self.hidden.reshape(TOKENS, -1).astype(np.float32), HIDDEN)
        result["total"][1:], result["squares"][1:] = self.embedding.sum(axis=1), (self.embedding**2).sum(axis=1)
        for number, (order, left) in enumerate(BRANCHES):
            shares = np.stack(
                [self.hidden[:, number] @ part for both in self.matrices[number] for part in np.split(both, order)],
                axis=1,
            )
            shares[:, [left, order + left]] += self.biases[number]
            put(result, places, shares.reshape(TOKENS, -1).astype(np.float32), SHARES[number])
        return result

    def features(self, places: list[int]) -> FloatArray:
        """Of one sentence, shape (n, 1282)."""
        rows = np.array(places) - 1
        blocks = [self.embedding[rows]]
        for number in range(len(BRANCHES)):
            own = self.hidden[rows, number]
            step = self._layer(own, number, 0) + own
            blocks.append(self._layer(step, number, 1) + step)
        result = np.concatenate(blocks, axis=1)
        deviation = np.sqrt(result.var(axis=1, keepdims=True) + EPSILON)
        return np.concatenate([result, result.mean(axis=1, keepdims=True), deviation], axis=1) / deviation

    def _layer(self, rows: FloatArray, number: int, layer: int) -> FloatArray:
        order, left = BRANCHES[number]
        padded = np.pad(rows, ((left, order - 1 - left), (0, 0)))
        ngrams = [padded[k : k + order].ravel() for k in range(len(rows))]
        result: FloatArray = np.maximum(ngrams @ self.matrices[number][layer] + self.biases[number, layer], 0)
        return result


def laid_out(sentences: list[list[int]]) -> tuple[TokenArray, TokenArray, TokenArray]:
    """Places, owners and joints: each sentence has a sum, and after them come the joints between its marks."""
    places, owners, joints = ([none] * 2 for none in (OUTSIDE, -1, -1))
    for number, sentence in enumerate(sentences):
        between = [-1] * len(sentence)
        between[0], between[-1] = len(sentences) + number, len(sentences) + number + 1
        places += [*sentence, OUTSIDE, OUTSIDE]
        owners += [*[number] * len(sentence), -1, -1]
        joints += [*between, -1, -1]
    return np.array(places, np.int32), np.array(owners, np.int32), np.array(joints, np.int32)


def expected(network: Network, sentences: list[list[int]]) -> FloatArray:
    found = [network.features(sentence) for sentence in sentences]
    joints = np.zeros((len(sentences) + 1, WIDTH + 2))
    for number, features in enumerate(found):
        if len(features) > 1:
            joints[number] -= features[0]
        joints[number + 1] -= features[-1]
    return np.concatenate([[features.sum(axis=0) for features in found], joints])


UNDER_TEST = sparse
each_way = pytest.mark.usefixtures("_each_way")
compiled_only = pytest.mark.skipif(sparse.compiled is None, reason="there was no C compiler")


@pytest.mark.parametrize("sentences", [SENTENCES, LONG], ids=["short", "long"])
@each_way
def test_sums_are_those_of_the_formula(sentences: list[list[int]]) -> None:
    network = Network()
    right = expected(network, sentences)
    result = np.ones(right.shape, np.float32)
    network.sums.add(network.tokens(), *laid_out(sentences), result)
    rounding = 1e-4 * max(map(len, sentences))
    assert result == pytest.approx(1 + right, abs=rounding, rel=1e-4)


@each_way
def test_numbers_are_rounded_by_little() -> None:
    values = np.random.default_rng(1).standard_normal((4, 512), np.float32)
    values[1] = 0
    values[2, 7] = -1000
    tokens = np.zeros(9, TOKEN)
    put(tokens, np.array([8, 3, 1, 5], np.int32), values, OWN)
    lines = tokens["lines"][[8, 3, 1, 5], OWN] * tokens["units"][[8, 3, 1, 5], OWN, None]
    largest = np.abs(values).reshape(4, 2, 256).max(axis=2, keepdims=True)
    assert (np.abs(lines - values.reshape(4, 2, 256)) <= 0.51 / 32767 * largest).all()
    assert not tokens["lines"][[0, 2, 4, 6, 7]].any()
    assert not tokens["lines"][:, OWN.stop :].any()


@compiled_only
@pytest.mark.parametrize(
    "places",
    [
        [3, 1, 4, 0, 0],  # no room before the first sentence
        [0, 0, 3, 1, 4],  # nor after the last
        [0, 0, 8, 0, 0],
        [0, 0, -1, 0, 0],
    ],
)
def test_compiled_code_never_reads_outside_of_its_arrays(places: list[int]) -> None:
    network, none = Network(), np.full(5, -1, np.int32)
    with pytest.raises(ValueError, match="places outside"):
        network.sums.add(network.tokens(), np.array(places, np.int32), none, none, np.zeros((3, WIDTH + 2), np.float32))


@compiled_only
@pytest.mark.parametrize("position", range(2))
def test_compiled_code_never_writes_outside_of_its_arrays(position: int) -> None:
    network, (places, *targets) = Network(), laid_out(SENTENCES)
    targets[position][3] = 7
    with pytest.raises(ValueError, match="places outside"):
        network.sums.add(network.tokens(), places, *targets, np.zeros((7, WIDTH + 2), np.float32))
    with pytest.raises(ValueError, match="places outside"):
        put(np.zeros(3, TOKEN), np.array([3], np.int32), np.zeros((1, 512), np.float32), OWN)


@compiled_only
def test_compiled_code_wants_arrays_that_fit_together() -> None:
    network, (places, owners, joints) = Network(), laid_out(SENTENCES)
    with pytest.raises(ValueError, match="do not fit"):
        network.sums.add(network.tokens(), places, owners[1:], joints, np.zeros((7, WIDTH + 2), np.float32))
    with pytest.raises(ValueError, match="do not fit"):
        put(np.zeros(3, TOKEN), np.array([1], np.int32), np.zeros((1, 512), np.float32), HIDDEN)


@pytest.mark.parametrize("count", [0, 1, 100])
@each_way
def test_products_leave_nothing_out(count: int) -> None:
    random = np.random.default_rng(count)
    rows = random.standard_normal((count, 320), np.float32) * (random.random((count, 320)) < 0.1)
    values, before = random.standard_normal((320, 128), np.float32), random.standard_normal((count, 128), np.float32)
    result = before.copy()
    Matrix(values).add_product(rows, result)
    assert result == pytest.approx(before + rows @ values, abs=1e-4)


@compiled_only
def test_compiled_products_want_arrays_that_fit_together() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Matrix(np.ones((320, 128), np.float32)).add_product(np.ones((3, 320), np.float32), np.ones((3, 64), np.float32))
