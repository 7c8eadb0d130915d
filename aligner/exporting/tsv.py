"""TSV: one pair a line, for spreadsheets' import and for programs.

Fields are never quoted or escaped, since most programs that read TSV split at tabs: read it with quoting off
(``csv.QUOTE_NONE``). For the same reason text that a spreadsheet would take for a formula stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import confidence_text, note_notes, time_text, with_first_timed

HEADER = ("en", "zh", "confidence", "bead", "en_sentences", "zh_sentences")
TIMES = ("en_time", "zh_time")  # for subtitles only

# The tab and everything that str.splitlines, or a spreadsheet, takes for a line break.
_SEPARATOR = re.compile("\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


def write_tsv(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    r"""Write UTF-8 without a byte order mark, lines ended by ``\n``; tabs and line breaks within text become spaces."""
    del settings
    units, timed = with_first_timed(units)
    stream.write(("\t".join((*HEADER, *TIMES) if timed else HEADER) + "\n").encode())
    count = separators = surrogates = notes = 0
    for unit in units:
        en, en_separators, en_surrogates = one_line(unit.en)
        zh, zh_separators, zh_surrogates = one_line(unit.zh)
        count += 1
        separators += en_separators + zh_separators
        surrogates += en_surrogates + zh_surrogates
        notes += bool(unit.note)
        stream.write(("\t".join((en, zh, *details(unit, timed))) + "\n").encode())
    return Written(count, (*separator_notes(separators), *surrogate_notes(surrogates), *note_notes(notes)))


def details(unit: Unit, timed: bool = False) -> tuple[str, ...]:
    """The columns of a table beside the two texts: confidence, bead, English and Chinese sentences, and the times."""
    english, chinese = (",".join(map(str, numbers)) for numbers in (unit.en_sentences, unit.zh_sentences))
    times = (time_text(unit.en_time), time_text(unit.zh_time)) if timed else ()
    return confidence_text(unit), unit.bead, english, chinese, *times


def one_line(text: str) -> tuple[str, int, int]:
    """The text as a field of TSV or a line of a text file, and how many separators and surrogates were replaced."""
    text, separators = _SEPARATOR.subn(" ", text)
    text, surrogates = replace_surrogates(text)
    return text, separators, surrogates


def separator_notes(number: int) -> tuple[str, ...]:
    """The report on them, if there were any."""
    return (f"tabs and line breaks within text that became spaces: {number:,}",) if number else ()
