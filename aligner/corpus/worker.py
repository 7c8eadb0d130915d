"""The process that aligns: it takes block after block, with the encoder loaded once, and stores what comes out."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from aligner.corpus.settings import CorpusSettings

OUT_OF_MEMORY_STATUS = 77
STORING = -1  # told in place of a document's number
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """What every worker of a run needs to know, wherever it runs.

    ``folder`` takes the shards. A document may take ``seconds``, and a worker ``memory`` bytes.
    """

    folder: str
    settings: CorpusSettings
    seconds: float
    memory: int


def serve(connection: Connection) -> None:
    """Receive a Job, then blocks with hints, until the other end is closed.

    For each block the place of each document is sent as its turn comes, then STORING, then the BlockReport; or else the
    AlignerError that ends the run. This function loads no library before it has set how many threads they may use.
    """
    for name in _THREADS:
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the run's own ends this
    Thread(target=_end_with_the_run, daemon=True).start()
    job: Job = connection.recv()
    _limit_memory(job.memory)
    from aligner.errors import AlignerError

    try:
        _work(connection, job)
    except EOFError:
        return
    except AlignerError as error:
        connection.send(error)
    except ImportError as error:
        connection.send(AlignerError(f"A library is missing: {error}. Install aligner again."))
    except MemoryError:
        os._exit(OUT_OF_MEMORY_STATUS)


def _work(connection: Connection, job: Job) -> None:
    from aligner.corpus.processing import process_block
    from aligner.corpus.shards import write_shards
    from aligner.embedding import load_encoder

    aligning = job.settings.for_pipeline(load_encoder(job.settings.model))
    while True:
        block, hints = connection.recv()
        rows = process_block(block, job.settings, aligning, hints, connection.send)
        connection.send(STORING)
        write_shards(job.folder, block.number, rows)
        connection.send(rows.report(block.number))


def _end_with_the_run() -> None:
    """End when the process that started this one does, however it ended: nobody would take the results."""
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _limit_memory(size: int) -> None:
    """Have the system refuse more memory, where it can: a MemoryError here, rather than a machine that stands still."""
    try:
        import resource
    except ImportError:  # Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
