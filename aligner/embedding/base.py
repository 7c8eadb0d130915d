"""The one seam where implementations differ: an encoder turns sentences into unit vectors of spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aligner.data import Progress

FloatArray = NDArray[np.float32]


class SpanVectors(Protocol):
    """The embedded sentences of one text, from which the vector of any run of neighbours can be had."""

    def __len__(self) -> int:
        """The number of sentences."""
        ...

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """Unit vectors of the spans of ``length`` consecutive sentences that begin at ``start`` to ``stop - 1``.

        Row k belongs to the sentences ``start + k`` to ``start + k + length - 1``. ``stop`` is by default the number of
        spans of that length, ``max(0, len(self) - length + 1)``. Shape: (stop - start, dimension), float32.
        """
        ...


class Encoder(Protocol):
    """Anything that embeds English and Chinese sentences in one space."""

    name: str
    dimension: int

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> SpanVectors:
        """Embed the sentences of one text, in order; an empty list and empty strings are allowed."""
        ...
