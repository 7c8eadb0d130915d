from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.search import anchor_chain, anchors, band_around, further_cuts, sure_cuts


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(0.1, 5)), min_size=1, max_size=9))
def test_the_anchor_chain_is_the_heaviest_rising_one(candidates: list[tuple[int, int, float]]) -> None:
    source, target, weight = (np.array(column) for column in zip(*candidates, strict=True))
    chain = anchor_chain(source, target, weight)
    assert all(source[a] < source[b] and target[a] < target[b] for a, b in itertools.pairwise(chain))
    assert weight[chain].sum() == pytest.approx(heaviest(candidates))


def heaviest(candidates: list[tuple[int, int, float]]) -> float:
    ordered = sorted(candidates)
    best: list[float] = []
    for index, (i, j, weight) in enumerate(ordered):
        before = [best[k] for k in range(index) if ordered[k][0] < i and ordered[k][1] < j]
        best.append(weight + max(before, default=0.0))
    return max(best)


def test_no_candidates_give_an_empty_chain() -> None:
    nothing = np.zeros(0, np.int64)
    assert len(anchor_chain(nothing, nothing, np.zeros(0))) == 0


@given(st.integers(0, 60), st.integers(0, 60), st.randoms(use_true_random=False))
def test_a_band_is_rising_and_holds_its_anchors_and_both_ends(n: int, m: int, generator) -> None:
    count = generator.randint(0, min(n, m))
    source = np.array(sorted(generator.sample(range(n), count)), np.int64)
    target = np.array(sorted(generator.sample(range(m), count)), np.int64)
    band = band_around(source, target, n, m)
    assert (band.low[0], band.high[-1]) == (0, m)
    assert (np.diff(band.low) >= 0).all() and (np.diff(band.high) >= 0).all()
    assert (band.low <= band.high).all()
    for i, j in zip(source, target, strict=True):
        assert band.low[i + 1] <= j + 1 <= band.high[i + 1] and band.low[i] <= j <= band.high[i]


def test_a_band_reaches_over_a_missing_chapter() -> None:
    source = np.arange(200)
    target = np.concatenate([np.arange(100), np.arange(400, 500)])
    band = band_around(source, target, 200, 500)
    assert band.low[100] <= 100 and band.high[100] >= 400
    assert band.size < 30_000


def test_a_gap_without_anchors_stays_on_its_diagonal() -> None:
    ends = np.array([0, 3999])
    band = band_around(ends, np.array([0, 2999]), 4000, 3000)
    assert band.size < 600_000
    assert (np.diff(band.low) >= 0).all() and (np.diff(band.high) >= 0).all()
    assert (band.low[1:] <= band.high[:-1]).all()
    assert band.low[2000] < 1500 < band.high[2000]


def test_cuts_lie_inside_runs_of_anchors_and_apart() -> None:
    source = np.array([*range(30), *range(40, 43), *range(50, 100)])
    target = np.array([*range(5, 35), *range(40, 43), *range(60, 110)])
    cuts = sure_cuts(source, target, 20)
    anchors = set(zip(source.tolist(), target.tolist(), strict=True))
    assert len(cuts) > 3
    for i, j in cuts:
        assert {(i + k, j + k) for k in (-2, -1, 0, 1)} <= anchors
    assert all(sum(later) - sum(earlier) >= 20 for earlier, later in itertools.pairwise(cuts))
    assert not any(30 < i < 50 for i, _ in cuts)


def test_a_piece_of_a_band_counts_from_its_start() -> None:
    band = band_around(np.arange(60), np.arange(60), 60, 60)
    piece = band.piece((20, 20), (40, 40))
    assert (piece.low[0], piece.source_count, piece.target_count) == (0, 20, 20)
    assert (piece.low <= piece.high).all()
    assert piece.low[10] == max(0, band.low[30] - 20) and piece.high[10] == min(20, band.high[30] - 20)


@given(st.integers(0, 60), st.integers(0, 60), st.randoms(use_true_random=False))
def test_no_piece_is_too_large(n: int, m: int, generator) -> None:
    count = generator.randint(0, min(n, m))
    source = np.array(sorted(generator.sample(range(n), count)), np.int64)
    target = np.array(sorted(generator.sample(range(m), count)), np.int64)
    band = band_around(source, target, n, m)
    sure = sorted(generator.sample(list(zip((source + 1).tolist(), (target + 1).tolist(), strict=True)), count // 4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchors, "LARGEST_PIECE", 40)
        cuts = further_cuts(band, source, target, sure)
    assert set(sure) <= set(cuts)
    nodes = [(0, 0), *cuts, (n, m)]
    for start, end in itertools.pairwise(nodes):
        assert start[0] <= end[0] and start[1] <= end[1]
        assert band.piece(start, end).size <= 40 or start == end


def test_cuts_in_large_gaps_lie_between_their_anchors() -> None:
    source = np.concatenate([np.arange(1000), np.arange(9000, 10_000)])
    shifted = np.concatenate([np.arange(1000), np.arange(9000, 10_000) + 40_000])
    for target, (width, slope) in ((source, (10_000, 1)), (shifted, (50_000, 6))):
        band = band_around(source, target, 10_000, width)
        cuts = further_cuts(band, source, target, [])
        inside = [(row, column) for row, column in cuts if 1000 < row < 9000]
        assert inside
        assert all(abs((column - 1000) - slope * (row - 1000)) <= slope for row, column in inside)
        assert all(row == column or column - row == width - 10_000 for row, column in set(cuts) - set(inside))


def test_a_text_with_anchors_all_along_is_cut_nowhere_else() -> None:
    everywhere = np.arange(10_000)
    band = band_around(everywhere, everywhere, 10_000, 10_000)
    assert band.size < anchors.LARGEST_PIECE
    assert further_cuts(band, everywhere, everywhere, [(500, 500)]) == [(500, 500)]
