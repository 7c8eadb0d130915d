"""A worker process under watch: a document that kills it, or takes too long, is set aside and the rest is done.

Every engine runs blocks through a ``Supervisor``, so that what becomes of a document is the same on all of them.
"""

from __future__ import annotations

import math
import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING

from aligner.corpus.blocks import Block, BlockReport, Hints
from aligner.corpus.documents import CRASH, OUT_OF_MEMORY, TIME_OUT, Problem
from aligner.corpus.worker import OUT_OF_MEMORY_STATUS, STORING, Job, serve
from aligner.errors import AlignerError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

TICK = 0.2  # seconds between looks at the clock
TRIES = 3  # at a block whose worker dies with no document at work: then it is the machine that is not sound
_STARTING = Lock()


class StoppedError(Exception):
    """The run ends before the block is done."""


@dataclass(frozen=True)
class Death:
    """How a worker ended, and the place of the document that it was at; None for before and after."""

    place: int | None
    problem: Problem


class Supervisor:
    """Starts a worker process, gives it blocks, and starts another when it dies. ``stopped`` ends it from outside."""

    def __init__(self, job: Job, stopped: Event) -> None:
        self._job = job
        self._stopped = stopped
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def run(self, block: Block) -> BlockReport:
        """Do one block, whatever its documents do.

        When the worker dies, a fresh one tries the document that it was at before the others: what happens twice is
        the document's own doing, and it is set aside. Raises StoppedError, and AlignerError where no block can be done.
        """
        set_aside: dict[int, Problem] = {}
        suspect: int | None = None
        unexplained = 0
        while True:
            end = self._attempt(block, Hints(set_aside, suspect))
            if isinstance(end, BlockReport):
                return end
            if end.place is None:
                unexplained += 1
                if unexplained == TRIES:
                    advice = "Try fewer --workers, or a larger --worker-memory."
                    raise AlignerError(f"Workers end before they have done anything: {end.problem.detail} {advice}")
            elif end.place == suspect:
                set_aside[suspect] = end.problem
                suspect = None
            else:
                suspect = end.place

    def close(self) -> None:
        """End the worker."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None

    def _attempt(self, block: Block, hints: Hints) -> BlockReport | Death:
        process, connection = self._worker()
        place, deadline = None, math.inf
        try:
            connection.send((block, hints))
            while True:
                wait([connection, process.sentinel], TICK)
                if self._stopped.is_set():
                    self.close()
                    raise StoppedError
                if connection.poll():
                    message = connection.recv()
                    if isinstance(message, BlockReport):
                        return message
                    if isinstance(message, AlignerError):
                        raise message
                    place = None if message == STORING else message
                    deadline = math.inf if place is None else monotonic() + self._job.seconds
                elif monotonic() > deadline:
                    self.close()
                    return Death(place, Problem(TIME_OUT, f"took longer than {self._job.seconds:g} seconds."))
                elif not process.is_alive():
                    break
        except (EOFError, OSError):  # the connection broke off
            process.join()
        status = process.exitcode or 0
        self.close()
        return Death(place, _problem(status))

    def _worker(self) -> tuple[SpawnProcess, Connection]:
        if self._process is None or self._connection is None:
            context = multiprocessing.get_context("spawn")
            self._connection, other = context.Pipe()
            self._process = context.Process(target=serve, args=(other,), daemon=True)
            with _STARTING:
                self._process.start()
            other.close()
            self._connection.send(self._job)
        return self._process, self._connection


def _problem(status: int) -> Problem:
    if status == OUT_OF_MEMORY_STATUS:
        return Problem(OUT_OF_MEMORY, "needs more memory than a worker may take.")
    if status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else -status
        return Problem(CRASH, f"the worker process was ended by the signal {name}.")
    return Problem(CRASH, f"the worker process ended with the status {status}.")
