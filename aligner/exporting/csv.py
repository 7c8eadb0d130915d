"""CSV: one pair a record, for Excel and other spreadsheets, guarded against text that they would run as a formula.

It is CSV by RFC 4180 in UTF-8, with the byte order mark without which Excel garbles Chinese.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.tsv import HEADER, TIMES, details
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import note_notes, with_first_timed
from aligner.formulas import guard

BYTE_ORDER_MARK = "\ufeff"


def write_csv(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    r"""Write UTF-8 with a byte order mark, records ended by ``\r\n``; tabs and line breaks within text stay."""
    del settings
    stream.write(BYTE_ORDER_MARK.encode())
    table = csv.writer(_Encoded(stream))
    units, timed = with_first_timed(units)
    table.writerow((*HEADER, *TIMES) if timed else HEADER)
    count = guards = surrogates = notes = 0
    for unit in units:
        en, en_surrogates = replace_surrogates(unit.en)
        zh, zh_surrogates = replace_surrogates(unit.zh)
        texts = (guard(en), guard(zh))
        table.writerow((*texts, *details(unit, timed)))
        count += 1
        guards += (texts[0] != en) + (texts[1] != zh)
        surrogates += en_surrogates + zh_surrogates
        notes += bool(unit.note)
    return Written(count, (*_guard_notes(guards), *surrogate_notes(surrogates), *note_notes(notes)))


class _Encoded:
    """What the csv module needs of a text file, on top of a binary one that stays open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.encode())


def _guard_notes(number: int) -> tuple[str, ...]:
    return (f"texts like a formula, with an apostrophe put before them: {number:,}",) if number else ()
