"""A corpus run from its input to the finished corpus, top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from aligner.corpus import shards, store
from aligner.corpus.blocks import Block, BlockReport, blocks_of
from aligner.corpus.deduplication import Share
from aligner.corpus.extras import check_formats, write_extras
from aligner.corpus.finishing import finish
from aligner.corpus.inputs import Columns, list_entries
from aligner.corpus.manifest import Totals, read_totals
from aligner.corpus.pairing import match_documents
from aligner.corpus.plan import plan_length, read_plan
from aligner.corpus.settings import CorpusSettings
from aligner.corpus.worker import Job
from aligner.corpus.workplace import Workplace, begin, check_apart, check_claim, locked, tidy
from aligner.data import Progress

SECONDS = 600.0  # for one document; a book takes 60
MEMORY = 4 << 30  # bytes for one worker; the longest text that is aligned takes half of it

Engine = Callable[[Iterable[Block], Job], Generator[BlockReport, None, None]]
"""Does every block once, in any order, and yields the report of each when its shards are stored."""


@dataclass(frozen=True)
class Request:
    """A run as it is asked for; ``fresh`` does away with what an earlier run left in the folder.

    ``formats`` are those that the pairs are written in besides Parquet.
    """

    inputs: Sequence[str]
    folder: str
    settings: CorpusSettings
    columns: Columns = field(default_factory=Columns)
    fresh: bool = False
    seconds: float = SECONDS
    memory: int = MEMORY
    formats: Sequence[str] = ()


def build_corpus(request: Request, engine: Engine, progress: Progress | None = None, *, share: Share = map) -> Totals:
    """Align all documents, or the rest of them where an earlier run was interrupted, and write the finished corpus.

    ``share`` does the search for duplicates.

    Raises UsageError where the folder belongs to another run or the input changed, InputError for an input that is not
    there, OutputError where the folder can't be written, and ModelError. What is wrong with single documents is in the
    table of documents.
    """
    check_formats(request.formats)
    place = Workplace(request.folder.rstrip("/"))
    check_apart(place, request.inputs)
    described = request.settings.described()
    entries = list_entries(request.inputs, request.columns)  # before anything is written
    with locked(place):
        state = begin(place, entries, described, fresh=request.fresh)
        if not place.finished:
            job = Job(place.work(state["key"]), request.settings, request.seconds, request.memory)
            _build(state, _Run(place, job, engine, progress), share)
        tidy(place, state["key"])
        write_extras(place, request.formats)
        return read_totals(place)


def _build(state: dict[str, Any], run: _Run, share: Share) -> None:
    place, folder = run.place, run.job.folder
    count = run.align("aligning documents", place.plan, state["input"]["documents"])
    if not store.file_info(place.matched):
        match_documents(folder, place)
    run.align("aligning matched documents", place.matched, plan_length(place.matched), count)
    finish(place, state, run.job, count, share, progress=run.progress)


@dataclass(frozen=True)
class _Run:
    place: Workplace
    job: Job
    engine: Engine
    progress: Progress | None

    def align(self, stage: str, plan: str, documents: int, first: int = 0) -> int:
        """Do the blocks of a plan that are not done, numbered from ``first``; returns the number after the last."""
        done = shards.finished(self.job.folder)
        following, aligned = first, 0

        def missing() -> Iterator[Block]:
            nonlocal following, aligned
            for block in blocks_of(read_plan(plan), documents, first):
                following = block.number + 1
                if block.number in done:
                    aligned += len(block.entries)
                else:
                    yield block

        with closing(self.engine(missing(), self.job)) as reports:
            for report in reports:
                check_claim(self.place)
                aligned += report.documents
                if self.progress:
                    self.progress(stage, aligned, documents)
        return following
