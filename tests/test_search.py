"""The search against brute force on tiny inputs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.search import BEAD_TYPES, Band, Lattice, anchor_chain, band_around, make_band, row_chunks

Step = tuple[int, int]


def full_band(source: int, target: int) -> Band:
    return make_band(np.zeros(source + 1, np.int64), np.full(source + 1, target, np.int64))


def all_paths(source: int, target: int) -> list[list[Step]]:
    if source == target == 0:
        return [[]]
    paths = []
    for a, b in BEAD_TYPES:
        if a <= source and b <= target:
            paths += [[*path, (a, b)] for path in all_paths(source - a, target - b)]
    return paths


def score_of(path: list[Step], band: Band, scores: np.ndarray, opening: float) -> float:
    total, i, j = 0.0, 0, 0
    in_null = False
    for a, b in path:
        i, j = i + a, j + b
        if min(a, b) == 0 and not in_null:
            total += opening
        in_null = min(a, b) == 0
        total += float(scores[band.offsets[i] + j - band.low[i], BEAD_TYPES.index((a, b))])
    return total


def inside(path: list[Step], band: Band) -> bool:
    i = j = 0
    for a, b in path:
        i, j = i + a, j + b
        if not band.low[i] <= j <= band.high[i]:
            return False
    return True


def random_scores(band: Band, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2, (band.size, len(BEAD_TYPES))).astype(np.float32)


SIZES = [(1, 1), (1, 3), (3, 1), (2, 3), (4, 3), (0, 2), (2, 0), (3, 5)]


@pytest.mark.parametrize(("source", "target"), SIZES)
@pytest.mark.parametrize("opening", [0.0, -3.0, 1.5])
def test_best_path_and_posteriors_equal_brute_force(source: int, target: int, opening: float) -> None:
    band = full_band(source, target)
    for seed in range(3):
        check_against_brute_force(band, random_scores(band, seed), opening)


@pytest.mark.parametrize("seed", range(5))
def test_a_narrow_band_leaves_only_the_paths_inside_it(seed: int) -> None:
    band = make_band(np.array([0, 0, 1, 2]), np.array([1, 2, 3, 4]))
    check_against_brute_force(band, random_scores(band, seed), -2.0)


def check_against_brute_force(band: Band, scores: np.ndarray, opening: float) -> None:
    paths = [path for path in all_paths(band.source_count, band.target_count) if inside(path, band)]
    totals = np.array([score_of(path, band, scores, opening) for path in paths])
    lattice = Lattice(band, scores, opening)
    found = [BEAD_TYPES[kind] for _, kind in lattice.best_path()]
    assert score_of(found, band, scores, opening) == pytest.approx(totals.max(), abs=1e-4)
    weights = np.exp(totals - totals.max())
    expected = np.zeros_like(scores)
    for path, weight in zip(paths, weights / weights.sum(), strict=True):
        i = j = 0
        for a, b in path:
            i, j = i + a, j + b
            expected[band.offsets[i] + j - band.low[i], BEAD_TYPES.index((a, b))] += weight
    assert np.allclose(lattice.posteriors(), expected, atol=1e-5)


def test_forward_and_backward_agree_on_the_sum_over_all_paths() -> None:
    band = full_band(30, 25)
    lattice = Lattice(band, random_scores(band, 7), -1.0)
    linked, null = lattice.forward()
    assert np.logaddexp(linked, null)[band.size - 1] == pytest.approx(lattice.backward()[0][0], rel=1e-7)


def test_beads_that_are_ruled_out_have_no_posterior() -> None:
    band = full_band(3, 3)
    scores = random_scores(band, 1)
    scores[:, BEAD_TYPES.index((0, 1))] = -np.inf
    lattice = Lattice(band, scores)
    assert lattice.posteriors()[:, BEAD_TYPES.index((0, 1))].max() == 0
    assert (0, 1) not in [BEAD_TYPES[kind] for _, kind in lattice.best_path()]


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


def test_chunks_tile_the_rows() -> None:
    band = band_around(np.arange(50), np.arange(50), 50, 60)
    chunks = list(row_chunks(band, 400))
    assert chunks[0][0] == 0 and chunks[-1][1] == 51
    assert all(first[1] == second[0] for first, second in itertools.pairwise(chunks))
    assert all(first < last for first, last in chunks)


def test_a_long_run_without_counterpart_keeps_its_precision() -> None:
    band = full_band(1, 400)
    scores = np.full((band.size, len(BEAD_TYPES)), -5000.0, np.float32)
    scores[:, BEAD_TYPES.index((0, 1))] = -7.5
    scores[band.offsets[1] + 400 - band.low[1], BEAD_TYPES.index((1, 1))] = 0
    posteriors = Lattice(band, scores).posteriors()
    assert math.isclose(posteriors[band.size - 1, BEAD_TYPES.index((1, 1))], 1.0, abs_tol=1e-6)
