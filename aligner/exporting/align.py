"""``.align``: the bead list that vecalign and bertalign read and write, ``[0, 1]:[0]`` a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from aligner.data import Alignment, Unit
from aligner.errors import UsageError
from aligner.exporting.settings import ExportSettings, Written


def write_align(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write every bead in order, nulls included: source sentences, a colon, target sentences, counted from 0."""
    del settings
    for bead in alignment.beads:
        source, target = [int(i) for i in bead.source], [int(i) for i in bead.target]
        stream.write(f"{source}:{target}\n".encode())
    return Written(len(alignment.beads))


def write_align_of_units(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write the beads of the pairs, English as the source; raises UsageError where their numbers are not known."""
    del settings
    count = 0
    for unit in units:
        if not (unit.en_sentences and unit.zh_sentences):
            message = "The pairs do not tell the numbers of their sentences, which are all that .align holds."
            raise UsageError(f"{message} Choose another format.")
        stream.write(f"{list(unit.en_sentences)}:{list(unit.zh_sentences)}\n".encode())
        count += 1
    return Written(count)
