"""Dividing documents into blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.corpus.blocks import BYTES, FEWEST, MOST, blocks_of
from aligner.corpus.documents import Entry, Part


@given(st.lists(st.integers(0, 2 * BYTES), max_size=300), st.integers(0, 9))
def test_blocks_hold_all_documents_in_order_and_stay_small(sizes: list[int], first: int) -> None:
    entries = [Entry(str(number), (Part("x", size=size),)) for number, size in enumerate(sizes)]
    blocks = list(blocks_of(iter(entries), len(entries), first))
    assert [entry for block in blocks for entry in block.entries] == entries
    assert [block.number for block in blocks] == list(range(first, first + len(blocks)))
    for block in blocks:
        assert 1 <= len(block.entries) <= FEWEST
        assert len(block.entries) == 1 or sum(entry.size for entry in block.entries) <= BYTES


@pytest.mark.parametrize(("count", "size"), [(100, FEWEST), (20_480, 40), (10_000_000, MOST)])
def test_of_more_documents_blocks_are_larger(count: int, size: int) -> None:
    entries = (Entry(str(number), (Part("x"),)) for number in range(1000))
    assert len(next(blocks_of(entries, count)).entries) == size
