"""TSV: one pair a line, for spreadsheets' import and for programs.

Fields are never quoted or escaped, since most programs that read TSV split at tabs: read it with quoting off
(``csv.QUOTE_NONE``). For the same reason text that a spreadsheet would take for a formula stays as it is.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from aligner.data import Alignment
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.sides import sides
from aligner.exporting.times import has_times, times, written_time
from aligner.exporting.unicode import replace_surrogates, surrogate_notes

HEADER = ("en", "zh", "confidence", "bead", "en_sentences", "zh_sentences")
TIMES = ("en_time", "zh_time")  # for subtitles only

# The tab and everything that str.splitlines, or a spreadsheet, takes for a line break.
_SEPARATOR = re.compile("\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


def write_tsv(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    r"""Write UTF-8 without a byte order mark, lines ended by ``\n``; tabs and line breaks within text become spaces."""
    del settings
    timed = has_times(alignment)
    stream.write(("\t".join((*HEADER, *TIMES) if timed else HEADER) + "\n").encode())
    separators = surrogates = 0
    for pair in alignment.pairs:
        bead = sides(alignment, pair.bead)
        en, en_separators, en_surrogates = _field(pair.en)
        zh, zh_separators, zh_surrogates = _field(pair.zh)
        separators += en_separators + zh_separators
        surrogates += en_surrogates + zh_surrogates
        row: tuple[str, ...] = (
            en,
            zh,
            f"{pair.confidence:.4f}",
            bead.kind,
            ",".join(map(str, bead.en)),
            ",".join(map(str, bead.zh)),
        )
        if timed:
            row = (*row, *(written_time(time) for time in times(alignment, pair.bead)))
        stream.write(("\t".join(row) + "\n").encode())
    notes = (f"tabs and line breaks within text that became spaces: {separators:,}",) if separators else ()
    return Written(len(alignment.pairs), (*notes, *surrogate_notes(surrogates)))


def _field(text: str) -> tuple[str, int, int]:
    text, separators = _SEPARATOR.subn(" ", text)
    text, surrogates = replace_surrogates(text)
    return text, separators, surrogates
