"""The one seam where implementations differ: an encoder turns sentences into unit vectors of spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aligner.arrays import SpanVectors
from aligner.data import Progress


class Encoder(Protocol):
    """Anything that embeds English and Chinese sentences in one space."""

    name: str
    dimension: int

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> SpanVectors:
        """Embed the sentences of one text, in order; an empty list and empty strings are allowed."""
        ...
