"""Tables of two texts, and translation memories: rows whose cells go through as they are, in their order.

The rows say which texts belong together, but what they say is what aligner is asked to check. So a document's lines
are the cells one after the other, and the aligner pairs and scores them like any others: rows that are wrong, shifted
or of unequal length come out mended or dropped. What is taken from a row is that its texts are content, and which
language they are in: ``{{name}}`` or ``WeChat`` in the Chinese column is no noise. ``parallel_documents`` keeps each
cell whole, for --sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aligner.data import Document, Dropped, Language, Line
from aligner.formulas import unguard
from aligner.reading.gathering import HAN, Gathering

_LATIN = re.compile("[A-Za-z]")
_WORD = re.compile(rf"[A-Za-z]+|{HAN.pattern}")
_BREAK = re.compile(r"[\r\n\v\f\u2028\u2029]+")
_TITLE = re.compile(
    r"(en|eng|zh|chi|zho|cn|english|chinese|source|target|original|translation|text|segment|sentence"
    r"|英文?|英语|中文?|汉语|漢語|原文|译文|譯文|源语?|目标语?)"
    r"([\s_(（/:-].{0,20}|[_-]?[a-z]{2,4}|文本|句子|译文|原文)?",
    re.IGNORECASE,
)
_OURS = {"en", "zh", "confidence", "bead"}  # columns that stand together in no other program's tables
HEADER, OTHER_COLUMN = "header row", "outside the two text columns"
UNTRANSLATED = "not translated: the same text in both columns"
FEWEST_ROWS = 2  # with text in both columns, in a table within a document
FITTING = 0.7  # of them in two scripts; the others are names and placeholders, the same in both languages
LONGEST_NAME = 4  # words or Chinese characters that may well be the same in both languages


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, by column; ``number`` is the row's or unit's in the file, counted from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, the columns of the two texts if there are such (either may be None), and what else the file held."""

    rows: tuple[Row, ...]
    english: int | None
    chinese: int | None
    encoding: str = "utf-8"
    warnings: tuple[str, ...] = ()
    skipped: tuple[Dropped, ...] = ()

    @property
    def columns(self) -> tuple[int, ...]:
        """The text columns, in the order of the file."""
        return tuple(sorted(column for column in (self.english, self.chinese) if column is not None))


def table_of(
    rows: Sequence[Row],
    encoding: str = "utf-8",
    warnings: tuple[str, ...] = (),
    *,
    skipped: Sequence[Dropped] = (),
    source: int = 0,
) -> Table:
    """Find the text columns by the letters in them; the first row of several cells is a header if it names the texts.

    A row with a single cell is a heading, merged over the columns as a rule, and stays whatever its column is.
    """
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    header = next((row for row in rows if len(_filled(row)) > 1), None)  # titles may stand above it
    english, chinese = _text_columns([row for row in rows if row is not header] or rows)
    table = Table((), english, chinese)
    aside, body = list(skipped), []
    for row in rows:
        if row is header and _is_header(row, table.columns):
            aside.append(Dropped(together(row.cells), row.number, HEADER, source))
            continue
        kept, other = _split(row, table.columns)
        body.append(kept)
        if other:
            aside.append(Dropped(together(other), row.number, OTHER_COLUMN, source))
    return Table(tuple(body), english, chinese, encoding, warnings, tuple(aside))


def is_guarded(header: Sequence[str]) -> bool:
    """Whether a table with these titles is CSV of ours, so that apostrophes guard its texts against being formulas.

    They stay when a spreadsheet saves it in another format; our own XLSX has other titles, and needs none.
    """
    return {title.strip().lower() for title in header} >= _OURS


