"""Span vectors computed once, in chunks, the latest of them kept: blocks of beads overlap and move on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from aligner.arrays import FloatArray, SpanVectors

SPANS_PER_CHUNK = 256
CHUNKS_KEPT = 96  # about 50 MB with 512 dimensions


class SpanCache:
    """``SpanVectors`` that remember what was asked for last."""

    def __init__(self, spans: SpanVectors) -> None:
        self._spans = spans
        self._chunk = lru_cache(maxsize=CHUNKS_KEPT)(self._compute)

    def __len__(self) -> int:
        return len(self._spans)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``."""
        stop = max(0, len(self) - length + 1) if stop is None else stop
        if stop <= start:
            return self._spans.vectors(length, start, start)
        first, last = start // SPANS_PER_CHUNK, (stop - 1) // SPANS_PER_CHUNK
        parts = [self._chunk(length, number) for number in range(first, last + 1)]
        parts[-1] = parts[-1][: stop - last * SPANS_PER_CHUNK]
        parts[0] = parts[0][start - first * SPANS_PER_CHUNK :]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _compute(self, length: int, number: int) -> FloatArray:
        start = number * SPANS_PER_CHUNK
        stop = min(start + SPANS_PER_CHUNK, len(self) - length + 1)
        return self._spans.vectors(length, start, stop)
