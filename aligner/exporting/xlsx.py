"""XLSX, for people who review pairs: coloured confidence, a filter in a frozen header, and room for notes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from math import ceil
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.data import Unit
from aligner.errors import OutputError
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.tsv import details
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import with_first_timed
from aligner.formulas import guard

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (  # title, width in characters
    ("English", 70),
    ("Chinese", 50),
    ("Confidence", 13),
    ("Bead", 8),
    ("English sentences", 19),
    ("Chinese sentences", 19),
    ("Note", 40),
)
SURE, LIKELY = 0.9, 0.7  # the table on the terminal is coloured by the same limits
COLOURS = (  # rule, background, text: Excel's own colours for good, neutral and bad
    ({"criteria": ">=", "value": SURE}, "#C6EFCE", "#006100"),
    ({"criteria": ">=", "value": LIKELY}, "#FFEB9C", "#7F6000"),
    ({"criteria": "<", "value": LIKELY}, "#FFC7CE", "#9C0006"),
)
LINE_HEIGHT, HIGHEST_ROW = 15.0, 405.0  # points; the format allows 409
MOST_ROWS = 1_048_576  # the format's own limits
LONGEST_CELL = 32_767  # UTF-16 code units
# Characters that take the room of two Latin ones.
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U0001f300-\U0003fffd]"
)
TIMES = (("English time", 26), ("Chinese time", 26))  # after the others, for subtitles only
UNDATED = datetime(1980, 1, 1)  # the earliest that a ZIP archive can tell; without a date the file would hold today's


def write_xlsx(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write one sheet; text is never a formula or a link, and memory does not grow with the file.

    Texts too long for a cell are cut, and counted in the notes. Raises OutputError for more pairs than a sheet holds.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # The sheet is gathered in temporary files: a stream need not be seekable, and may fail at any time.
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as spool:
        workbook = Workbook(spool, {"constant_memory": True, "tmpdir": folder})
        workbook.use_zip64()
        title, _ = replace_surrogates(settings.title)
        workbook.set_properties({"title": title, "created": settings.created or UNDATED})
        written = _write_sheet(workbook, units)
        try:
            workbook.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
        spool.seek(0)
        copyfileobj(spool, stream)
    return written


def _write_sheet(workbook: Workbook, units: Iterable[Unit]) -> Written:
    sheet = workbook.add_worksheet("Pairs")
    formats = _formats(workbook)
    units, timed = with_first_timed(units)
    columns = (*COLUMNS, *TIMES) if timed else COLUMNS
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats["header"])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    count = surrogates = cut = 0
    for unit in units:
        count += 1
        if count >= MOST_ROWS:
            raise OutputError(f"An XLSX file holds at most {MOST_ROWS - 1:,} pairs. Write CSV or Parquet instead.")
        texts = [_cell(text) for text in (unit.en, unit.zh, unit.note)]
        surrogates += sum(replaced for _, replaced, _ in texts)
        cut += sum(was_cut for _, _, was_cut in texts)
        _write_row(sheet, count, unit, [text for text, _, _ in texts], formats)
    _add_tools(workbook, sheet, count, len(columns))
    notes = (f"texts cut to the {LONGEST_CELL:,} characters that a cell holds: {cut:,}",) if cut else ()
    return Written(count, (*notes, *surrogate_notes(surrogates)))


def _formats(workbook: Workbook) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top"}
    return {
        "header": workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F2F2"}),
        "text": workbook.add_format(wrapped),
        # As if typed after an apostrophe: it stays text even when somebody edits the cell.
        "formula": workbook.add_format(wrapped | {"quote_prefix": True}),
        "confidence": workbook.add_format({"num_format": "0.00", "valign": "top", "align": "center"}),
        "detail": workbook.add_format({"valign": "top", "align": "center", "quote_prefix": True}),
    }


def _write_row(sheet: Worksheet, row: int, unit: Unit, texts: list[str], formats: dict[str, Any]) -> None:
    _, *counts = details(unit, timed=True)
    lines = max(_lines(text, COLUMNS[column][1]) for text, column in zip(texts, (0, 1, 6), strict=True))
    if lines > 1:  # Excel would find the height out itself, LibreOffice would not
        sheet.set_row(row, min(lines * LINE_HEIGHT, HIGHEST_ROW))
    for column, text in ((0, texts[0]), (1, texts[1]), (6, texts[2])):
        if text:
            sheet.write_string(row, column, text, formats["text" if guard(text) == text else "formula"])
        else:
            sheet.write_blank(row, column, None, formats["text"])
    if unit.confidence is not None:
        sheet.write_number(row, 2, round(unit.confidence, 4), formats["confidence"])
    for column, text in zip((3, 4, 5, 7, 8), counts, strict=True):
        if text:
            sheet.write_string(row, column, text, formats["detail"])


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes in a column: some room at the ends of lines is lost to whole words."""
    if len(text) < width // 2:
        return 1 + text.count("\n")
    parts = text.split("\n")
    return sum(max(1, ceil(1.1 * (len(part) + len(_WIDE.findall(part))) / width)) for part in parts)


def _add_tools(workbook: Workbook, sheet: Worksheet, last: int, columns: int) -> None:
    """Add the filter and the colours."""
    sheet.autofilter(0, 0, last, columns - 1)
    if not last:
        return
    # A confidence that is not known is not a low one.
    sheet.conditional_format(1, 2, last, 2, {"type": "blanks", "stop_if_true": True})
    for rule, background, text in COLOURS:
        look = workbook.add_format({"bg_color": background, "font_color": text})
        sheet.conditional_format(1, 2, last, 2, {"type": "cell", "format": look, "stop_if_true": True, **rule})
    sheet.ignore_errors({"number_stored_as_text": f"A2:G{last + 1}"})


def _cell(text: str) -> tuple[str, int, bool]:
    """The text as a cell can hold it, how many surrogates were replaced, and whether it was cut."""
    text, replaced = replace_surrogates(text)
    if len(text) <= LONGEST_CELL // 2:  # however many of them lie beyond the basic plane
        return text, replaced, False
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text, replaced, False
    return units[: 2 * LONGEST_CELL].decode("utf-16-le", errors="ignore"), replaced, True
