"""A corpus run from its input to the finished corpus, top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from aligner.corpus import shards
from aligner.corpus.blocks import Block, BlockReport, blocks_of
from aligner.corpus.finishing import Totals, finish, finished_totals
from aligner.corpus.inputs import Columns, list_entries
from aligner.corpus.plan import read_plan
from aligner.corpus.settings import CorpusSettings
from aligner.corpus.worker import Job
from aligner.corpus.workplace import Workplace, begin, locked
from aligner.data import Progress

SECONDS = 600.0  # for one document; a book takes 60
MEMORY = 4 << 30  # bytes for one worker; the longest text that is aligned takes half of it

Engine = Callable[[Iterable[Block], Job], Generator[BlockReport, None, None]]
"""Does every block once, in any order, and yields the report of each when its shards are stored."""


@dataclass(frozen=True)
class Request:
    """A run as it is asked for: ``fresh`` does away with what an earlier run left in the folder."""

    inputs: Sequence[str]
    folder: str
    settings: CorpusSettings
    columns: Columns = field(default_factory=Columns)
    fresh: bool = False
    seconds: float = SECONDS
    memory: int = MEMORY


def build_corpus(request: Request, engine: Engine, progress: Progress | None = None) -> Totals:
    """Align all documents, or the rest of them where an earlier run was interrupted, and write the finished corpus.

    Raises UsageError where the folder belongs to another run or the input changed, InputError for an input that is not
    there, OutputError where the folder can't be written, and ModelError. What is wrong with single documents is in the
    table of documents.
    """
    place = Workplace(request.folder.rstrip("/"))
    with locked(place):
        entries = list_entries(request.inputs, request.columns)
        state = begin(place, entries, request.settings.described(), fresh=request.fresh)
        if place.finished:
            return finished_totals(place)
        job = Job(place.work(state["key"]), request.settings, request.seconds, request.memory)
        count = _align(place, state["documents"], job, engine, progress)
        return finish(place, state, job.folder, count)


def _align(place: Workplace, documents: int, job: Job, engine: Engine, progress: Progress | None) -> int:
    """Do the blocks that are not done; returns how many there are in all."""
    done = shards.finished(job.folder)
    count = aligned = 0

    def missing() -> Iterator[Block]:
        nonlocal count, aligned
        for block in blocks_of(read_plan(place.plan)):
            count += 1
            if block.number in done:
                aligned += len(block.entries)
            else:
                yield block

    with closing(engine(missing(), job)) as reports:
        for report in reports:
            aligned += report.documents
            if progress:
                progress("aligning", aligned, documents)
    return count
