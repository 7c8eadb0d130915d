"""XLSX: the first sheet that holds anything, its first row naming the columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from aligner.converting.fields import Findings, column_names, unit_of
from aligner.data import Unit
from aligner.formulas import unguard
from aligner.reading.rows import is_guarded
from aligner.reading.xlsx import UNSAVED, open_workbook

LARGEST = 2_000_000_000  # bytes that a workbook may unpack to: a full sheet of long sentences has 500 million


def read_xlsx(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read row by row; raises InputError for what is no sound workbook, or unpacks to more than ``LARGEST``."""
    del encoding  # the XML says it
    with path.open("rb") as stream:
        unsaved, found = open_workbook(stream, str(path), limit=LARGEST)
        findings.passed_over[UNSAVED] += unsaved
        rows = (row for row in found if not row.hidden)
        header = next(rows, None)
        titles = header.cells if header else ()
        names = column_names(titles, path)
        plain = unguard if is_guarded(titles) else str
        for row in takewhile(lambda row: header is not None and row.sheet == header.sheet, rows):
            if any(cell.strip() for cell in row.cells):
                yield unit_of(dict(zip(names, map(plain, row.cells), strict=False)), findings)
