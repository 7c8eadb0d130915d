"""XLSX: the rows of every sheet, with the values that the formulas had when the workbook was saved.

openpyxl reads it row by row, in little memory and whatever size a sheet claims to have. A merged cell has its text in
the first of the cells that it covers, so that texts come once and in their order; defusedxml, which openpyxl uses where
it is installed, refuses entities.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO
from zipfile import ZipFile

from aligner.data import Dropped
from aligner.errors import InputError
from aligner.reading.archives import damaged, open_archive, usual_form
from aligner.reading.kinds import XLSX
from aligner.reading.rows import Row, Table, table_of, together, unguarded

MOST_CELLS = 20_000_000
"""Cells looked at, empty ones too; a sheet may claim a cell in its last row and column alone."""

UNSAVED = "formulas without a saved result"
_BATCH = 500  # rows
_PIECE = 1 << 20  # bytes of a sheet that are searched at a time
# A cell with a formula and no value. One of the type "str" has an empty text for its result.
_NO_RESULT = re.compile(
    rb"<(?:\w+:)?c(?=[\s>])(?![^<>]*\st=[\"']str)[^<>]*>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that holds something; ``number`` counts on through the sheets, ``sheet`` is the place of its sheet."""

    sheet: int
    hidden: bool
    number: int
    cells: tuple[str, ...]


def read_xlsx_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read a workbook; hidden sheets are left out. Raises what ``open_workbook`` does."""
    del encoding  # the XML says it
    unsaved, rows = open_workbook(io.BytesIO(data), name)
    shown, skipped = [], []
    for row in rows:
        if row.hidden:
            skipped.append(Dropped(together(row.cells), row.number, "hidden sheet", source))
        else:
            shown.append(Row(row.number, row.cells))
    advice = "read as empty; open the workbook in a spreadsheet program and save it"
    notes = (f"{name}: {UNSAVED}, {advice}: {unsaved:,}",) if unsaved else ()
    return table_of(unguarded(shown), warnings=notes, skipped=skipped, source=source)


def open_workbook(stream: BinaryIO, name: str, *, limit: int | None = None) -> tuple[int, Iterator[SheetRow]]:
    """The number of formulas whose result the file does not hold, and the rows, which are read as they are asked for.

    ``limit`` is in bytes, see ``open_archive``. Raises InputError for what is no workbook, is damaged or too large.
    """
    with open_archive(stream, name, XLSX, limit=limit) as archive:
        try:
            unsaved = sum(_unsaved(archive, member) for member in archive.namelist() if "/worksheets/" in member)
        except Exception as error:  # whatever zipfile and zlib meet in a damaged archive
            raise damaged(name, XLSX) from error
        usual = usual_form(archive, stream, name, XLSX)
    return unsaved, _checked(_rows(usual, name), name)


def _checked(rows: Iterator[SheetRow], name: str) -> Iterator[SheetRow]:
    try:
        yield from rows
    except (InputError, GeneratorExit):
        raise
    except Exception as error:  # openpyxl raises whatever its own code meets in a damaged file
        raise damaged(name, XLSX) from error


def _rows(stream: BinaryIO, name: str) -> Iterator[SheetRow]:
    from openpyxl import load_workbook

    with _quiet():
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    before = cells = 0
    with closing(book):
        for place, sheet in enumerate(book.worksheets):
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            number = before
            for number, values in enumerate(_quietly(sheet.iter_rows(values_only=True)), before + 1):
                cells += len(values) + 1
                if cells > MOST_CELLS:
                    raise InputError(f"{name} spans more than {MOST_CELLS:,} cells. Save the two columns as .tsv.")
                if any(value is not None for value in values):
                    yield SheetRow(place, sheet.sheet_state != "visible", number, tuple(map(_text, values)))
            before = number


@contextmanager
def _quiet() -> Iterator[None]:
    """Without openpyxl's warnings about styles, extensions and dates that nobody needs here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _quietly(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The same rows; what asks for them in between keeps its warnings."""
    batch: list[tuple[Any, ...]] = [()]
    while batch:
        with _quiet():
            batch = list(islice(rows, _BATCH))
        yield from batch


def _text(value: Any) -> str:
    """A cell's value as text; the format writes control characters as ``_x0001_``, which openpyxl leaves."""
    if isinstance(value, str):
        return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, datetime) and value.time() == value.min.time():
        return str(value.date())
    return "" if value is None else str(value)


def _unsaved(archive: ZipFile, member: str) -> int:
    found, rest = 0, b""
    with archive.open(member) as sheet:
        while piece := sheet.read(_PIECE):
            whole, mark, rest = (rest + piece).rpartition(b"c>")
            found += len(_NO_RESULT.findall(whole + mark))
            rest = rest if mark else b""  # no cell is as long as a piece
    return found
