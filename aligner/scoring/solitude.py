"""Signs that a sentence has no counterpart: what surrounds it, and what the other text has left at its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aligner.arrays import BoolArray, FloatArray, IntArray
from aligner.scoring.neighbours import Neighbours

REACH = 4  # sentences to either side that count as surroundings
SLACK = 30  # characters added to both sides of a gap, so that short gaps say little


@dataclass(frozen=True)
class Solitude:
    """Per sentence, each of shape (n,).

    ``nearest`` its best cosine anywhere in the other text, ``around`` the mean of that over its surroundings,
    ``anchored`` whether it is an anchor itself, ``company`` the share of anchors among its surroundings, ``surplus``
    the log-ratio of this text's length to the other's between the anchors before and after it, ``paragraph`` the share
    of anchors among the other sentences of its paragraph, ``noise`` whether it looks like no part of the article.
    """

    nearest: FloatArray
    around: FloatArray
    anchored: FloatArray
    company: FloatArray
    surplus: FloatArray
    paragraph: FloatArray
    noise: FloatArray


def solitude(
    neighbours: Neighbours,
    noise: FloatArray,
    breaks: BoolArray,
    chain: tuple[IntArray, IntArray],
    lengths: tuple[FloatArray, FloatArray],
) -> Solitude:
    """Measure one text.

    ``breaks`` tells where its paragraphs end, shape (n + 1,); ``chain`` holds its anchors and the other text's,
    ``lengths`` those of both texts' sentences in the same unit.
    """
    own, other = chain
    nearest = neighbours.cosines[:, 0]
    anchored = np.zeros(len(nearest), np.float32)
    anchored[own] = 1
    places = np.arange(len(nearest))
    before = np.searchsorted(own, places, side="left")
    after = np.searchsorted(own, places, side="right")
    own_edges = np.concatenate([[-1], own, [len(lengths[0])]])
    other_edges = np.concatenate([[-1], other, [len(lengths[1])]])
    here = _between(lengths[0], own_edges[before], own_edges[after + 1])
    there = _between(lengths[1], other_edges[before], other_edges[after + 1])
    surplus = np.clip(np.log((here + SLACK) / (there + SLACK)), -3, 3).astype(np.float32)
    paragraph = _paragraph_share(anchored, breaks)
    return Solitude(nearest, _surroundings(nearest), anchored, _surroundings(anchored), surplus, paragraph, noise)


def _paragraph_share(anchored: FloatArray, breaks: BoolArray) -> FloatArray:
    """Share of anchors among the other sentences of each one's paragraph; 0 where it is alone or none are known."""
    if not breaks.any():
        return np.zeros_like(anchored)
    number = np.cumsum(breaks[:-1])
    others = np.bincount(number)[number] - 1
    found = np.bincount(number, weights=anchored)[number] - anchored
    result: FloatArray = (found / np.maximum(others, 1)).astype(np.float32)
    return result


def _surroundings(values: FloatArray) -> FloatArray:
    """Mean over the sentences at most REACH away, without the sentence itself."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    places = np.arange(len(values))
    low, high = np.maximum(places - REACH, 0), np.minimum(places + REACH + 1, len(values))
    result: FloatArray = ((sums[high] - sums[low] - values) / np.maximum(high - low - 1, 1)).astype(np.float32)
    return result


def _between(lengths: FloatArray, first: IntArray, last: IntArray) -> FloatArray:
    """Summed length of the sentences after ``first`` and before ``last``."""
    sums = np.concatenate([[0.0], np.cumsum(lengths, dtype=np.float64)])
    result: FloatArray = sums[last] - sums[first + 1]
    return result
