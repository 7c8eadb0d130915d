"""Span vectors computed once, in chunks, the latest of them kept: blocks of beads overlap and move on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from threading import Lock

import numpy as np

from aligner.arrays import FloatArray, IntArray, SpanVectors, distinct

SPANS_PER_CHUNK = 32  # long spans are wanted here and there only
CHUNKS_KEPT = 768  # about 50 MB with 512 dimensions

_Key = tuple[int, int]
"""Length of the spans, and the number of the chunk."""


class SpanCache:
    """``SpanVectors`` that remember what was asked for last; several threads may ask. ``spans`` don't remember."""

    def __init__(self, spans: SpanVectors) -> None:
        self.spans = spans
        self._chunks: dict[_Key, FloatArray] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.spans)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``."""
        stop = max(0, len(self) - length + 1) if stop is None else stop
        if stop <= start:
            return self.spans.vectors(length, start, start)
        first, last = start // SPANS_PER_CHUNK, (stop - 1) // SPANS_PER_CHUNK
        parts = self._kept(length, range(first, last + 1))
        parts[-1] = parts[-1][: stop - last * SPANS_PER_CHUNK]
        parts[0] = parts[0][start - first * SPANS_PER_CHUNK :]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def at(self, length: int, starts: IntArray) -> FloatArray:
        """Vectors of the spans that begin at these sentences, which rise, shape (len(starts), dimension)."""
        if not len(starts):
            return self.spans.vectors(length, 0, 0)
        chunks = starts // SPANS_PER_CHUNK
        numbers = distinct(chunks)
        places = np.searchsorted(numbers, chunks) * SPANS_PER_CHUNK + starts % SPANS_PER_CHUNK
        result: FloatArray = np.concatenate(self._kept(length, numbers.tolist()))[places]
        return result

    def _kept(self, length: int, numbers: Sequence[int]) -> list[FloatArray]:
        """Chunks, which rise; those that are missing are computed, as many together as follow each other."""
        with self._lock:
            known = {key: self._chunks[key] for key in ((length, number) for number in numbers) if key in self._chunks}
        missing = [number for number in numbers if (length, number) not in known]
        for _, run in groupby(enumerate(missing), lambda entry: entry[1] - entry[0]):
            known |= self._computed(length, [number for _, number in run])
        return [known[length, number] for number in numbers]

    def _computed(self, length: int, numbers: Sequence[int]) -> dict[_Key, FloatArray]:
        start = numbers[0] * SPANS_PER_CHUNK
        stop = min(start + len(numbers) * SPANS_PER_CHUNK, len(self) - length + 1)
        vectors = self.spans.vectors(length, start, stop)
        parts = np.split(vectors, range(SPANS_PER_CHUNK, len(vectors), SPANS_PER_CHUNK))
        chunks = dict(zip([(length, number) for number in numbers], parts, strict=True))
        with self._lock:
            self._chunks |= chunks
            while len(self._chunks) > CHUNKS_KEPT:
                del self._chunks[next(iter(self._chunks))]
        return chunks
