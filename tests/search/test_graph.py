"""The exact search against brute force on tiny inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aligner.arrays import Beads
from aligner.search import BEAD_TYPES, Band, Graph, graph, make_band

pytestmark = pytest.mark.usefixtures("_each_way")
UNDER_TEST = graph

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


def graph_of(band: Band, scores: np.ndarray, opening: float = 0.0) -> tuple[Graph, np.ndarray]:
    """The graph of all beads of a band, and which of the table's scores each has."""
    beads = band.all_beads()
    kinds = [BEAD_TYPES.index(kind) for kind in zip(beads.sources.tolist(), beads.targets.tolist(), strict=True)]
    places = np.ravel_multi_index((band.places(*beads.ends), kinds), scores.shape)
    return Graph(beads, scores.ravel()[places], opening, (band.source_count, band.target_count)), places


def best_kinds(graph: Graph) -> list[Step]:
    path = graph.best_path()
    return list(zip(graph.beads.sources[path].tolist(), graph.beads.targets[path].tolist(), strict=True))


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
    graph, places = graph_of(band, scores, opening)
    assert score_of(best_kinds(graph), band, scores, opening) == pytest.approx(totals.max(), abs=1e-4)
    weights = np.exp(totals - totals.max())
    expected = np.zeros_like(scores)
    for path, weight in zip(paths, weights / weights.sum(), strict=True):
        i = j = 0
        for a, b in path:
            i, j = i + a, j + b
            expected[band.offsets[i] + j - band.low[i], BEAD_TYPES.index((a, b))] += weight
    assert np.allclose(graph.posteriors(), expected.ravel()[places], atol=1e-5)
    assert expected.sum() == pytest.approx(expected.ravel()[places].sum())


def test_every_sentence_is_in_one_bead() -> None:
    band = full_band(30, 25)
    graph, _ = graph_of(band, random_scores(band, 7), -1.0)
    beads, posteriors = graph.beads, graph.posteriors()
    for sentence in range(30):
        holds = (beads.rows > sentence) & (beads.rows - beads.sources <= sentence)
        assert posteriors[holds].sum() == pytest.approx(1)


def test_beads_that_are_ruled_out_have_no_posterior() -> None:
    band = full_band(3, 3)
    scores = random_scores(band, 1)
    scores[:, BEAD_TYPES.index((0, 1))] = -np.inf
    graph, _ = graph_of(band, scores)
    assert graph.posteriors()[graph.beads.sources == 0].max() == 0
    assert (0, 1) not in best_kinds(graph)


def test_beads_that_no_path_reaches_do_no_harm() -> None:
    ends = np.array([1, 3, 3])
    beads = Beads(ends, np.array([1, 3, 2]), np.array([1, 2, 1]), np.array([1, 2, 1]))
    graph = Graph(beads, np.zeros(3, np.float32), 0.0, (3, 3))
    assert graph.best_path().tolist() == [0, 1]
    assert graph.posteriors() == pytest.approx([1, 1, 0])


def test_a_long_run_without_counterpart_keeps_its_precision() -> None:
    band = full_band(1, 400)
    scores = np.full((band.size, len(BEAD_TYPES)), -5000.0, np.float32)
    scores[:, BEAD_TYPES.index((0, 1))] = -7.5
    scores[band.offsets[1] + 400 - band.low[1], BEAD_TYPES.index((1, 1))] = 0
    graph, _ = graph_of(band, scores)
    last = (graph.beads.rows == 1) & (graph.beads.columns == 400) & (graph.beads.targets == 1) & ~graph.beads.is_null
    assert math.isclose(graph.posteriors()[last][0], 1.0, abs_tol=1e-6)


def test_where_no_path_leads_to_the_end_the_search_ends_too() -> None:
    band = full_band(2, 2)
    for score in (np.nan, -np.inf):
        found, _ = graph_of(band, np.full((band.size, len(BEAD_TYPES)), score, np.float32))
        with pytest.raises(ValueError, match="No path of beads"):
            found.best_path()
