"""``.align``: the bead list that vecalign and bertalign read and write, ``[0, 1]:[0]`` a line."""

from __future__ import annotations

from typing import BinaryIO

from aligner.data import Alignment
from aligner.exporting.settings import ExportSettings, Written


def write_align(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write every bead in order, nulls included: source sentences, a colon, target sentences, counted from 0."""
    del settings
    for bead in alignment.beads:
        source, target = [int(i) for i in bead.source], [int(i) for i in bead.target]
        stream.write(f"{source}:{target}\n".encode())
    return Written(len(alignment.beads))
