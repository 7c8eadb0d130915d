"""The rough search may leave out only what hardly matters: it is given the exact scores and compared with all beads."""

from __future__ import annotations

import numpy as np
import pytest

from aligner.arrays import Beads
from aligner.search import BEAD_TYPES, Band, Graph, band_around, coarse, make_band, plausible_beads
from aligner.search.kinds import LONGEST

pytestmark = pytest.mark.usefixtures("_each_way")
UNDER_TEST = coarse

NULL, LINKED = -2.0, -4.0  # a sentence


class Scores:
    """Scores of any bead: high for 1-1 beads on a path with a jump, random below that for others."""

    def __init__(self, size: int, jump: tuple[int, int], seed: int) -> None:
        generator = np.random.default_rng(seed)
        self.noise = generator.normal(0, 1, (len(BEAD_TYPES), size + 1, size + 1)).astype(np.float32)
        self.noise += LINKED * np.array([sum(kind) for kind in BEAD_TYPES], np.float32)[:, None, None]
        self.noise[:2] = NULL
        for i in range(1, size + 1):
            j = i if i <= jump[0] else i + jump[1]
            if j <= size:
                self.noise[BEAD_TYPES.index((1, 1)), i, j] = 5

    def table(self, area: tuple[int, int, int, int]) -> np.ndarray:
        return self.noise[:, area[0] : area[1], area[2] : area[3]]

    def of(self, beads: Beads) -> np.ndarray:
        kinds = [BEAD_TYPES.index(kind) for kind in zip(beads.sources.tolist(), beads.targets.tolist(), strict=True)]
        return self.noise[kinds, beads.rows, beads.columns]


def jumping_band(size: int, jump: tuple[int, int]) -> Band:
    source = np.array([i for i in range(size) if (i if i < jump[0] else i + jump[1]) < size])
    return band_around(source, np.where(source < jump[0], source, source + jump[1]), size, size)


@pytest.mark.parametrize("jump", [(60, 0), (100, 90), (130, 40)])
def test_what_is_left_out_hardly_matters(jump: tuple[int, int]) -> None:
    size = 260
    scores, band = Scores(size, jump, seed=jump[0]), jumping_band(size, jump)
    every, some = band.all_beads(), plausible_beads(band, scores.table)
    assert len(some) < len(every) / 4
    assert (np.diff(some.rows) >= 0).all()
    exact = Graph(every, scores.of(every), 0.0, (size, size)).posteriors()
    found = dict(zip(keys(some), Graph(some, scores.of(some), 0.0, (size, size)).posteriors(), strict=True))
    assert len(found) == len(some)
    for key, posterior in zip(keys(every), exact, strict=True):
        assert found.get(key, 0.0) == pytest.approx(posterior, abs=0.001)


def test_what_comes_from_the_start_is_what_comes_from_the_end() -> None:
    """If one of them left out paths that the other has, no bead might be on a path that is good enough."""
    size = 100
    scores, band = Scores(size, (0, size + 1), seed=5), make_band(np.zeros(size + 1, np.int64), np.full(size + 1, size))
    scores.noise[2:] += 3 - LINKED * np.array([sum(kind) for kind in BEAD_TYPES[2:]])[:, None, None]
    blocks = list(coarse._blocks(band))
    ahead: list[np.ndarray] = []
    for block in blocks:
        ahead += coarse._forward(band, scores.table, block, ahead[-LONGEST:])
    behind: list[np.ndarray] = []
    for block in reversed(blocks):
        behind = coarse._backward(band, scores.table, block, ahead, behind[:LONGEST], 0.0)[1] + behind
    assert behind[0][0] == pytest.approx(ahead[-1][-1], abs=1e-3)
    every = band.all_beads()
    through = coarse_sums(every, scores.of(every), ahead, behind)
    for row in range(1, size + 1):
        over = (every.rows - every.sources < row) & (every.rows >= row)
        assert np.logaddexp.reduce(through[over]) == pytest.approx(ahead[-1][-1], abs=1e-3)


def coarse_sums(beads: Beads, scores: np.ndarray, ahead: list[np.ndarray], behind: list[np.ndarray]) -> np.ndarray:
    """What all paths through each bead come to."""
    begin = np.stack(ahead)[beads.rows - beads.sources, beads.columns - beads.targets]
    return begin + scores + np.stack(behind)[beads.ends]


def keys(beads: Beads) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in (*beads.ends, beads.sources, beads.targets)), strict=True))


def test_of_a_short_text_all_beads_are_taken() -> None:
    band = jumping_band(12, (12, 0))
    assert keys(plausible_beads(band, lambda area: np.zeros(0))) == keys(band.all_beads())


def test_the_beads_do_not_depend_on_how_many_rows_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, band = Scores(200, (90, 30), seed=1), jumping_band(200, (90, 30))
    found = []
    for rows, cells in ((24, 10_000), (5, 10_000), (24, 1)):
        monkeypatch.setattr(coarse, "MOST_ROWS", rows)
        monkeypatch.setattr(coarse, "CELLS_AT_ONCE", cells)
        found.append(set(keys(plausible_beads(band, scores.table))))
    assert found[0] == found[1] == found[2]


def test_blocks_cover_every_row_once_and_are_bounded() -> None:
    band = jumping_band(3000, (700, 500))
    blocks = list(coarse._blocks(band))
    assert [first for first, _ in blocks[1:]] == [last for _, last in blocks[:-1]]
    assert (blocks[0][0], blocks[-1][1]) == (0, 3001)
    cells = [(last - first) * (band.high[last - 1] - band.low[first] + 1) for first, last in blocks]
    assert all(
        count <= coarse.CELLS_AT_ONCE or last == first + 1 for count, (first, last) in zip(cells, blocks, strict=True)
    )


def test_all_beads_of_the_best_path_through_a_wide_gap_are_found() -> None:
    low, high = np.zeros(41, np.int64), np.full(41, 300)
    beads = plausible_beads(make_band(low, high), lambda area: null_only(area), tolerance=5.0)
    graph = Graph(beads, np.full(len(beads), NULL), 0.0, (40, 300))
    assert len(graph.best_path()) == 340


def null_only(area: tuple[int, int, int, int]) -> np.ndarray:
    scores = np.full((len(BEAD_TYPES), area[1] - area[0], area[3] - area[2]), 100 * LINKED, np.float32)
    scores[:2] = NULL
    return scores


def test_sums_over_a_long_text_without_counterpart_lose_no_bead() -> None:
    scores, count = np.array([-3.3, -3.531, *[LINKED * 10] * (len(BEAD_TYPES) - 2)], np.float32), 200_000
    band = make_band(np.zeros(2, np.int64), np.full(2, count))
    beads = plausible_beads(
        band, lambda area: np.broadcast_to(scores[:, None, None], (len(scores), area[1] - area[0], area[3] - area[2]))
    )
    assert (
        np.bincount(beads.columns[beads.sources == 0])[1:] == 2
    ).all()  # above the only source sentence and below it
