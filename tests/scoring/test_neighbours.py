"""Neighbours in windows and in gaps, on vectors whose counterparts are known."""

from __future__ import annotations

import numpy as np
import pytest

from aligner.scoring import neighbours
from aligner.scoring.gaps import fill_gaps
from aligner.scoring.neighbours import find_neighbours, mutual_pairs, windows_around
from aligner.search import anchor_chain


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def texts(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Random vectors, and the same with some noise."""
    generator = np.random.default_rng(seed)
    english = unit(generator.normal(size=(count, 32)))
    return english, unit(english + generator.normal(0, 0.08, size=(count, 32)))


def test_neighbours_are_the_largest_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "CELLS_PER_BLOCK", 700)
    english, chinese = texts(60)
    near, back = find_neighbours(english, chinese[:45])
    table = english @ chinese[:45].T
    assert (near.nearest == table.argmax(axis=1)).all() and (back.nearest == table.argmax(axis=0)).all()
    assert np.allclose(near.cosines, -np.sort(-table, axis=1)[:, :4])
    assert np.allclose(back.cosines, -np.sort(-table, axis=0)[:4].T)


def test_few_or_no_neighbours() -> None:
    english, chinese = texts(5)
    near, back = find_neighbours(english, chinese[:0])
    assert (near.nearest == -1).all() and back.nearest.shape == (0,)
    near, _ = find_neighbours(english, chinese[:2])
    assert (near.cosines[:, 2:] == 0).all()


def test_windows_hold_the_counterparts_where_a_part_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EVERYWHERE", 1000)
    monkeypatch.setattr(neighbours, "BEYOND", 40)
    english, chinese = texts(900)
    chinese = np.concatenate([texts(300, seed=8)[0], chinese[:500], chinese[600:]])
    places = np.array([300 + i if i < 500 else 200 + i for i in range(900)])
    windows = windows_around(english, chinese, anchor_chain)
    assert windows is not None
    (low, high), _ = windows
    kept = np.array([not 500 <= i < 600 for i in range(900)])
    assert ((low <= places) & (places < high))[kept].mean() > 0.99
    assert np.median(high - low) < 200
    found = find_neighbours(english, chinese, windows)[0].nearest
    assert (found == places)[kept].mean() > 0.95


def test_a_short_text_has_no_windows() -> None:
    assert windows_around(*texts(50), anchor_chain) is None


def test_anchors_are_found_in_every_copy_of_a_passage() -> None:
    vectors = texts(200)
    english, chinese = (np.tile(one, (6, 1)) for one in vectors)
    words = [str(number) for number in range(200)] * 6
    pairs = mutual_pairs(*find_neighbours(english, chinese))
    chosen = anchor_chain(*pairs)
    first = pairs[0][chosen], pairs[1][chosen], pairs[2][chosen]
    source, target, _ = fill_gaps((words, words), (english, chinese), first, anchor_chain)
    assert len(source) > 900
    assert (source == target).all()
    assert (np.diff(source) > 0).all() and (np.diff(target) > 0).all()
