"""Neighbours in windows and in gaps, on vectors whose counterparts are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.scoring import neighbours
from aligner.scoring.neighbours import Copies, find_neighbours, mutual_pairs, pairs_of_copies, windows_around
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


def anchors(english: list[str], chinese: list[str]) -> list[tuple[int, int]]:
    """The chain for texts of numbers, of which the same ones belong together."""
    vectors = texts(1 + max(map(int, english + chinese)))
    copies = Copies.among(english), Copies.among(chinese)
    numbers = (
        [int(text[place]) for place in side.first] for text, side in zip((english, chinese), copies, strict=True)
    )
    near = find_neighbours(*(unit[some] for unit, some in zip(vectors, numbers, strict=True)))
    pairs = mutual_pairs(*near)
    source, target, which, ways = pairs_of_copies(pairs, *copies)
    chosen = anchor_chain(source, target, pairs[2][which] / ways)
    assert all(english[i] == chinese[j] for i, j in zip(source, target, strict=True))
    return list(zip(source[chosen].tolist(), target[chosen].tolist(), strict=True))


def test_anchors_are_found_in_every_copy_of_a_passage() -> None:
    words = [str(number) for number in range(200)] * 6
    assert anchors(words, words) == [(i, i) for i in range(1200)]


def test_anchors_where_a_copy_of_a_passage_is_missing() -> None:
    passage, other = [str(number) for number in range(50)], [str(number) for number in range(50, 60)]
    english = [*passage * 4, *other, *passage * 3]
    chinese = [*passage * 4, *other, *passage * 2]
    for one, two in ((english, chinese), (chinese, english)):
        found = anchors(one, two)
        assert len(found) == 310
        assert found[:210] == [(i, i) for i in range(210)]


def test_a_sentence_that_returns_is_an_anchor_where_its_surroundings_are() -> None:
    english = ["0", "1", "7", "2", "3", "7", "4", "5", "6"]
    chinese = ["0", "1", "2", "3", "7", "4", "5", "7", "6"]
    found = anchors(english, chinese)
    assert (5, 4) in found and len(found) == 8
    assert anchors(["7"] * 5, ["7"] * 5) == [(i, i) for i in range(5)]


def test_a_sentence_that_one_text_repeats_without_end_is_no_anchor() -> None:
    assert anchors(["0", "1", "2"], ["0", *["1"] * 99, "2"]) == [(0, 0), (2, 100)]


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_pairs_of_copies_rise_and_none_is_there_twice(english: list[str], chinese: list[str]) -> None:
    copies = Copies.among(english), Copies.among(chinese)
    first = [[text[place] for place in side.first] for text, side in zip((english, chinese), copies, strict=True)]
    both = [(first[0].index(word), first[1].index(word)) for word in first[0] if word in first[1]]
    numbers = np.array(both, np.int64).reshape(-1, 2)
    source, target, which, ways = pairs_of_copies((numbers[:, 0], numbers[:, 1], np.ones(len(both))), *copies)
    pairs = list(zip(source.tolist(), target.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs) == len(ways)
    assert all(english[i] == chinese[j] == first[0][both[n][0]] for (i, j), n in zip(pairs, which, strict=True))
    once = {
        (english.index(word), chinese.index(word)) for word in "abcd" if english.count(word) == 1 == chinese.count(word)
    }
    assert {pair for pair, one in zip(pairs, ways, strict=True) if one == 1} == once
    assert [text[place] for text, side in zip((english, chinese), copies, strict=True) for place in side.first] == [
        *dict.fromkeys(english),
        *dict.fromkeys(chinese),
    ]
