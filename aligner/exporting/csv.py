"""CSV: one pair a record, for Excel and other spreadsheets, guarded against text that they would run as a formula.

It is CSV by RFC 4180 in UTF-8, with the byte order mark without which Excel garbles Chinese.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.tsv import HEADER, TIMES, details
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import note_notes, with_first_timed

BYTE_ORDER_MARK = "\ufeff"

# What spreadsheets take for a formula: a sign, full-width ones too, even after white space, or a leading tab or line
# break (https://owasp.org/www-community/attacks/CSV_Injection). Text that has an apostrophe before it is guarded as
# well, so that every guard can be told from an apostrophe of the text's own.
_FORMULA = "(?:[\t\r\n]|[\\s\0-\x1f\ufeff]*[=+\\-@＝＋－＠])"
_GUARDED = re.compile(f"'+{_FORMULA}")
_TO_GUARD = re.compile(f"'*{_FORMULA}")


def guard(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could take it for a formula.

    >>> guard("=1+1"), guard("1+1=2"), guard("- 好的。")
    ("'=1+1", '1+1=2', "'- 好的。")
    """
    return f"'{text}" if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """What ``guard`` was given.

    >>> unguard(guard("'=1+1")), unguard("'Tis so.")
    ("'=1+1", "'Tis so.")
    """
    return text[1:] if _GUARDED.match(text) else text


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
