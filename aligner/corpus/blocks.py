"""Blocks: runs of documents that are aligned by one worker in one go, the unit of what is stored and done again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aligner.corpus.documents import Entry, Problem

DOCUMENTS = 64  # some ten seconds of work: what a killed run loses, and a worker may wait for another at the end
BYTES = 4 << 20  # or fewer of long ones


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
    """What came of a block: how many documents had each outcome, and how many pairs were kept."""

    number: int
    documents: int
    pairs: int
    outcomes: dict[str, int] = field(default_factory=dict)


def division() -> list[int]:
    """What decides which documents are in a block."""
    return [DOCUMENTS, BYTES]


def blocks_of(entries: Iterable[Entry], first: int = 0) -> Iterator[Block]:
    """Divide documents into blocks, numbered from ``first``: the same documents always give the same blocks."""
    gathered: list[Entry] = []
    number = first
    size = 0
    for entry in entries:
        if gathered and (len(gathered) == DOCUMENTS or size + entry.size > BYTES):
            yield Block(number, tuple(gathered))
            number, size, gathered = number + 1, 0, []
        gathered.append(entry)
        size += entry.size
    if gathered:
        yield Block(number, tuple(gathered))
