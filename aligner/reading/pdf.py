"""PDF with a text layer: paragraphs healed from the printed lines, running heads and page numbers left out.

pypdfium2 (Apache-2.0 or BSD-3-Clause, 9 MB, no dependencies) is Chromium's PDF engine: made for hostile files, it reads
Chinese fonts of all kinds and tells where each letter stands. No script of a file is run: the engine is built without
any.
"""

from __future__ import annotations

import ctypes
import io
import unicodedata
from collections.abc import Iterator
from math import hypot
from typing import Any

from aligner.data import Document
from aligner.errors import InputError
from aligner.reading.archives import damaged
from aligner.reading.gathering import Gathering
from aligner.reading.kinds import PDF, require
from aligner.reading.paragraphs import paragraphs_of
from aligner.reading.printed import Letter, PrintedLine, lines_of, split_running_heads

MOST_PAGES = 20_000
MOST_LETTERS = 20_000_000
UNREADABLE = 0.3  # share of letters that a font does not name above which the text is of no use
RUNNING_HEAD = "running head or foot of the pages"
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_SPACE, _LINE_BREAKS = 32, (10, 13)
# PDFium gives 2 for a hyphen at the end of a line. Where a font draws a radical and the character of the same shape
# alike, some programs write the radical.
_CHARACTERS = {2: "-"} | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


def read_pdf(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read a PDF; line numbers count its paragraphs.

    Raises InputError for what is no PDF, is damaged or protected by a password, or has no text layer.
    """
    del encoding  # the fonts say it
    require(io.BytesIO(data), name, PDF)
    pages = [lines_of(letters) for letters in _pages(data, name)]
    _check_text(pages, name)
    body, heads = split_running_heads(pages)
    gathering = Gathering(source)
    for paragraph in paragraphs_of(body):
        gathering.add(paragraph)
    for head in heads:
        gathering.skip(head.text, RUNNING_HEAD)
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    return gathering.document(name, warnings=(_missing_text(empty, name),) if empty else ())


def _missing_text(empty: list[int], name: str) -> str:
    shown = ", ".join(map(str, empty[:10])) + (", …" if len(empty) > 10 else "")
    return f"{name}: no text on page{'s' * (len(empty) > 1)} {shown}; a picture of text is not read"


def _check_text(pages: list[list[PrintedLine]], name: str) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    if not text.strip():
        raise InputError(
            f"{name} has no text layer: its pages are pictures, or blank. Put it through OCR first, such as OCRmyPDF."
        )
    unreadable = sum(unicodedata.category(char) in ("Co", "Cc", "Cn") or char == "\ufffd" for char in text)
    if unreadable > UNREADABLE * len(text):
        raise InputError(
            f"{name} can't be read: its fonts do not say which letters they draw. Put it through OCR, such as OCRmyPDF."
        )


def _pages(data: bytes, name: str) -> Iterator[list[Letter]]:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MOST_PAGES:
                raise InputError(f"{name} has more than {MOST_PAGES:,} pages. Split it and align the parts.")
            total = 0
            for page in document:
                letters = list(_letters(page))
                total += len(letters)
                if total > MOST_LETTERS:
                    raise InputError(f"{name} has more than {MOST_LETTERS:,} letters. Split it and align the parts.")
                yield letters
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            message = f"{name} is protected by a password. Save a copy without one, such as by printing it to a PDF."
            raise InputError(message) from error
        raise damaged(name, PDF) from error


def _letters(page: Any) -> Iterator[Letter]:
    """The letters of a page in the order in which it draws them, with their places in points from below left."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    handle = text_page.raw
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if not code or code in _LINE_BREAKS:
            continue
        raw.FPDFText_GetLooseCharBox(handle, index, box)
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        raw.FPDFText_GetMatrix(handle, index, matrix)
        size = raw.FPDFText_GetFontSize(handle, index) * hypot(matrix.c, matrix.d)
        generated = code == _SPACE and raw.FPDFText_IsGenerated(handle, index) == 1
        yield Letter(_CHARACTERS.get(code) or chr(code), x.value, y.value, box.right, size, generated)
    text_page.close()
    page.close()
