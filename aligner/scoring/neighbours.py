"""Nearest neighbours between the sentences of two texts: the evidence that a sentence has a counterpart at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aligner.arrays import DoubleArray, FloatArray, IntArray

NEIGHBOURS = 4  # the margin of Artetxe and Schwenk (2019), https://arxiv.org/abs/1811.01136, with k = 4 as they use
ROWS_PER_BLOCK = 1024


@dataclass(frozen=True)
class Neighbours:
    """For each sentence of one text: its nearest sentence in the other, and the cosines of the nearest few.

    ``nearest`` has shape (n,), -1 where the other text is empty; ``cosines`` has shape (n, NEIGHBOURS), falling, padded
    with 0 where the other text has fewer sentences.
    """

    nearest: IntArray
    cosines: FloatArray

    @property
    def level(self) -> FloatArray:
        """Mean cosine to the nearest few, shape (n,): what is usual for this sentence."""
        result: FloatArray = self.cosines.mean(axis=1)
        return result


def find_neighbours(english: FloatArray, chinese: FloatArray) -> tuple[Neighbours, Neighbours]:
    """Search both ways at once, in blocks of rows; memory grows with the number of sentences, not with its square."""
    return _one_way(english, chinese), _one_way(chinese, english)


def _one_way(queries: FloatArray, others: FloatArray) -> Neighbours:
    count = min(NEIGHBOURS, len(others))
    nearest = np.full(len(queries), -1, np.int64)
    cosines = np.zeros((len(queries), NEIGHBOURS), np.float32)
    if not count:
        return Neighbours(nearest, cosines)
    for low in range(0, len(queries), ROWS_PER_BLOCK):
        block = queries[low : low + ROWS_PER_BLOCK] @ others.T
        top = np.argpartition(-block, count - 1, axis=1)[:, :count]
        values = np.take_along_axis(block, top, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        cosines[low : low + len(block), :count] = np.take_along_axis(values, order, axis=1)
        nearest[low : low + len(block)] = np.take_along_axis(top, order, axis=1)[:, 0]
    return Neighbours(nearest, cosines)


def mutual_pairs(english: Neighbours, chinese: Neighbours) -> tuple[IntArray, IntArray, DoubleArray]:
    """Pairs of sentences that are each other's nearest, with how far their cosine stands out, at least 0."""
    rows = np.arange(len(english.nearest))
    has = english.nearest >= 0
    rows = rows[has]
    columns = english.nearest[has]
    mutual = chinese.nearest[columns] == rows if len(rows) else np.zeros(0, bool)
    rows, columns = rows[mutual], columns[mutual]
    margin = english.cosines[rows, 0] - (english.level[rows] + chinese.level[columns]) / 2
    return rows, columns, np.maximum(margin.astype(np.float64), 0.0)
