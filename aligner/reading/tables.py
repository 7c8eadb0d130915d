"""TSV and CSV: a row a line, two of the columns the texts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from aligner.errors import InputError
from aligner.reading.encodings import decode
from aligner.reading.lines import unify_breaks
from aligner.reading.rows import Row, Table, table_of

_DELIMITERS = (",", ";", "\t")
_SAMPLE = 100  # rows that show which delimiter a CSV file has


def read_tsv_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read tab-separated values, quoted as spreadsheets do or not at all. Raises what ``decode`` does."""
    decoded = decode(data, name, encoding)
    text = unify_breaks(decoded.text)
    rows = _quoted_rows(text) if '"' in text else None
    if rows is None:
        lines = enumerate(text.split("\n"), 1)
        rows = [Row(number, tuple(line.split("\t"))) for number, line in lines]
    return table_of(rows, decoded.encoding, decoded.warnings, source=source)


def read_csv_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read values separated by commas, semicolons (as Excel writes in much of Europe) or tabs.

    Raises what ``decode`` does, and InputError for quotation marks that do not close.
    """
    decoded = decode(data, name, encoding)
    text = unify_breaks(decoded.text)
    try:
        rows = list(_rows(text, _delimiter(text), strict=True))
    except csv.Error as error:
        raise InputError(
            f"{name} is not CSV as spreadsheets write it: {error}. Mend the line, or save as .tsv."
        ) from error
    return table_of(rows, decoded.encoding, decoded.warnings, source=source)


def _rows(text: str, delimiter: str, *, strict: bool) -> Iterator[Row]:
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=strict)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise csv.Error(f"line {number}: {error}") from error
        yield Row(number, tuple(cells))
        number = reader.line_num + 1


def _lines(text: str) -> Iterator[str]:
    r"""The lines with their breaks; ``str.splitlines`` would break at more than ``\n``."""
    return (match.group() for match in re.finditer(r"[^\n]*\n|[^\n]+", text))


def _delimiter(text: str) -> str:
    """The delimiter that gives most rows of the same number of columns, at least two."""

    def agreement(delimiter: str) -> int:
        widths: dict[int, int] = {}
        try:
            for row, _ in zip(_rows(text, delimiter, strict=False), range(_SAMPLE), strict=False):
                widths[len(row.cells)] = widths.get(len(row.cells), 0) + 1
        except csv.Error:
            return 0
        return max((count for width, count in widths.items() if width > 1), default=0)

    return max(_DELIMITERS, key=agreement)


def _quoted_rows(text: str) -> list[Row] | None:
    """The rows of a TSV file whose fields are quoted where needed; None if its quotation marks are text.

    A sentence may begin and end with such marks. They are the format's if all fields follow its rules, and one of them
    holds what has to be quoted, or all are quoted.
    """
    try:
        rows = list(_rows(text, "\t", strict=True))
    except csv.Error:
        return None
    needed = '""' in text or any("\n" in cell or "\t" in cell for row in rows for cell in row.cells)
    fields = [field for line in text.split("\n") for field in line.split("\t") if field]
    return rows if needed or all(field.startswith('"') for field in fields) else None
