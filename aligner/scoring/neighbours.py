"""Nearest neighbours between the sentences of two texts: the evidence that a sentence has a counterpart at all.

A sentence that a text repeats is looked at once: its copies are as near to everything as it is, and none of them says
what is usual for it. Which copy belongs to which is for the chain to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aligner.arrays import AnyArray, DoubleArray, FloatArray, IntArray
from aligner.threads import Share

NEIGHBOURS = 4  # the margin of Artetxe and Schwenk (2019), https://arxiv.org/abs/1811.01136, with k = 4 as they use
CELLS_PER_BLOCK = 2_000_000  # of cosines that are held at a time: 8 MB
MOST_ROWS = 1024  # of a block
EVERYWHERE = 40_000_000  # pairs of sentences among which all are compared; 0.3 s
GROUP = 16  # sentences
BEYOND = 1000  # sentences
ASTRAY = 1  # copies by which counting them may be wrong
MOST_WAYS = 50  # to count them, where one text has more; beyond, the sentence says nothing

Window = tuple[IntArray, IntArray]
Windows = tuple[Window, Window]
Chain = Callable[[IntArray, IntArray, DoubleArray], IntArray]


@dataclass(frozen=True)
class Copies:
    """Which sentences of a text are the same.

    ``numbers``, shape (n,), has for each sentence the number of its wording, counted in the order in which they first
    occur; ``first``, rising, where each of these occurs first.
    """

    numbers: IntArray
    first: IntArray

    @classmethod
    def among(cls, sentences: Sequence[str]) -> Copies:
        """Look through the sentences of a text."""
        known: dict[str, int] = {}
        numbers = np.array([known.setdefault(sentence, len(known)) for sentence in sentences], np.int64)
        return cls(numbers, np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1)))

    @property
    def none(self) -> bool:
        """Whether no sentence occurs twice."""
        return len(self.first) == len(self.numbers)

    def places(self) -> list[IntArray]:
        """For each wording where it occurs, rising."""
        return np.split(np.argsort(self.numbers, kind="stable"), np.cumsum(np.bincount(self.numbers))[:-1])


@dataclass(frozen=True)
class Neighbours:
    """For each sentence of one text: its nearest sentence in the other, and the cosines of the nearest few.

    ``nearest`` has shape (n,), -1 where the other text is empty; ``cosines`` has shape (n, NEIGHBOURS), falling, padded
    with 0 where the other text has fewer sentences.
    """

    nearest: IntArray
    cosines: FloatArray

    def of(self, copies: Copies) -> Neighbours:
        """The same for each sentence of a text, where this is for each of its wordings.

        ``nearest`` numbers wordings of the other text in either case.
        """
        return self if copies.none else Neighbours(self.nearest[copies.numbers], self.cosines[copies.numbers])

    @property
    def level(self) -> FloatArray:
        """Mean cosine to the nearest few, shape (n,): what is usual for this sentence."""
        result: FloatArray = self.cosines.mean(axis=1)
        return result


def find_neighbours(
    english: AnyArray, chinese: AnyArray, windows: Windows | None = None, share: Share = map
) -> tuple[Neighbours, Neighbours]:
    """Search both ways, in blocks of rows; memory grows with the number of sentences, not with its square.

    ``english`` and ``chinese`` hold unit vectors, shape (n, dimension). ``windows`` are the places to look at in the
    other text, for each sentence of both; everywhere by default. ``share`` is what both ways are mapped by.
    """
    here, there = windows or (None, None)
    result, other = share(_one_way, [(english, chinese, here), (chinese, english, there)])
    return result, other


def _one_way(way: tuple[AnyArray, AnyArray, Window | None]) -> Neighbours:
    queries, others, window = way
    nearest = np.full(len(queries), -1, np.int64)
    cosines = np.zeros((len(queries), NEIGHBOURS), np.float32)
    low = 0
    while low < len(queries) and len(others):
        first, last = (0, len(others)) if window is None else (int(window[0][low]), int(window[1][low]))
        high = min(len(queries), low + max(1, min(MOST_ROWS, CELLS_PER_BLOCK // (last - first))))
        if window is not None:
            last = int(window[1][high - 1])
        block = queries[low:high].astype(np.float32) @ others[first:last].astype(np.float32).T
        rows = np.arange(high - low)
        for rank in range(min(NEIGHBOURS, last - first)):
            best = block.argmax(axis=1)
            cosines[low:high, rank] = block[rows, best]
            if rank == 0:
                nearest[low:high] = first + best
            block[rows, best] = -np.inf
        low = high
    return Neighbours(nearest, cosines)


def windows_around(english: AnyArray, chinese: AnyArray, chain: Chain) -> Windows | None:
    """Where a long text's sentences may have their counterparts; None where the texts are short: everywhere.

    Sums of the vectors of ``GROUP`` sentences in a row tell which parts of the texts belong together; ``chain`` picks
    the rising ones. A sentence's window reaches from ``BEYOND`` sentences before the parts before it to as far after.
    """
    if len(english) * len(chinese) <= EVERYWHERE:
        return None
    groups = [_group_vectors(vectors) for vectors in (english, chinese)]
    source, target, weight = mutual_pairs(*find_neighbours(groups[0], groups[1]))
    chosen = chain(source, target, weight)
    starts = [knots[chosen] * GROUP for knots in (source, target)]
    sizes = len(english), len(chinese)
    return _window(starts[0], starts[1], *sizes), _window(starts[1], starts[0], *sizes[::-1])


def _group_vectors(vectors: AnyArray) -> FloatArray:
    groups = (vectors[low : low + GROUP] for low in range(0, len(vectors), GROUP))
    sums = np.stack([group.sum(axis=0, dtype=np.float32) for group in groups])
    sums -= sums.mean(axis=0)
    result: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6).astype(np.float32)
    return result


def _window(own: IntArray, others: IntArray, count: int, other_count: int) -> Window:
    knots, other_knots = np.concatenate([[0], own, [count]]), np.concatenate([[0], others, [other_count]])
    places = np.arange(count)
    low = other_knots[np.searchsorted(knots, places, side="right") - 1] - BEYOND
    high = other_knots[np.minimum(np.searchsorted(knots, places, side="right"), len(knots) - 1)] + BEYOND
    return np.maximum(low, 0), np.minimum(high, other_count)


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


def pairs_of_copies(
    pairs: tuple[IntArray, IntArray, DoubleArray], english: Copies, chinese: Copies
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Pairs of sentences that may belong together, from pairs of wordings: the n-th copy of one and of the other.

    Where one text has more copies, any may be those that the other lacks. Returns source and target indices, the number
    of the pair of wordings, and how many such pairs of sentences there are for one sentence.
    """
    counts = [np.bincount(side.numbers)[numbers] for side, numbers in zip((english, chinese), pairs[:2], strict=True)]
    single = np.flatnonzero((counts[0] == 1) & (counts[1] == 1))
    found = [(english.first[pairs[0][single]], chinese.first[pairs[1][single]], single, np.ones_like(single))]
    places = ([], []) if len(single) == len(pairs[0]) else (english.places(), chinese.places())
    for number in np.flatnonzero((counts[0] > 1) | (counts[1] > 1)).tolist():
        own, others = places[0][pairs[0][number]], places[1][pairs[1][number]]
        more = len(others) - len(own)
        astray = min(ASTRAY, len(own) - 1, len(others) - 1)
        shifts = range(min(0, more) - astray, max(0, more) + astray + 1)
        for shift in shifts if len(shifts) <= MOST_WAYS else ():
            left = own[max(0, -shift) : max(0, len(others) - shift)]
            right = others[max(0, shift) :][: len(left)]
            found.append((left, right, np.full(len(left), number), np.full(len(left), len(shifts))))
    source, target, which, ways = (np.concatenate(column) for column in zip(*found, strict=True))
    return source, target, which, ways
