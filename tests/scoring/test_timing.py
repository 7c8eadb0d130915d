"""Times of subtitles: the clocks are set by anchors, shared cues leave room, and what does not agree says nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest

from aligner.data import Cue
from aligner.scoring.timing import FINEST, REWARD, Timing, find_timing

COUNT = 40


def _cues(seed: int = 1) -> list[Cue]:
    generator, at, cues = random.Random(seed), 1000, []
    for _ in range(COUNT):
        length = generator.randrange(900, 6000)
        cues.append((at, at + length))
        at += length + generator.randrange(50, 2000)
    return cues


def _shifted(cues: list[Cue], rate: float, delay: int) -> list[Cue]:
    return [(round(start * rate) + delay, round(end * rate) + delay) for start, end in cues]


def _timing(english: list[Cue], chinese: list[Cue], wrong: int = 0) -> Timing | None:
    """By anchors of all sentences, the first few of which point elsewhere."""
    target = np.arange(len(chinese))
    target[:wrong] = np.roll(target[:wrong], 1)
    return find_timing((english, chinese), (np.arange(len(english)), target))


def _scores(timing: Timing, kind: tuple[int, int] = (1, 1)) -> np.ndarray:
    nodes = np.arange(1, COUNT + 1)
    return timing.score(kind, nodes, nodes)


@pytest.mark.parametrize(("rate", "delay"), [(1, 0), (1, 90_000), (25 / 23.976, 0), (24 / 25, -500)])
def test_what_is_heard_together_is_rewarded_whatever_the_clocks(rate: float, delay: int) -> None:
    english = _cues()
    timing = _timing(english, _shifted(english, rate, delay), wrong=6)
    assert timing is not None
    table = _scores(timing)
    assert (table.argmax(axis=1) == np.arange(COUNT)).all()
    assert table.diagonal()[8:].min() > 0
    far = np.abs(np.subtract.outer(np.arange(COUNT), np.arange(COUNT))) > 4
    assert table[far].max() == pytest.approx(2 * timing.floor)
    assert timing.floor < -5 * REWARD


def test_a_delay_may_change_in_the_middle() -> None:
    english = _cues()
    chinese = english[:20] + _shifted(english[20:], 1, 60_000)
    timing = _timing(english, chinese)
    assert timing is not None
    good = _scores(timing).diagonal()
    assert np.median(good) == pytest.approx(2 * REWARD, abs=0.1)


def test_longer_beads_are_judged_by_their_own_edges() -> None:
    english = _cues()
    joined = [(english[k][0], english[k + 1][1]) for k in range(0, COUNT, 2)]
    timing = find_timing((english, joined), (np.arange(0, COUNT, 2), np.arange(COUNT // 2)))
    assert timing is not None
    ends, nodes = np.arange(2, COUNT + 1, 2), np.arange(1, COUNT // 2 + 1)
    assert np.median(timing.score((2, 1), ends, nodes).diagonal()) > np.median(
        timing.score((1, 1), ends, nodes).diagonal()
    )


def test_sentences_in_one_cue_share_its_time() -> None:
    english = _cues()
    shared = english[:]
    shared[10] = shared[11] = (english[10][0], english[11][1])
    timing = _timing(shared, english)
    assert timing is not None
    good = _scores(timing).diagonal()
    assert good[10] == good[11] == pytest.approx(2 * REWARD)


def test_times_of_another_recording_say_nothing() -> None:
    assert _timing(_cues(1), _cues(7)) is None


def test_too_few_anchors_say_nothing() -> None:
    cues = _cues()[:4]
    assert _timing(cues, cues) is None


def test_sentences_without_a_time_are_neither_rewarded_nor_punished() -> None:
    english = _cues()
    timed: list[Cue | None] = [*english]
    timed[12] = None
    timing = find_timing((timed, english), (np.arange(COUNT), np.arange(COUNT)))
    assert timing is not None
    assert timing.spread == FINEST
    assert not _scores(timing)[12].any()
