"""Anchors inside large gaps between anchors: where sentences are repeated, only the first of each has a clear best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aligner.arrays import AnyArray, DoubleArray, IntArray
from aligner.scoring.neighbours import Chain, find_neighbours, mutual_pairs

LEAST_MARGIN = 0.01  # of an anchor; a sentence that is repeated word for word has less
SURE_MARGIN = 0.1  # of an anchor's cosine over the usual; chance pairs among unrelated sentences lie below
LARGE = 100_000  # pairs of sentences in a gap; of fewer all are scored soon enough
ROUNDS = 12  # each finds one more of several copies of a passage

Triples = tuple[IntArray, IntArray, DoubleArray]
"""Source and target indices of anchors, and their weights."""


def fill_gaps(
    texts: tuple[Sequence[str], Sequence[str]], vectors: tuple[AnyArray, AnyArray], anchors: Triples, chain: Chain
) -> Triples:
    """Look again, among the sentences of each large gap alone, for pairs that are surely each other's nearest.

    Anchors that hardly stand out are left out first. Of equal sentences only the first in a gap counts. ``vectors``
    are unit vectors; ``chain`` picks rising pairs.
    """
    strong = anchors[2] >= LEAST_MARGIN
    anchors = anchors[0][strong], anchors[1][strong], anchors[2][strong]
    same = [np.unique(np.array(text, object), return_inverse=True)[1] for text in texts]
    done: set[tuple[int, int, int, int]] = set()
    for _ in range(ROUNDS):
        gaps = [gap for gap in _large_gaps(*anchors[:2], *map(len, texts)) if gap not in done]
        done.update(gaps)
        found = [_inside(vectors, same, gap, chain) for gap in gaps]
        if not sum(len(part[0]) for part in found):
            break
        source, target, weight = (np.concatenate(columns) for columns in zip(anchors, *found, strict=True))
        order = np.argsort(source, kind="stable")
        anchors = source[order], target[order], weight[order]
    return anchors


def _large_gaps(source: IntArray, target: IntArray, sources: int, targets: int) -> list[tuple[int, int, int, int]]:
    """First and last source and target sentences, the last ones not included, of gaps that are large on both sides."""
    tops, lefts = np.append(0, source + 1), np.append(0, target + 1)
    bottoms, rights = np.append(source, sources), np.append(target, targets)
    some = np.flatnonzero((bottoms - tops) * (rights - lefts) > LARGE)
    gaps = (column[some].tolist() for column in (tops, bottoms, lefts, rights))
    return list(zip(*gaps, strict=True))


def _inside(
    vectors: tuple[AnyArray, AnyArray], same: Sequence[IntArray], gap: tuple[int, int, int, int], chain: Chain
) -> Triples:
    """Sure anchors in a gap; ``same`` numbers the different sentences of each text."""
    rows, columns = (
        first + np.sort(np.unique(numbers[first:last], return_index=True)[1])
        for numbers, first, last in zip(same, gap[::2], gap[1::2], strict=True)
    )
    source, target, weight = mutual_pairs(*find_neighbours(vectors[0][rows], vectors[1][columns]))
    sure = weight >= SURE_MARGIN
    source, target, weight = rows[source[sure]], columns[target[sure]], weight[sure]
    chosen = chain(source, target, weight)
    return source[chosen], target[chosen], weight[chosen]
