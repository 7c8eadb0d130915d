"""XLSX: the first sheet, its first row naming the columns as our writer does, or ``en`` and ``zh``."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aligner.converting.fields import Findings, require_columns, unit_of
from aligner.data import Unit
from aligner.errors import InputError
from aligner.exporting import tsv
from aligner.exporting.xlsx import COLUMNS, TIMES

LARGEST = 2_000_000_000  # bytes that a workbook may unpack to: a full sheet of long sentences has 500 million
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_NAMES = {
    title.lower(): name for (title, _), name in zip((*COLUMNS, *TIMES), (*tsv.HEADER, "note", *tsv.TIMES), strict=True)
}


def read_xlsx(path: Path, findings: Findings) -> Iterator[Unit]:
    """Read row by row; raises InputError for what is no sound workbook, or unpacks to more than ``LARGEST``."""
    try:
        _check_size(path)
        workbook = _load(path)
        try:
            yield from _units(workbook.worksheets[0], path, findings)
        finally:
            workbook.close()
    except (InputError, OSError):
        raise
    except Exception as error:  # zipfile and openpyxl let through whatever goes wrong in them
        raise InputError(f"{path} is no sound XLSX file: {error}") from error


def _load(path: Path) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every feature, such as styles, that it does not know
        return load_workbook(path, read_only=True, data_only=True, keep_links=False)


def _units(sheet: Any, path: Path, findings: Findings) -> Iterator[Unit]:
    sheet.reset_dimensions()  # some programs write wrong ones
    rows = sheet.iter_rows(values_only=True)
    titles = [_text(value).strip().lower() for value in next(rows, ())]
    names = [_NAMES.get(title, title) for title in titles]
    require_columns(names, path)
    for row in rows:
        cells = [_text(value) for value in row]
        if any(cell.strip() for cell in cells):
            yield unit_of(dict(zip(names, cells, strict=False)), findings)


def _text(value: object) -> str:
    """A cell's value as text; the format writes control characters as ``_x0001_``, which openpyxl leaves."""
    if value is None:
        return ""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value) if isinstance(value, str) else str(value)


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST:
        raise InputError(f"{path} would unpack to {size:,} bytes, more than the {LARGEST:,} that are read.")
