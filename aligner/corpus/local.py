"""The engine of one machine: worker processes, each with one thread for numpy, and a few blocks waiting for them."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from threading import Event

from aligner.corpus.blocks import Block, BlockReport
from aligner.corpus.isolation import Supervisor
from aligner.corpus.worker import Job

WAITING = 2  # blocks read ahead, so that no worker waits for the plan


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_local(blocks: Iterable[Block], job: Job, workers: int) -> Generator[BlockReport, None, None]:
    """Do the blocks in worker processes; reports come in the order in which blocks are done.

    Memory here: the documents of ``workers + 2`` blocks. When the caller stops taking reports, the workers are ended.
    """
    stopped = Event()
    idle: SimpleQueue[Supervisor] = SimpleQueue()
    supervisors = [Supervisor(job, stopped) for _ in range(workers)]
    for supervisor in supervisors:
        idle.put(supervisor)

    def do(block: Block) -> BlockReport:
        supervisor = idle.get()
        try:
            return supervisor.run(block)
        finally:
            idle.put(supervisor)

    with ThreadPoolExecutor(workers) as pool:
        pending: set[Future[BlockReport]] = set()
        try:
            for block in blocks:
                pending.add(pool.submit(do, block))
                if len(pending) >= workers + WAITING:
                    pending = yield from _some_done(pending)
            while pending:
                pending = yield from _some_done(pending)
        finally:
            stopped.set()
            pool.shutdown(cancel_futures=True)
            for supervisor in supervisors:
                supervisor.close()


def _some_done(
    pending: set[Future[BlockReport]],
) -> Generator[BlockReport, None, set[Future[BlockReport]]]:
    done, rest = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        yield future.result()
    return rest
