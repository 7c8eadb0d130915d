"""Moses: a pair of plain text files, a pair on each line, as trainers of machine translation read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.tsv import one_line, separator_notes
from aligner.exporting.unicode import surrogate_notes
from aligner.exporting.units import note_notes
from aligner.exporting.xml import blank_notes

PARTS = (".en", ".zh")


def write_moses(units: Iterable[Unit], streams: Sequence[BinaryIO], settings: ExportSettings) -> Written:
    r"""Write the English and the Chinese file: UTF-8, lines ended by ``\n``, tabs and line breaks made spaces.

    Pairs of which one side is blank are left out, since programs that read such files drop or trip over empty lines.
    """
    del settings
    english, chinese = streams
    count = separators = surrogates = notes = blank = 0
    for unit in units:
        en, en_separators, en_surrogates = one_line(unit.en)
        zh, zh_separators, zh_surrogates = one_line(unit.zh)
        if not (en.strip() and zh.strip()):
            blank += 1
            continue
        english.write(f"{en}\n".encode())
        chinese.write(f"{zh}\n".encode())
        count += 1
        separators += en_separators + zh_separators
        surrogates += en_surrogates + zh_surrogates
        notes += bool(unit.note)
    reports = (separator_notes(separators), surrogate_notes(surrogates), note_notes(notes), blank_notes(blank))
    return Written(count, tuple(note for report in reports for note in report))
