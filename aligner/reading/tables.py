"""TSV and CSV: a row a line, two of the columns the texts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from aligner.errors import InputError
from aligner.reading.encodings import decode
from aligner.reading.lines import unify_breaks
from aligner.reading.rows import Row, Table, table_of, unguarded

_DELIMITERS = (",", ";", "\t")
_TOLD = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)  # a line that Excel writes, and takes for an instruction
LONGEST_FIELD = 2**31 - 1  # the csv module would stop at 131,072 characters
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
        rows = list(delimited_rows(_lines(text), text))
    except csv.Error as error:
        raise InputError(
            f"{name} is not CSV as spreadsheets write it: {error}. Mend the line, or save as .tsv."
        ) from error
    return table_of(unguarded(rows), decoded.encoding, decoded.warnings, source=source)


def delimited_rows(lines: Iterable[str], start: str) -> Iterator[Row]:
    """The rows of CSV, whose delimiter ``start``, the beginning of the text, shows or tells.

    Raises csv.Error for quotation marks that do not close.
    """
    told = _TOLD.match(start)
    rows = _rows(lines, told[1] if told else _delimiter(start))
    if told:
        next(rows)
    return rows


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
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
    """The delimiter by whose rules the text is sound and gives most rows of one width, of two columns at least."""

    def fitness(delimiter: str) -> tuple[bool, float]:
        widths: list[int] = []
        try:
            widths += (len(row.cells) for row in islice(_rows(_lines(text), delimiter), _SAMPLE))
        except csv.Error:
            return False, 0.0
        most = max((widths.count(width) for width in set(widths) if width > 1), default=0)
        return True, most / max(1, len(widths))

    return max(_DELIMITERS, key=fitness)


def _quoted_rows(text: str) -> list[Row] | None:
    """The rows of a TSV file whose fields are quoted where needed; None if its quotation marks are text.

    A sentence may begin and end with such marks. They are the format's if all fields follow its rules, and one of them
    holds what has to be quoted, or all are quoted.
    """
    try:
        rows = list(_rows(_lines(text), "\t"))
    except csv.Error:
        return None
    needed = '""' in text or any("\n" in cell or "\t" in cell for row in rows for cell in row.cells)
    fields = [field for line in text.split("\n") for field in line.split("\t") if field]
    return rows if needed or all(field.startswith('"') for field in fields) else None
