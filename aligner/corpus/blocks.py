"""Blocks: runs of documents that are aligned by one worker in one go, the unit of what is stored and done again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aligner.corpus.documents import Entry, Problem

# Documents in a block, of few and of many thousands: seconds to half a minute of work, which is what a worker that is
# killed loses, and how long others may wait for it at the end.
FEWEST, MOST = 8, 64
BLOCKS = 512  # there should be, so that many workers end at the same time
BYTES = 4 << 20  # in a block of several documents


@dataclass(frozen=True)
class Block:
    """Consecutive documents of the plan; ``number`` counts the blocks from 0."""

    number: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Hints:
    """What earlier tries at a block taught: documents not to touch again, by place, and the one to try first."""

    set_aside: Mapping[int, Problem] = field(default_factory=dict)
    first: int | None = None


@dataclass(frozen=True)
class BlockReport:
    """That a block is done, and how many documents it had."""

    number: int
    documents: int


def division() -> list[int]:
    """What decides, with the number of documents, which of them are in a block."""
    return [FEWEST, MOST, BLOCKS, BYTES]


def blocks_of(entries: Iterable[Entry], count: int, first: int = 0) -> Iterator[Block]:
    """Divide ``count`` documents into blocks, numbered from ``first``: the same ones always give the same blocks."""
    most = max(FEWEST, min(MOST, count // BLOCKS))
    gathered: list[Entry] = []
    number = first
    size = 0
    for entry in entries:
        if gathered and (len(gathered) == most or size + entry.size > BYTES):
            yield Block(number, tuple(gathered))
            number, size, gathered = number + 1, 0, []
        gathered.append(entry)
        size += entry.size
    if gathered:
        yield Block(number, tuple(gathered))