def unguarded(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without the apostrophes that our CSV has before what looks like a formula."""
    if not rows or not is_guarded(rows[0].cells):
        return rows
    return [Row(row.number, tuple(map(unguard, row.cells))) for row in rows]


def _split(row: Row, columns: Sequence[int]) -> tuple[Row, list[str]]:
    """The row with its text columns only, and the other cells that hold something."""
    filled = _filled(row)
    if len(filled) == 1 or not columns:
        return row, []
    other = [row.cells[place] for place in filled if place not in columns]
    kept = tuple(cell if place in columns else "" for place, cell in enumerate(row.cells))
    return Row(row.number, kept), other


def _filled(row: Row) -> list[int]:
    return [place for place, cell in enumerate(row.cells) if cell.strip()]


def _text_columns(rows: Iterable[Row]) -> tuple[int | None, int | None]:
    """The columns with the most English and the most Chinese, where the two are of unlike kinds.

    Text that stands twice in a row tells nothing: it is a name, or not yet translated.
    """
    latin: dict[int, int] = {}
    han: dict[int, int] = {}
    for row in rows:
        times = Counter(row.cells)
        for place, cell in enumerate(row.cells):
            if times[cell] > 1:
                continue
            latin[place] = latin.get(place, 0) + len(_LATIN.findall(cell))
            han[place] = han.get(place, 0) + len(HAN.findall(cell))
    english = [place for place in latin if _mostly(latin[place], han[place]) == "en"]
    chinese = [place for place in han if han[place] and place not in english]
    return (
        max(english, key=lambda place: latin[place], default=None),
        max(chinese, key=lambda place: han[place], default=None),
    )


def _is_header(row: Row, columns: Sequence[int]) -> bool:
    cells = [row.cells[place].strip() for place in columns if place < len(row.cells)]
    return len(cells) > 0 and all(not cell or _TITLE.fullmatch(cell) for cell in cells) and any(cells)


def together(cells: Iterable[str]) -> str:
    """Several cells in one line."""
    return " | ".join(_BREAK.sub(" ", cell).strip() for cell in cells if cell.strip())


def rows_document(table: Table, name: str, source: int) -> Document:
    """The cells one after the other, each a paragraph with the number of its row."""
    gathering = Gathering(source)
    for row in table.rows:
        if copy := _untranslated(row, table):
            gathering.skip(copy, UNTRANSLATED, row.number)
            continue
        languages = _languages(row, table)
        for place, cell in enumerate(row.cells):
            gathering.add(cell, row.number, language=languages.get(place, ""))
    lines, skipped = tuple(gathering.lines), (*gathering.skipped, *table.skipped)
    return Document(lines, name, table.encoding, table.warnings, skipped)


def _untranslated(row: Row, table: Table) -> str:
    """The text that both columns hold, as tools fill in what is not yet translated; names may be the same in both."""
    texts = {row.cells[column].strip() for column in table.columns if column < len(row.cells)}
    text = texts.pop() if len(texts) == 1 and len(table.columns) == 2 else ""
    return text if len(_WORD.findall(text)) > LONGEST_NAME else ""


def _languages(row: Row, table: Table) -> dict[int, Language]:
    """The language of each text of a row, by column: the column's, or the other where both texts are plainly swapped.

    Where there is no second text to go by, a cell is only known to be in the language of its script, if it has one.
    """
    columns = {column: code for column, code in ((table.english, "en"), (table.chinese, "zh")) if column is not None}
    scripts = {place: script_of(row.cells[place]) for place in _filled(row) if place in columns}
    if len(scripts) == 2:
        turned = all(script and script != columns[place] for place, script in scripts.items())
        return scripts if turned and not HAN.search(row.cells[table.chinese or 0]) else columns
    return {place: "" if _is_mixed(row.cells[place]) else script for place, script in scripts.items()}


def languages_of_cells(rows: Sequence[Row]) -> list[dict[int, Language]]:
    """For each row of a table within a document, the languages of its texts by column, as far as they are sure.

    They are where two columns are translations of each other by their scripts, but for a few rows; the table may as
    well hold figures, or give the page its layout.
    """
    table = table_of(rows)
    texts = {row.number: row for row in table.rows}
    both = [row for row in texts.values() if {*table.columns} <= {*_filled(row)}] if len(table.columns) == 2 else []
    fitting = sum(_differ(*(row.cells[column] for column in table.columns)) for row in both)
    if len(both) < FEWEST_ROWS or fitting < FITTING * len(both):
        return [{} for _ in rows]
    return [_languages(texts[row.number], table) if row.number in texts else {} for row in rows]


def _differ(one: str, other: str) -> bool:
    """Whether two texts are in two languages by their scripts."""
    return script_of(one) != script_of(other) or bool(HAN.search(one)) != bool(HAN.search(other))


def _is_mixed(text: str) -> bool:
    return bool(_LATIN.search(text) and HAN.search(text))


def script_of(text: str) -> Language:
    """The language that most of a text's letters are from; "" where there are none.

    >>> script_of("OPEC成员国的会议"), script_of("OPEC members (成员)"), script_of("12:30")
    ('zh', 'en', '')
    """
    return _mostly(len(_LATIN.findall(text)), len(HAN.findall(text)))


def _mostly(latin: int, han: int) -> Language:
    if not latin and not han:
        return ""
    return "en" if latin > 2 * han else "zh"  # a Chinese word has some two characters


def parallel_documents(table: Table, name: str) -> tuple[Document, Document]:
    """An English and a Chinese document of as many lines, a cell in each; line n of both is the n-th row of texts."""
    sides = []
    skipped = [*table.skipped]
    for row in table.rows:
        other = [cell for place, cell in enumerate(row.cells) if place not in table.columns and cell.strip()]
        skipped += [Dropped(together(other), row.number, OTHER_COLUMN)] if other else []
    for source, column in enumerate((table.english, table.chinese)):
        cells = (row.cells[column] if column is not None and column < len(row.cells) else "" for row in table.rows)
        lines = (Line(_BREAK.sub(" ", cell), i, source, True) for i, cell in enumerate(cells, 1))
        once = ((), ()) if source else (table.warnings, tuple(skipped))
        sides.append(Document(tuple(lines), name, table.encoding, *once))
    return sides[0], sides[1]
