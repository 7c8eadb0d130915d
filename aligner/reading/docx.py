"""DOCX: paragraphs, tables, text boxes and notes in the order of the document.

python-docx opens the package: it knows where Word, LibreOffice and others put its parts. The text is read from the
XML that it parsed and not from its paragraph objects, which leave out what stands in content controls, in tracked
insertions and in text boxes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.data import Document, Language
from aligner.errors import InputError
from aligner.reading.archives import damaged, open_archive, usual_form
from aligner.reading.gathering import Gathering
from aligner.reading.kinds import DOCX
from aligner.reading.rows import Row, languages_of_cells
from aligner.reading.safe_xml import local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted and moved text is struck out on the page; a fallback repeats a text box for old programs; the text above ruby
# characters is a reading aid.
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback", "rt", "rPr", "pPr", "instrText", "delText"})
_CHARACTERS = {"tab": "\t", "br": "\v", "cr": "\v", "noBreakHyphen": "-", "ptab": "\t"}
_NOTES = ("footnotes", "endnotes")
_ASIDE = {"header": "page header", "footer": "page footer", "comments": "comment in the margin"}
_NO_NOTE = ("separator", "continuationSeparator", "continuationNotice")
_HIDDEN = "hidden text"
MOST_COLUMNS = 63  # of a table in Word; files may claim more


def read_docx(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read a Word document; line numbers count its paragraphs, a table's cell by cell, the notes after the text.

    Raises InputError for what is no Word document, is damaged, protected or too large.
    """
    del encoding  # the XML says it
    stream = io.BytesIO(data)
    with open_archive(stream, name, DOCX) as archive:
        body, parts = _open_package(usual_form(archive, stream, name, DOCX), name)
    gathering = Gathering(source)
    _gather(body, gathering)
    for kind, content in parts:
        root = parse_xml(content, name)
        if kind in _NOTES:
            for note in root:
                if note.get(f"{_W}type") not in _NO_NOTE:
                    _gather(note, gathering)
        else:
            for text in filter(None, map(_visible, root.iter(f"{_W}p"))):
                gathering.skip(text.replace("\v", " "), _ASIDE[kind])
    return gathering.document(name)


def _open_package(stream: BinaryIO, name: str) -> tuple[_Element, list[tuple[str, bytes]]]:
    """The main part, parsed, and what each other part is that holds text, with its bytes."""
    import docx

    try:
        part = docx.Document(stream).part
        body, others = part.element.body.getparent(), list(_other_parts(part))
    except (
        Exception
    ) as error:  # python-docx lets through whatever it meets: KeyError, zlib's and lxml's errors, its own
        raise damaged(name, DOCX) from error
    if body.getroottree().docinfo.doctype:
        raise InputError(f"{name} declares a document type, which no Word document does. It is refused.")
    return body, others


def _other_parts(part: Any) -> Iterator[tuple[str, bytes]]:
    """The parts that the main one refers to; notes come first."""
    found = []
    for relation in part.rels.values():
        kind = str(relation.reltype).rpartition("/")[2]
        if not relation.is_external and kind in (*_NOTES, *_ASIDE):
            found.append((kind, relation.target_part))
    for kind, other in sorted(found, key=lambda one: (one[0] not in _NOTES, str(one[1].partname))):
        yield kind, other.blob


def _gather(root: _Element, gathering: Gathering) -> None:
    """Add the paragraphs of a part, each followed by those of the text boxes that hang on it."""
    languages = {paragraph: code for table in root.iter(f"{_W}tbl") for paragraph, code in _languages(table)}
    for paragraph in root.iter(f"{_W}p"):
        if any(local(above) in _LEFT_OUT for above in paragraph.iterancestors()):
            continue
        gathering.add(_visible(paragraph), language=languages.get(paragraph, ""))
        gathering.skip(_text(paragraph, hidden=True), _HIDDEN)


def _languages(table: _Element) -> Iterator[tuple[_Element, Language]]:
    """The paragraphs of a table of two texts, and the languages they are in by their columns."""
    cells = [_cells(row) for row in table.iterchildren(f"{_W}tr")]
    width = max((place + 1 for row in cells for place in row), default=0)
    if width > MOST_COLUMNS:
        return
    rows = [
        Row(number, tuple("\n".join(map(_visible, row.get(place, ()))) for place in range(width)))
        for number, row in enumerate(cells)
    ]
    for row, languages in zip(cells, languages_of_cells(rows), strict=True):
        for place, code in languages.items():
            yield from ((paragraph, code) for paragraph in row.get(place, ()))


def _cells(row: _Element) -> dict[int, list[_Element]]:
    """The paragraphs of a row's cells by column; a cell may span several."""
    cells: dict[int, list[_Element]] = {}
    column = 0
    for cell in row.iterchildren(f"{_W}tc"):
        cells[column] = list(cell.iterchildren(f"{_W}p"))
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        value = span.get(f"{_W}val", "") if span is not None else ""
        column += int(value) if value.isdecimal() and len(value) < 3 else 1
    return cells


def _visible(paragraph: _Element) -> str:
    return _text(paragraph, hidden=False)


def _text(element: _Element, hidden: bool) -> str:
    """The text of a paragraph's runs that are hidden, or that are not, without that of text boxes in it."""
    parts: list[str] = []
    for child in element:
        tag = local(child)
        if tag in _LEFT_OUT or tag == "p":
            continue
        if tag == "r" and _is_hidden(child) != hidden:
            continue
        if tag == "t":
            parts.append(child.text or "")
        elif tag in _CHARACTERS:
            parts.append(_CHARACTERS[tag])
        else:
            parts.append(_text(child, hidden))
    return "".join(parts)


def _is_hidden(run: _Element) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val") not in ("0", "false", "off")
