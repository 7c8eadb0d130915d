"""The part of the embedded encoder that reads tokens: features of each, summed over a sentence.

Most of the arithmetic before the second convolution depends on a token alone: its embedding, the projection of that,
and its products with the first convolution's matrices, of which an n-gram only adds up its tokens' shares. So these are
computed once for each distinct token of a run of sentences, and only the second convolution for each occurrence: 0.66
million multiply-adds a token in place of 1.7 million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aligner.arrays import AnyArray, FloatArray, IntArray

TABLE_PARTS = 17  # the embedding table is stored in parts, token id modulo 17, each with its own scale
EMBEDDING = 512
BRANCH_WIDTH = 256
BRANCHES = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many of its tokens lie to the left
REACH = 2  # tokens to either side that an n-gram may hold
WIDTH = EMBEDDING + len(BRANCHES) * BRANCH_WIDTH


@dataclass(frozen=True)
class Vocabulary:
    """What distinct tokens bring to the layers, a row for each and one of zeros at the end: outside a sentence.

    ``ids`` has shape (n,), rising; ``embedding`` (n + 1, 512); ``hidden`` (branches, n + 1, 256), what goes into the
    first convolutions; ``shares`` for each branch (n + 1, order, 256): a token's part in an n-gram whose k-th it is.
    """

    ids: IntArray
    embedding: FloatArray
    hidden: FloatArray
    shares: tuple[FloatArray, ...]


class TokenNetwork:
    """The embedding table and the convolutions, from the encoder's weights."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights
        self._projection = np.concatenate([weights[f"proj{order}"] for order, _ in BRANCHES], axis=1)
        self._projection_bias = np.concatenate([weights[f"proj_b{order}"] for order, _ in BRANCHES])
        self._gain = np.concatenate([weights[f"ln_g{order}"] for order, _ in BRANCHES])
        self._shift = np.concatenate([weights[f"ln_b{order}"] for order, _ in BRANCHES])
        self._first = [_side_by_side(weights[f"w1_{order}"], order) for order, _ in BRANCHES]
        self._second = [_side_by_side(weights[f"w2_{order}"], order) for order, _ in BRANCHES]
        self._epsilon = float(weights["eps"])

    def vocabulary(self, ids: IntArray) -> Vocabulary:
        """Everything that depends on these distinct token ids alone; they must rise."""
        weights, count = self._weights, len(ids)
        part = ids % TABLE_PARTS
        embedding = np.zeros((count + 1, EMBEDDING), np.float32)
        for number, table in enumerate(weights["table"]):
            here = np.flatnonzero(part == number)
            embedding[here] = table[ids[here] // TABLE_PARTS]
        embedding[:count] *= weights["scale"][part, None]
        embedding[:count] += weights["lo"][part, None]
        hidden = embedding[:count] @ self._projection
        hidden += self._projection_bias
        self._normalise(hidden)
        branches = np.zeros((len(BRANCHES), count + 1, BRANCH_WIDTH), np.float32)
        branches[:, :count] = hidden.reshape(count, len(BRANCHES), BRANCH_WIDTH).swapaxes(0, 1)
        shares = tuple(
            (branch @ matrix).reshape(count + 1, -1, BRANCH_WIDTH)
            for branch, matrix in zip(branches, self._first, strict=True)
        )
        return Vocabulary(ids, embedding, branches, shares)

    def _normalise(self, rows: FloatArray) -> None:
        """Layer normalisation (Ba et al. 2016, https://arxiv.org/abs/1607.06450), in place."""
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        rows *= (1 / np.sqrt(variance + self._epsilon)).astype(np.float32)[:, None]
        rows *= self._gain
        rows += self._shift

    def sums(self, vocabulary: Vocabulary, pieces: Sequence[IntArray], marked: AnyArray) -> FloatArray:
        """Sums of the features of each sentence's own tokens, of its begin mark and of its end mark, projected.

        ``marked`` says of each piece whether its first and its last token are marks, shape (n, 2). Sentences are padded
        to the longest, so they should be about as long. Shape of the result: (n, 3, 512).
        """
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        longest = int(lengths.max())
        places = np.full((len(pieces), longest + 2 * REACH), len(vocabulary.ids))
        inside = np.arange(longest) < lengths[:, None]
        places[:, REACH : longest + REACH][inside] = np.searchsorted(vocabulary.ids, np.concatenate(pieces))
        embedding = np.take(vocabulary.embedding, places[:, REACH : longest + REACH], axis=0)
        convolved = np.empty((len(pieces), longest, WIDTH - EMBEDDING), np.float32)
        for number in range(len(BRANCHES)):
            low = number * BRANCH_WIDTH
            convolved[:, :, low : low + BRANCH_WIDTH] = self._convolve(vocabulary, places, inside, number)
        return self._add_up(embedding, convolved, _parts(lengths, marked, inside))

    def _convolve(self, vocabulary: Vocabulary, places: IntArray, inside: AnyArray, number: int) -> FloatArray:
        """Both convolutions of one branch, each with its residual connection; shape (sentences, tokens, 256)."""
        order, left = BRANCHES[number]
        count, longest = inside.shape
        shares = vocabulary.shares[number].reshape(-1, BRANCH_WIDTH)
        rows = places * order
        low = REACH - left
        step = np.take(shares, rows[:, low : low + longest], axis=0)
        for k in range(1, order):
            step += np.take(shares, rows[:, low + k : low + k + longest] + k, axis=0)
        step += self._weights[f"b1_{order}"]
        np.maximum(step, 0, out=step)
        step += np.take(vocabulary.hidden[number], places[:, REACH : longest + REACH], axis=0)
        if not inside.all():
            step *= inside[:, :, None]
        wide = (step.reshape(-1, BRANCH_WIDTH) @ self._second[number]).reshape(count, longest, order, BRANCH_WIDTH)
        result: FloatArray = wide[:, :, left] + self._weights[f"b2_{order}"]
        for k in range(order):
            shift = k - left
            if shift < 0:
                result[:, -shift:] += wide[:, :shift, k]
            elif shift > 0:
                result[:, :-shift] += wide[:, shift:, k]
        np.maximum(result, 0, out=result)
        return result + step

    def _add_up(self, embedding: FloatArray, convolved: FloatArray, parts: FloatArray) -> FloatArray:
        """Normalise all features of a token together, as above, and sum them over each of the parts, (n, 3, tokens).

        A weighted sum commutes with taking off the mean and with the gain, so no feature is touched one by one.
        """
        mean = (embedding.sum(axis=2) + convolved.sum(axis=2)) / WIDTH
        squares = np.einsum("ijk,ijk->ij", embedding, embedding) + np.einsum("ijk,ijk->ij", convolved, convolved)
        variance = np.maximum(squares / WIDTH - mean**2, 0)
        scaled = parts * (1 / np.sqrt(variance + self._epsilon)).astype(np.float32)[:, None]
        sums = np.concatenate([scaled @ embedding, scaled @ convolved], axis=2)
        sums -= np.einsum("ijk,ik->ij", scaled, mean)[:, :, None]
        sums *= self._weights["ln_g"]
        sums += parts.sum(axis=2)[:, :, None] * self._weights["ln_b"]
        projection: FloatArray = self._weights["cnn_W"]
        result: FloatArray = (sums.reshape(-1, WIDTH) @ projection).reshape(len(parts), 3, -1)
        return result


def _parts(lengths: IntArray, marked: AnyArray, inside: AnyArray) -> FloatArray:
    """Which tokens are the sentence's own, which its begin and which its end mark; shape (n, 3, tokens), 0 or 1."""
    parts = np.zeros((len(lengths), 3, inside.shape[1]), np.float32)
    every = np.arange(len(lengths))
    parts[every, 1, 0] = marked[:, 0]
    parts[every, 2, lengths - 1] = marked[:, 1]
    parts[:, 0] = inside - parts[:, 1] - parts[:, 2]
    return parts


def _side_by_side(matrix: FloatArray, order: int) -> FloatArray:
    """A convolution's matrix (order * 256, 256) as (256, order * 256): what a token is to each n-gram that holds it."""
    return np.concatenate(np.split(matrix, order), axis=1)
