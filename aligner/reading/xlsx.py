"""XLSX: the rows of every sheet, with the values that the formulas had when the workbook was saved.

openpyxl reads it row by row, in little memory and whatever size a sheet claims to have. A merged cell has its text in
the first of the cells that it covers, so that texts come once and in their order; defusedxml, which openpyxl uses where
it is installed, refuses entities.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

from aligner.errors import InputError
from aligner.reading.archives import damaged, open_archive
from aligner.reading.kinds import XLSX
from aligner.reading.rows import Row, Table, table_of

MOST_CELLS = 20_000_000
"""Cells looked at, empty ones too; a sheet may claim a cell in its last row and column alone."""


def read_xlsx_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read a workbook; rows are counted on through its sheets. Raises InputError for damaged or too large ones."""
    del encoding  # the XML says it
    open_archive(data, name, XLSX).close()
    try:
        rows = list(_rows(data, name))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its own code meets in a damaged file
        raise damaged(name, XLSX) from error
    return table_of(rows, source=source)


def _rows(data: bytes, name: str) -> Iterator[Row]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that nobody needs here
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        before = cells = 0
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            number = before
            for number, values in enumerate(sheet.iter_rows(values_only=True), before + 1):
                cells += len(values) + 1
                if cells > MOST_CELLS:
                    raise InputError(f"{name} spans more than {MOST_CELLS:,} cells. Save the two columns as .tsv.")
                if any(value is not None for value in values):
                    yield Row(number, tuple(map(_text, values)))
            before = number
        book.close()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
