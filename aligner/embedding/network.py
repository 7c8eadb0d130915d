"""The part of the embedded encoder that reads tokens: features of each, summed over a sentence.

Nearly all of the arithmetic depends on a token alone: its embedding, the projection of that, and its products with the
convolutions' matrices, of which an n-gram only adds up its tokens' shares. So these are computed once for each distinct
token of many sentences. What is left for each occurrence is the product of what the first convolution finds with the
second's matrix, and it finds little: one feature in thirty is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from aligner.arrays import BoolArray, FloatArray, IntArray
from aligner.embedding.sparse import BRANCH_WIDTH, Branch, Shares
from aligner.threads import Share

TABLE_PARTS = 17  # the embedding table is stored in parts, token id modulo 17, each with its own scale
EMBEDDING = 512
BRANCHES = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many of its tokens lie to the left
REACH = 2  # tokens to either side that an n-gram may hold
WIDTH = EMBEDDING + len(BRANCHES) * BRANCH_WIDTH
TOKENS_AT_ONCE = 512  # whose shares are computed together


@dataclass(frozen=True)
class Vocabulary:
    """What distinct tokens bring to the layers, a row for each and one of zeros at the end: outside of a sentence.

    ``ids`` has shape (n,), rising; ``embedding`` (n + 1, 512), and of its rows the ``totals`` and the ``squares``, both
    (n + 1,); ``shares`` is what they bring to each branch.
    """

    ids: IntArray
    embedding: FloatArray
    totals: FloatArray
    squares: FloatArray
    shares: tuple[Shares, ...]


class TokenNetwork:
    """The embedding table and the convolutions, from the encoder's weights."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights
        self._projection = np.concatenate([weights[f"proj{order}"] for order, _ in BRANCHES], axis=1)
        self._projection_bias = np.concatenate([weights[f"proj_b{order}"] for order, _ in BRANCHES])
        self._gain = np.concatenate([weights[f"ln_g{order}"] for order, _ in BRANCHES])
        self._shift = np.concatenate([weights[f"ln_b{order}"] for order, _ in BRANCHES])
        self._branches = [
            Branch(order, left, weights[f"w1_{order}"], weights[f"w2_{order}"]) for order, left in BRANCHES
        ]
        self._biases = [(weights[f"b1_{order}"], weights[f"b2_{order}"]) for order, _ in BRANCHES]
        self._last = _last_layer(weights["ln_g"], weights["ln_b"], weights["cnn_W"])
        self._epsilon = float(weights["eps"])

    def vocabulary(self, ids: IntArray, share: Share = map) -> Vocabulary:
        """Everything that depends on these distinct token ids alone; they must rise."""
        count = len(ids)
        embedding = np.zeros((count + 1, EMBEDDING), np.float32)
        shares = tuple(
            Shares(
                np.zeros((count + 1, BRANCH_WIDTH), np.float32),
                *(np.zeros((count + 1, branch.order, BRANCH_WIDTH), np.float32) for _ in range(2)),
            )
            for branch in self._branches
        )

        def fill(edge: tuple[int, int]) -> None:
            some = slice(*edge)
            embedding[some] = self._embedding(ids[some])
            hidden = embedding[some] @ self._projection
            hidden += self._projection_bias
            self._normalise(hidden)
            columns = np.split(hidden, len(BRANCHES), axis=1)
            for branch, parts, biases, own in zip(self._branches, shares, self._biases, columns, strict=True):
                parts.hidden[some] = own
                branch.fill(parts, some, biases)

        for _ in share(fill, list(pairwise([*range(0, count, TOKENS_AT_ONCE), count]))):
            pass
        squares = np.einsum("ij,ij->i", embedding, embedding)
        return Vocabulary(ids, embedding, embedding.sum(axis=1), squares, shares)

    def _embedding(self, ids: IntArray) -> FloatArray:
        weights, part = self._weights, ids % TABLE_PARTS
        result = np.empty((len(ids), EMBEDDING), np.float32)
        for number, table in enumerate(weights["table"]):
            here = np.flatnonzero(part == number)
            result[here] = table[ids[here] // TABLE_PARTS]
        result *= weights["scale"][part, None]
        result += weights["lo"][part, None]
        return result

    def _normalise(self, rows: FloatArray) -> None:
        """Layer normalisation (Ba et al. 2016, https://arxiv.org/abs/1607.06450), in place."""
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        rows *= (1 / np.sqrt(variance + self._epsilon)).astype(np.float32)[:, None]
        rows *= self._gain
        rows += self._shift

    def sums(self, vocabulary: Vocabulary, pieces: Sequence[IntArray], marked: BoolArray) -> FloatArray:
        """Sums of the features of each sentence's own tokens, of its begin mark and of its end mark; (n, 3, 1282).

        They are what ``project`` takes. ``marked`` says of each piece whether its first and its last token are marks,
        shape (n, 2).
        """
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        lasts = np.cumsum(lengths + REACH) - 1
        firsts = lasts - lengths + 1
        inside = np.arange(lengths.sum()) + np.repeat(np.arange(1, len(pieces) + 1) * REACH, lengths)
        places = np.full(lasts[-1] + 1 + REACH, len(vocabulary.ids), np.int64)
        places[inside] = np.searchsorted(vocabulary.ids, np.concatenate(pieces))
        features, scale = self._features(vocabulary, places)
        own = scale.copy()
        for edges, are_marks in zip((firsts, lasts), marked.T, strict=True):
            own[edges[are_marks]] = 0
        parts = np.zeros((len(pieces), len(places)), np.float32)
        parts[np.repeat(np.arange(len(pieces)), lengths), inside] = own[inside]
        marks = np.stack([firsts, lasts], axis=1)
        weights = (scale[marks] * marked)[:, :, None]
        sums = [np.concatenate([(parts @ some)[:, None], some[marks] * weights], axis=1) for some in features]
        return np.concatenate(sums, axis=2)

    def _features(self, vocabulary: Vocabulary, places: IntArray) -> tuple[list[FloatArray], FloatArray]:
        """Features of tokens, in blocks of columns, and by what they are scaled so that their variance is one.

        The last two blocks are the mean of the others, and what is scaled to one, so that it counts the tokens.
        """
        blocks = [np.take(vocabulary.embedding, places, axis=0)]
        total, squares = vocabulary.totals[places], vocabulary.squares[places]
        for branch, shares in zip(self._branches, vocabulary.shares, strict=True):
            features = branch.features(shares, places)
            total += features.sum(axis=1)
            squares += np.einsum("ij,ij->i", features, features)
            blocks.append(features)
        mean: FloatArray = total / np.float32(WIDTH)
        variance = np.maximum(squares / np.float32(WIDTH) - mean**2, 0)
        deviation: FloatArray = np.sqrt(variance + np.float32(self._epsilon))
        scale: FloatArray = np.float32(1) / deviation
        return [*blocks, mean[:, None], deviation[:, None]], scale

    def project(self, sums: FloatArray) -> FloatArray:
        """Summed features, shape (n, 3, 1282), normalised and brought to shape (n, 3, 512); the bias is left out."""
        result: FloatArray = (sums.reshape(-1, sums.shape[2]) @ self._last).reshape(len(sums), 3, -1)
        return result


def _last_layer(gain: FloatArray, shift: FloatArray, matrix: FloatArray) -> FloatArray:
    """A layer after layer normalisation, for features already scaled, with two more rows: for their mean, and for one.

    Products and sums commute with taking off the mean, with the gain and with the shift: no token's features need to be
    normalised one by one.
    """
    return np.concatenate([gain[:, None] * matrix, -(gain @ matrix)[None], (shift @ matrix)[None]])
