"""The part of the embedded encoder that reads tokens: features of each, summed over a sentence.

Nearly all of the arithmetic depends on a token alone: its embedding, the projection of that, and its products with the
convolutions' matrices, of which an n-gram only adds up its tokens' shares. So these are computed once for each distinct
token of many sentences. What is left for each occurrence is the product of what the first convolution finds with the
second's matrix, and it finds little: one feature in thirty is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from aligner.arrays import FloatArray, IntArray
from aligner.embedding.sparse import (
    BRANCH_WIDTH,
    BRANCHES,
    EMBEDDING,
    HIDDEN,
    OUTSIDE,
    OWN,
    REACH,
    SHARES,
    TOKEN,
    WIDTH,
    FeatureSums,
    TokenArray,
    put,
)
from aligner.threads import Share

TABLE_PARTS = 17  # the embedding table is stored in parts, token id modulo 17, each with its own scale
TOKENS_AT_ONCE = 256  # whose shares are computed together


class Vocabulary:
    """What distinct tokens bring to the layers: those of the sentences at hand, and others while there is room."""

    def __init__(self, most: int, table: int) -> None:
        """There will be ``most`` tokens at a time, of the ``table`` that there are."""
        self.tokens = np.empty(most + 1, TOKEN)
        self.tokens[OUTSIDE] = np.zeros((), TOKEN)
        self.places = np.full(table, OUTSIDE, np.int32)  # in ``tokens``, of each id
        self._ids = np.full(most + 1, -1)

    def make_room(self, ids: TokenArray) -> TokenArray:
        """Give each of these ids, which rise, a place. Returns those that are new: what they bring is not known yet."""
        new: TokenArray = ids[self.places[ids] == OUTSIDE]
        free = np.ones(len(self._ids), np.bool_)
        free[OUTSIDE] = False
        free[self.places[ids]] = False
        places = np.flatnonzero(free)[: len(new)]
        old = self._ids[places]
        self.places[old[old >= 0]] = OUTSIDE
        self.places[new], self._ids[places] = places, new
        return new


class TokenNetwork:
    """The embedding table and the convolutions, from the encoder's weights."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights
        self._projection = np.concatenate([weights[f"proj{order}"] for order, _ in BRANCHES], axis=1)
        self._projection_bias = np.concatenate([weights[f"proj_b{order}"] for order, _ in BRANCHES])
        self._gain = np.concatenate([weights[f"ln_g{order}"] for order, _ in BRANCHES])
        self._shift = np.concatenate([weights[f"ln_b{order}"] for order, _ in BRANCHES])
        self._shares = [_all_shares(weights, order, left) for order, left in BRANCHES]
        self._sums = FeatureSums([weights[f"w2_{order}"] for order, _ in BRANCHES], float(weights["eps"]))
        # What follows the sum is linear up to the head's first layer and the way around it, the one beside the other.
        head = np.concatenate([weights["d0"], weights["p1"]], axis=1)
        self._last = _last_layer(weights["ln_g"], weights["ln_b"], weights["cnn_W"], weights["cnn_b"], head)
        self._epsilon = float(weights["eps"])

    def vocabulary(self, most: int) -> Vocabulary:
        """Room for so many distinct tokens, which ``learn`` fills."""
        return Vocabulary(most, TABLE_PARTS * len(self._weights["table"][0]))

    def learn(self, vocabulary: Vocabulary, ids: TokenArray, share: Share = map) -> None:
        """Have everything in the vocabulary that depends on these distinct token ids alone; they must rise."""
        new = vocabulary.make_room(ids)

        def fill(edge: tuple[int, int]) -> None:
            some = new[slice(*edge)]
            self._fill(vocabulary, some, vocabulary.places[some])

        for _ in share(fill, list(pairwise([*range(0, len(new), TOKENS_AT_ONCE), len(new)]))):
            pass

    def _fill(self, vocabulary: Vocabulary, ids: TokenArray, places: TokenArray) -> None:
        tokens = vocabulary.tokens
        embedding = self._embedding(ids)
        hidden = embedding @ self._projection
        hidden += self._projection_bias
        self._normalise(hidden)
        tokens["total"][places] = embedding.sum(axis=1)
        tokens["squares"][places] = np.einsum("ij,ij->i", embedding, embedding)
        put(tokens, places, embedding, OWN)
        put(tokens, places, hidden, HIDDEN)
        for own, lines, (matrix, bias) in zip(
            np.split(hidden, len(BRANCHES), axis=1), SHARES, self._shares, strict=True
        ):
            shares = own @ matrix
            shares += bias
            put(tokens, places, shares, lines)

    def _embedding(self, ids: TokenArray) -> FloatArray:
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

    def sums(self, vocabulary: Vocabulary, ids: TokenArray, lengths: IntArray) -> tuple[FloatArray, FloatArray]:
        """Projected sums of the features of n sentences' tokens, shape (n, 640), and their joints, (n + 1, 640).

        A joint, of which there is one before each sentence and one at the end, takes off the end mark before it and the
        begin mark behind it. ``ids`` are the tokens of all sentences, with both marks; ``lengths``, shape (n,), says
        how many are of each.
        """
        count = len(lengths)
        lasts = np.cumsum(lengths + REACH) - 1
        owner = np.repeat(np.arange(count, dtype=np.int32), lengths)
        inside = np.arange(len(ids)) + (owner + 1) * REACH
        places, owners, joints = (np.full(lasts[-1] + 1 + REACH, none, np.int32) for none in (OUTSIDE, -1, -1))
        places[inside], owners[inside] = vocabulary.places[ids], owner
        numbers = np.arange(count, 2 * count)
        joints[lasts - lengths + 1], joints[lasts] = numbers, numbers + 1
        features = np.zeros((2 * count + 1, WIDTH + 2), np.float32)
        self._sums.add(vocabulary.tokens, places, owners, joints, features)
        result = features @ self._last
        return result[:count], result[count:]


def _all_shares(weights: Mapping[str, Any], order: int, left: int) -> tuple[FloatArray, FloatArray]:
    """A branch's matrices of both convolutions, those for an n-gram's first, second ... token side by side; biases."""
    matrices = [part for layer in (1, 2) for part in np.split(weights[f"w{layer}_{order}"], order)]
    biases = np.zeros((2, order, BRANCH_WIDTH), np.float32)
    biases[:, left] = weights[f"b1_{order}"], weights[f"b2_{order}"]
    return np.concatenate(matrices, axis=1), biases.ravel()


def _last_layer(
    gain: FloatArray, shift: FloatArray, matrix: FloatArray, bias: FloatArray, then: FloatArray
) -> FloatArray:
    """Two layers after layer normalisation, for features already scaled, with two more rows: for their mean, and one.

    Products and sums commute with taking off the mean, with the gain and with the shift: no token's features need to be
    normalised one by one.
    """
    return np.concatenate([gain[:, None] * matrix, -(gain @ matrix)[None], (shift @ matrix + bias)[None]]) @ then
