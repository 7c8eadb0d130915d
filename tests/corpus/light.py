"""Workers that do not align, for tests of what becomes of blocks; little is imported, as each worker does so anew."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any, ClassVar

from aligner.corpus import processing, store
from aligner.corpus.documents import Entry, Problem
from aligner.corpus.filters import Filters
from aligner.corpus.settings import CorpusSettings
from aligner.data import Alignment, Bead, Pair


class LightProcessing:
    """Stands for aligning in a worker: a document's first line is its English and the rest its Chinese.

    The text ``crash``, ``hang`` or ``memory`` does that to the worker.
    """

    actions: ClassVar[dict[str, Callable[[], object]]] = {
        "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "hang": lambda: time.sleep(60),
        "memory": lambda: bytearray(64 << 30),
    }

    def __call__(self, entry: Entry, settings: CorpusSettings, aligning: Any) -> processing.Rows:
        text = store.read_bytes(entry.parts[0].path).decode("utf-8", "replace")
        self.actions.get(text, lambda: time.sleep(0.02))()
        en, _, zh = text.partition("\n")
        beads = (Bead((0,), (0,), 1.0),)
        alignment = Alignment((), (), beads, (Pair(en, zh, 1.0, beads[0]),), ())
        return processing._rows(entry, alignment, Problem("aligned", ""), Filters(None, None, None, False, False, None))


def serve_lightly(connection: Any) -> None:
    """A worker that loads no encoder."""
    from aligner import embedding
    from aligner.corpus import worker

    processing.process_entry = LightProcessing()
    embedding.load_encoder = lambda model: None  # type: ignore[assignment,return-value]
    worker.serve(connection)
