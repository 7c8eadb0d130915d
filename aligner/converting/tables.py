"""TSV and CSV with a line of column names, as our writers write them; others need columns ``en`` and ``zh``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from aligner.converting.fields import COLUMNS, Findings, column_names, unit_of
from aligner.data import Unit
from aligner.errors import InputError
from aligner.formulas import unguard
from aligner.reading.rows import is_guarded
from aligner.reading.tables import LONGEST_FIELD


def read_tsv(path: Path, findings: Findings) -> Iterator[Unit]:
    """Read lines of fields parted by tabs, nothing quoted."""
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        yield from _units((line.rstrip("\r\n").split("\t") for line in file), path, findings)


def read_csv(path: Path, findings: Findings) -> Iterator[Unit]:
    """Read comma-separated values, and take off the apostrophes by which ours guard against formulas."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open("rb") as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        try:
            rows = csv.reader(text, strict=True)
            header = next(rows, [])
            plain = ([unguard(cell) for cell in row] for row in rows) if is_guarded(header) else rows
            yield from _units(chain([header], plain), path, findings)
        except csv.Error as error:
            raise InputError(f"{path} is no sound CSV: {error}.") from error


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
