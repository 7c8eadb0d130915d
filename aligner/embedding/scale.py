"""One scale for the cosines of all encoders, so that the scorer's weights fit whichever is used.

Of one encoder unrelated sentences have cosines near 0, of another near 0.8, and near 0.9 when they are spans of several
sentences. What all vectors of a language have in common makes most of that, so it is taken away first. What is left is
then brought to the mean and the spread that unrelated sentences have with the embedded encoder, for which the shipped
weights were fitted. All this is measured on sentences and their translations that come with aligner, not on the text at
hand, which may be short, or mostly noise.

The shipped weights, with a 4-bit multilingual-e5-small: strict F1 0.895 on MAC-Dev, against 0.847 on its bare cosines
and 0.872 at best when these are only stretched and moved (2026-11-22).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from aligner.arrays import FloatArray, SpanVectors
from aligner.embedding.base import Encoder, of_unit_length

# Of the embedded encoder on the reference sentences: mean and standard deviation of the cosines of unrelated ones.
UNRELATED, SPREAD = 0.064, 0.087
LEAST_SPREAD = 1e-3  # an encoder for which all sentences are one would be stretched without end


class CenteredSpans:
    """Spans without what their language's vectors have in common, of unit length again; blank ones stay zero."""

    def __init__(self, spans: SpanVectors, reference: SpanVectors) -> None:
        self._spans = spans
        self._common = lru_cache(maxsize=None)(lambda length: reference.vectors(length).mean(axis=0))

    def __len__(self) -> int:
        return len(self._spans)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``."""
        vectors = self._spans.vectors(length, start, stop)
        filled = vectors.any(axis=1, keepdims=True)
        rest = np.where(filled, vectors - self._common(length), np.float32(0))
        return of_unit_length(rest)


@dataclass(frozen=True)
class StretchedSpans:
    """Spans such that the dot product of one text's and the other's is their cosine times a factor, plus a constant.

    Each vector is stretched, and one more number in it brings the constant; blank ones stay zero.
    """

    spans: SpanVectors
    stretch: float
    extra: float

    def __len__(self) -> int:
        return len(self.spans)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``; one dimension more, and not of unit length."""
        vectors = self.spans.vectors(length, start, stop)
        extra = np.where(vectors.any(axis=1, keepdims=True), np.float32(self.extra), np.float32(0))
        return np.concatenate([vectors * np.float32(self.stretch), extra], axis=1)


@dataclass(frozen=True)
class CommonScale:
    """What brings the vectors of an encoder to the common scale: its reference spans, and ``gain * cosine + shift``."""

    english: SpanVectors
    chinese: SpanVectors
    gain: float
    shift: float

    def apply(self, english: SpanVectors, chinese: SpanVectors) -> tuple[SpanVectors, SpanVectors]:
        """The spans of two texts such that dot products between them are cosines on the common scale."""
        stretch, extra = self.gain**0.5, abs(self.shift) ** 0.5
        return (
            StretchedSpans(CenteredSpans(english, self.english), stretch, extra),
            StretchedSpans(CenteredSpans(chinese, self.chinese), stretch, extra if self.shift > 0 else -extra),
        )


def on_common_scale(encoder: Encoder, english: SpanVectors, chinese: SpanVectors) -> tuple[SpanVectors, SpanVectors]:
    """The spans of two texts as the scorer wants them: those of the embedded encoder as they are, others rescaled."""
    from aligner.embedding import BUNDLED

    return (english, chinese) if encoder.name == BUNDLED else common_scale(encoder).apply(english, chinese)


@lru_cache(maxsize=2)
def common_scale(encoder: Encoder) -> CommonScale:
    """Measure an encoder on the reference sentences."""
    english, chinese = (encoder.embed(sentences) for sentences in reference_sentences())
    left, right = CenteredSpans(english, english).vectors(1), CenteredSpans(chinese, chinese).vectors(1)
    unrelated = (left @ right.T)[~np.eye(len(left), dtype=bool)]
    gain = SPREAD / max(float(unrelated.std()), LEAST_SPREAD)
    return CommonScale(english, chinese, gain, UNRELATED - gain * float(unrelated.mean()))


def reference_sentences() -> tuple[list[str], list[str]]:
    """English sentences and their Chinese translations, in the same order."""
    content = json.loads(resources.files("aligner.embedding").joinpath("reference.json").read_text("utf-8"))
    return content["en"], content["zh"]
