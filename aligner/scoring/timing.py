"""When sentences are heard: the times of subtitles in both languages as a sign of what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aligner.arrays import Beads, DoubleArray, FloatArray, IntArray
from aligner.data import Cue

FEWEST = 5  # anchors with times, to see from whether the times of both texts agree
AROUND = 7  # anchors to either side, by which the delay at a place is told: pauses for advertisements differ
CLOSE = 2000.0  # milliseconds: what most anchors must agree within, or the times say nothing
AGREEING = 0.6  # of the anchors
FINEST = 250.0  # milliseconds: translators time no better than that
REWARD = 0.75  # of a bead's edge that is at the same time in both texts
ANYWHERE = 20_000.0  # milliseconds around the right time in which a wrong edge may lie
STRAY = 0.02  # of the edges are anywhere even where all anchors agree


@dataclass(frozen=True)
class Timing:
    """When each boundary between sentences is heard, in milliseconds of the English text.

    ``english`` and ``chinese`` hold for every sentence the earliest and the latest time at which it may begin and at
    which it may end, shape (n, 4): where sentences share a cue the boundary lies somewhere in it. ``spread`` is the
    usual difference of what belongs together, and ``agreeing`` how much of it is no farther apart than chance.
    """

    english: DoubleArray
    chinese: DoubleArray
    spread: float
    agreeing: float

    @property
    def floor(self) -> float:
        """What an edge far from the right time scores."""
        near, far = self.agreeing / (2 * self.spread), (1 - self.agreeing + STRAY) / ANYWHERE
        return REWARD - float(np.log(near / far))

    def score(self, kind: tuple[int, int], rows: IntArray, columns: IntArray) -> FloatArray:
        """What the times say for linked beads of a type that end at these nodes, shape (rows, columns)."""
        english, chinese = _edges(self.english, kind[0], rows), _edges(self.chinese, kind[1], columns)
        return self._agreement(english[:, None], chinese[None])

    def score_beads(self, beads: Beads) -> FloatArray:
        """The same for single beads, shape (n,); nothing for null beads."""
        english = _edges(self.english, beads.sources, beads.rows)
        chinese = _edges(self.chinese, beads.targets, beads.columns)
        return np.where(beads.is_null, np.float32(0), self._agreement(english, chinese))

    def _agreement(self, english: DoubleArray, chinese: DoubleArray) -> FloatArray:
        """How well the edges agree, shape (..., 4) on both sides.

        Differences of true edges follow a Laplace distribution, but for some that lie anywhere; so the score falls in a
        straight line down to a floor.
        """
        result: FloatArray = np.zeros((), np.float32)
        for early, late in ((0, 1), (2, 3)):
            apart = np.maximum(english[..., early] - chinese[..., late], chinese[..., early] - english[..., late])
            gain = REWARD - np.maximum(apart, 0) / self.spread
            result = result + np.where(np.isnan(gain), 0, np.maximum(gain, self.floor)).astype(np.float32)
        return result


def find_timing(
    cues: tuple[Sequence[Cue | None], Sequence[Cue | None]], anchors: tuple[IntArray, IntArray]
) -> Timing | None:
    """Set the clock of the Chinese text by that of the English one, with sentences that surely belong together.

    ``cues`` are when the sentences are shown, None where that is not known; ``anchors`` the indices of pairs. Returns
    None where there are too few, or where they don't agree: then the two were not made for the same recording.
    """
    english, chinese = (_boundaries(side) for side in cues)
    source, target = anchors
    timed = ~np.isnan(english[source, 0]) & ~np.isnan(chinese[target, 0])
    here, there = english[source[timed], 0], chinese[target[timed], 0]
    if len(here) < FEWEST:
        return None
    rate = _rate(here, there)
    delays = here - rate * there
    near = np.array([np.median(delays[max(0, k - AROUND) : k + AROUND + 1]) for k in range(len(delays))])
    apart = np.abs(delays - near)
    agreeing = float((apart <= CLOSE).mean())
    if agreeing < AGREEING:
        return None
    order = np.argsort(there, kind="stable")
    delay = np.interp(chinese.ravel(), there[order], near[order]).reshape(chinese.shape)
    return Timing(english, rate * chinese + delay, max(FINEST, float(np.median(apart))), agreeing)


def _rate(here: DoubleArray, there: DoubleArray) -> float:
    """How fast one clock runs by the other: the median slope between anchors that are not far apart (Theil, 1950)."""
    spans = there[AROUND:] - there[:-AROUND]
    slopes = (here[AROUND:] - here[:-AROUND])[spans > 0] / spans[spans > 0]
    return float(np.clip(np.median(slopes), 0.9, 1.1)) if len(slopes) else 1.0


def _boundaries(cues: Sequence[Cue | None]) -> DoubleArray:
    """Earliest and latest begin, earliest and latest end of every sentence, shape (n, 4); not a number if unknown."""
    result = np.array([(cue[0], cue[0], cue[1], cue[1]) if cue else (np.nan,) * 4 for cue in cues], np.float64)
    result = result.reshape(len(cues), 4)
    shared = result[1:, 0] < result[:-1, 3]  # both stand in the cue that this one begins with
    result[1:, 1][shared] = result[:-1, 3][shared]
    result[:-1, 2][shared] = result[1:, 0][shared]
    return result


def _edges(times: DoubleArray, length: int | IntArray, nodes: IntArray) -> DoubleArray:
    """Begin and end of the sentences before each node, ``length`` of them, as in ``Timing``."""
    last = np.clip(nodes - 1, 0, len(times) - 1)
    first = np.clip(nodes - length, 0, len(times) - 1)
    return np.concatenate([times[first, :2], times[last, 2:]], axis=1)
