"""Cosines of another encoder on the scale of the embedded one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from aligner.arrays import FloatArray
from aligner.data import Progress
from aligner.embedding.bundled import BundledEncoder
from aligner.embedding.scale import SPREAD, UNRELATED, common_scale, on_common_scale, reference_sentences
from aligner.embedding.sentence_transformer import AveragedSpans

ENGLISH = ["The tea is hot.", "Drink it slowly.", "", "Nobody saw the ferry leave."]
CHINESE = ["茶很烫。", "慢慢喝。", "没有人看见渡船离开。"]


class Shifted:
    """The embedded encoder, its vectors squeezed into a cone as those of E5 are, another for each language."""

    name = fingerprint = "shifted"
    dimension = 514

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> AveragedSpans:
        vectors = BundledEncoder.load().embed(sentences).vectors(1)
        cone = np.zeros((len(sentences), 2), np.float32)
        cone[:, 0] = 2.0
        cone[:, 1] = [0.7 * any(character > "\u3400" for character in text) for text in sentences]
        rows = np.concatenate([vectors, cone], axis=1)
        rows[[not text for text in sentences]] = 0
        return AveragedSpans(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def unrelated(english: FloatArray, chinese: FloatArray) -> FloatArray:
    cosines: FloatArray = english @ chinese.T
    return cosines[~np.eye(len(cosines), dtype=bool)]


def test_the_constants_are_those_of_the_embedded_encoder() -> None:
    english, chinese = (BundledEncoder.load().embed(side).vectors(1) for side in reference_sentences())
    assert unrelated(english, chinese).mean() == pytest.approx(UNRELATED, abs=0.0005)
    assert unrelated(english, chinese).std() == pytest.approx(SPREAD, abs=0.0005)
    assert ((english @ chinese.T).argmax(axis=1) == np.arange(len(english))).all(), "they are translations"


def test_the_reference_sentences_come_to_the_scale() -> None:
    encoder = Shifted()
    bare = [encoder.embed(side) for side in reference_sentences()]
    assert unrelated(*(side.vectors(1) for side in bare)).mean() > 0.7
    scaled = on_common_scale(encoder, bare[0], bare[1])
    cosines = unrelated(*(side.vectors(1) for side in scaled))
    assert cosines.mean() == pytest.approx(UNRELATED, abs=0.001)
    assert cosines.std() == pytest.approx(SPREAD, abs=0.001)


def test_other_sentences_come_near_the_embedded_encoders_cosines() -> None:
    english = list(filter(None, ENGLISH))
    own = [BundledEncoder.load().embed(side).vectors(1) for side in (english, CHINESE)]
    scaled = on_common_scale(Shifted(), Shifted().embed(english), Shifted().embed(CHINESE))
    np.testing.assert_allclose(scaled[0].vectors(1) @ scaled[1].vectors(1).T, own[0] @ own[1].T, atol=0.12)


def test_a_blank_sentence_stays_without_a_word_in_it() -> None:
    english, chinese = on_common_scale(Shifted(), Shifted().embed(ENGLISH), Shifted().embed(CHINESE))
    assert not english.vectors(1)[2].any()
    assert len(english) == 4
    assert (english.vectors(1, 2, 3) @ chinese.vectors(1).T == 0).all()


def test_a_slice_is_part_of_the_whole() -> None:
    english, _ = on_common_scale(Shifted(), Shifted().embed(ENGLISH), Shifted().embed(CHINESE))
    np.testing.assert_array_equal(english.vectors(2, 1, 3), english.vectors(2)[1:3])
    assert english.vectors(5).shape == (0, 515)


def test_the_embedded_encoder_is_left_alone() -> None:
    encoder = BundledEncoder.load()
    english, chinese = encoder.embed(ENGLISH), encoder.embed(CHINESE)
    assert on_common_scale(encoder, english, chinese) == (english, chinese)


def test_an_encoder_that_knows_no_difference_gives_finite_numbers() -> None:
    class Constant(Shifted):
        def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> AveragedSpans:
            return AveragedSpans(np.ones((len(sentences), 514), np.float32) / np.float32(514**0.5))

    scale = common_scale(Constant())
    assert 0 < scale.gain < 1000
    english, chinese = scale.apply(Constant().embed(ENGLISH), Constant().embed(CHINESE))
    assert np.isfinite(english.vectors(1) @ chinese.vectors(1).T).all()
