"""Rough scores against the full ones: what is counted in both must be counted alike."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from aligner import scoring, search
from aligner.arrays import Beads
from aligner.data import Sentence
from aligner.embedding import load_encoder
from aligner.pipeline import Settings, prepare_pair
from aligner.scoring import rough
from aligner.scoring.features import FEATURE_NAMES

pytestmark = pytest.mark.usefixtures("_each_way")
UNDER_TEST = rough

ENGLISH = [
    "He came.",
    "“Where were you?”",
    "“Out.",
    "And you?” she said.",
    "It rained all day long.",
    "Nobody answered.",
] * 3
CHINESE = ["他来了。", "“你去哪儿了？”", "“出去了，”她说。", "下了一整天的雨。没有人回答。"] * 3
COUNTED = [
    *("1-1", "2-1", "2-2", "larger", "sentences beyond 1-1", "length", "length squared", "length by root"),
    *("length by size", "too little Chinese", "opening quote mismatch", "closing quote mismatch", "end mark mismatch"),
    *("quotation open in one", "quotation begins in one", "paragraph ends in one", "1-0", "null length"),
]


@pytest.fixture(scope="module")
def pair() -> scoring.TextPair:
    sides = [
        [Sentence(text, number, number, paragraph=number // 4) for number, text in enumerate(texts, 1)]
        for texts in (ENGLISH, CHINESE)
    ]
    return prepare_pair(sides[0], sides[1], load_encoder(None), Settings())[0]


def compare(pair: scoring.TextPair, weights: np.ndarray) -> tuple[Beads, np.ndarray, np.ndarray]:
    """All beads with their rough and their full scores."""
    scorer = scoring.linear_scorer(weights)
    rows, columns = len(ENGLISH) + 1, len(CHINESE) + 1
    beads = search.make_band(np.zeros(rows, np.int64), np.full(rows, columns - 1)).all_beads()
    kinds = [search.BEAD_TYPES.index(kind) for kind in zip(beads.sources.tolist(), beads.targets.tolist(), strict=True)]
    table = scoring.Roughly(pair, search.BEAD_TYPES, scorer)((0, 0), (0, rows, 0, columns))
    return beads, table[kinds, beads.rows, beads.columns], scoring.score_beads(pair, beads, search.BEAD_TYPES, scorer)


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_counted_is_counted_as_in_the_full_score(
    name: str, pair: scoring.TextPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rough, "REST", {})
    _, found, full = compare(pair, np.array([other == name for other in FEATURE_NAMES], np.float32))
    assert full.any()
    np.testing.assert_allclose(found, full, atol=1e-4)


@pytest.mark.parametrize("name", ["cosine", "cosine squared", "cosine by size", "margin", "margin by size"])
def test_cosines_are_near(name: str, pair: scoring.TextPair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rough, "REST", {})
    beads, found, full = compare(pair, np.array([other == name for other in FEATURE_NAMES], np.float32))
    size = beads.sources + beads.targets
    np.testing.assert_allclose(found[size == 2], full[size == 2], atol=1e-4)
    assert np.corrcoef(found[size == 3], full[size == 3])[0, 1] > 0.7


def test_a_part_of_the_table_is_that_of_the_whole(pair: scoring.TextPair) -> None:
    table = scoring.Roughly(pair, search.BEAD_TYPES, scoring.load_weights().scorer)
    whole, part = table((0, 0), (0, 19, 0, 13)), partial(table, (2, 1))((7, 12, 6, 11))
    np.testing.assert_allclose(part, whole[:, 9:14, 7:12], rtol=1e-4, atol=1e-4)


def test_the_guess_names_features() -> None:
    assert set(rough.REST) <= set(FEATURE_NAMES)
