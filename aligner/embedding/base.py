"""The one seam where implementations differ: an encoder turns sentences into unit vectors of spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from aligner.arrays import FloatArray, SpanVectors
from aligner.data import Progress


class Encoder(Protocol):
    """Anything that embeds English and Chinese sentences in one space.

    ``fingerprint`` tells the model from all others, by whatever name it was loaded: trained weights are bound to it.
    """

    name: str
    fingerprint: str
    dimension: int

    def __hash__(self) -> int:
        """Encoders are told apart by identity."""
        ...

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> SpanVectors:
        """Embed the sentences of one text, in order; an empty list and empty strings are allowed."""
        ...


def encodable(text: str) -> str:
    """The text without lone surrogates, which the UTF-8 of tokenizers can't hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def of_unit_length(vectors: FloatArray) -> FloatArray:
    """Rows of length one, shape (n, dimension); a row of zeros stays as it is."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit
