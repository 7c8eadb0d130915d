from __future__ import annotations

import numpy as np
import pytest

from aligner.scoring import span_cache
from aligner.scoring.span_cache import SpanCache


class Numbered:
    """Spans whose vectors are (start, length)."""

    def __len__(self) -> int:
        return 10

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> np.ndarray:
        stop = max(0, 10 - length + 1) if stop is None else stop
        return np.array([[row, length] for row in range(start, stop)], np.float32).reshape(-1, 2)


@pytest.mark.parametrize("length", [1, 2, 7, 10, 11])
def test_slices_equal_those_of_the_spans(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(span_cache, "SPANS_PER_CHUNK", 4)
    cache, plain = SpanCache(Numbered()), Numbered()
    count = max(0, 10 - length + 1)
    for start in range(count + 1):
        for stop in range(start, count + 1):
            assert np.array_equal(cache.vectors(length, start, stop), plain.vectors(length, start, stop))
    assert np.array_equal(cache.vectors(length), plain.vectors(length))


def test_single_spans_equal_those_of_the_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(span_cache, "SPANS_PER_CHUNK", 3)
    monkeypatch.setattr(span_cache, "CHUNKS_KEPT", 2)
    cache, plain = SpanCache(Numbered()), Numbered()
    for starts in ([], [0], [8], [1, 2, 7], list(range(9)), [0, 8]):
        assert np.array_equal(cache.at(2, np.array(starts, np.int64)), plain.vectors(2)[starts])
    assert len(cache._chunks) <= 2
