"""The one seam where implementations differ: an encoder turns sentences into unit vectors of spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aligner.arrays import SpanVectors
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
