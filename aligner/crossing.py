"""Swapped sentences: pairs that are each other's clear best but lie apart on the path, which knows no crossing."""

from __future__ import annotations

from collections.abc import Sequence

from aligner.arrays import DoubleArray, IntArray
from aligner.data import Bead

# Margin of the cosine over the usual. In gold texts without crossing pairs none that lies off the path reaches 0.17.
CLEAR_MARGIN = 0.18
CONFIDENCE = 0.95  # of sentences moved by 2 to 5 places in news articles, 26 of 27 pairs found so were right

Crossing = list[tuple[int, int]]


def crossing_pairs(beads: Sequence[Bead], mutual: tuple[IntArray, IntArray, DoubleArray]) -> Crossing:
    """Pairs of sentences that are clearly each other's nearest but not in one bead, in the order of the source.

    ``mutual`` holds source and target indices of all that are each other's nearest, with their margins.
    """
    bead_of_source = {i: number for number, bead in enumerate(beads) for i in bead.source}
    bead_of_target = {j: number for number, bead in enumerate(beads) for j in bead.target}
    return [
        (i, j)
        for i, j, margin in zip(*(column.tolist() for column in mutual), strict=True)
        if margin >= CLEAR_MARGIN and bead_of_source[i] != bead_of_target[j]
    ]


def left_over(count: int, taken: Sequence[int]) -> list[int]:
    """Indices below ``count`` that are left when some are taken out."""
    return sorted({*range(count)} - {*taken})


def put_back(beads: Sequence[Bead], pairs: Crossing, source: Sequence[int], target: Sequence[int]) -> list[Bead]:
    """Renumber the beads of what was left (``source`` and ``target`` hold the indices) and put the pairs among them.

    Beads come in the order of their source sentences, and null beads without one where they were.
    """
    result = [
        Bead(tuple(source[i] for i in bead.source), tuple(target[j] for j in bead.target), bead.confidence)
        for bead in beads
    ]
    for i, j in pairs:
        place = next((n for n, bead in enumerate(result) if bead.source and bead.source[0] > i), len(result))
        result.insert(place, Bead((i,), (j,), CONFIDENCE))
    return result
