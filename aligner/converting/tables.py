"""TSV and CSV, the first line naming the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from aligner.converting.fields import COLUMNS, Findings, column_names, unit_of
from aligner.converting.texts import open_text
from aligner.data import Unit
from aligner.errors import InputError
from aligner.formulas import unguard
from aligner.reading.rows import Row, is_guarded
from aligner.reading.tables import delimited_rows


def read_tsv(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read lines of fields parted by tabs, nothing quoted."""
    text, _ = open_text(path, findings, encoding)
    with text:
        yield from _units((line.rstrip("\r\n").split("\t") for line in text), path, findings)


def read_csv(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read values separated by commas, semicolons or tabs, and take off the apostrophes that guard ours."""
    text, start = open_text(path, findings, encoding, newline="")
    with text:
        try:
            yield from _units(_unguarded(delimited_rows(text, start)), path, findings)
        except csv.Error as error:
            raise InputError(f"{path} is no sound CSV: {error}.") from error


def _unguarded(rows: Iterator[Row]) -> Iterator[Sequence[str]]:
    header = next(rows, Row(1, ()))
    yield header.cells
    plain = unguard if is_guarded(header.cells) else str
    yield from ([plain(cell) for cell in row.cells] for row in rows)


def _units(rows: Iterable[Sequence[str]], path: Path, findings: Findings) -> Iterator[Unit]:
    rest = iter(rows)
    names = column_names(next(rest, []), path)
    unknown = [name for name in names if name not in COLUMNS]
    for row in rest:
        if any(cell.strip() for cell in row):
            findings.passed_over["rows with more fields than columns"] += len(row) > len(names)
            yield unit_of(dict(zip(names, row, strict=False)), findings)
    if unknown:
        findings.passed_over[f"columns that mean nothing here ({', '.join(unknown)})"] += len(unknown)
