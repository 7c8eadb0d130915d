"""Reading: one function per input format, one table; a Document comes out whatever the format and encoding."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.data import Document, Line
from aligner.errors import InputError
from aligner.later import later
from aligner.reading.gathering import is_chinese
from aligner.reading.txt import read_sentence_lines, read_txt

if TYPE_CHECKING:
    from aligner.reading.rows import Table

__all__ = [
    "READERS",
    "SIZE_LIMIT",
    "TABLES",
    "XLIFF_SUFFIXES",
    "read_bytes",
    "read_document",
    "read_parallel",
    "read_sentences",
]

REVIEW_PROJECT = ".aligner"
XLIFF_SUFFIXES = (".xlf", ".xliff", ".sdlxliff", ".mqxliff")

Reader = Callable[[bytes, str, str | None, int], Document]
"""Called with the file's bytes, its name for messages, the encoding named by the user, and the ``source``."""

TableReader = Callable[[bytes, str, str | None, int], "Table"]
"""A reader of a format whose rows or units hold both languages side by side."""


def _as_document(read_table: TableReader) -> Reader:
    def read(data: bytes, name: str, encoding: str | None, source: int) -> Document:
        document: Document = _rows_document(read_table(data, name, encoding, source), name, source)
        return document

    return read


_rows_document = later("aligner.reading.rows", "rows_document")
_parallel_documents = later("aligner.reading.rows", "parallel_documents")
_read_ass = later("aligner.reading.subtitles", "read_ass")
_read_docx = later("aligner.reading.docx", "read_docx")
_read_epub = later("aligner.reading.epub", "read_epub")
_read_html = later("aligner.reading.html", "read_html")
_read_markdown = later("aligner.reading.markdown", "read_markdown")
_read_mhtml = later("aligner.reading.html", "read_mhtml")
_read_pdf = later("aligner.reading.pdf", "read_pdf")
_read_srt = later("aligner.reading.subtitles", "read_srt")
_read_vtt = later("aligner.reading.subtitles", "read_vtt")
_read_xliff_table = later("aligner.reading.xliff", "read_xliff_table")

TABLES: dict[str, TableReader] = {
    ".tsv": later("aligner.reading.tables", "read_tsv_table"),
    ".csv": later("aligner.reading.tables", "read_csv_table"),
    ".xlsx": later("aligner.reading.xlsx", "read_xlsx_table"),
    ".tmx": later("aligner.reading.tmx", "read_tmx_table"),
    **dict.fromkeys(XLIFF_SUFFIXES, _read_xliff_table),
}

READERS: dict[str, Reader] = {
    "": read_txt,
    ".txt": read_txt,
    ".text": read_txt,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
    ".mhtml": _read_mhtml,
    ".mht": _read_mhtml,
    ".docx": _read_docx,
    ".epub": _read_epub,
    ".pdf": _read_pdf,
    ".srt": _read_srt,
    ".vtt": _read_vtt,
    ".ass": _read_ass,
    ".ssa": _read_ass,
    **{suffix: _as_document(read_table) for suffix, read_table in TABLES.items()},
}

_WITHOUT_LINES = (_read_html, _read_mhtml, _read_docx, _read_epub, _read_pdf, _read_srt, _read_vtt, _read_ass)

SIZE_LIMIT = 1 << 30
"""Bytes in one file; more is a corpus rather than a document, and would not fit in an ordinary laptop's memory."""


def read_document(path: str | Path, *, encoding: str | None = None, source: int = 0) -> Document:
    """Read a file in the format that its suffix names.

    ``encoding`` is by default found out, and reported in the document's warnings unless it is UTF-8. ``source`` is 1
    for the second of two inputs. An empty file gives a document without lines. Raises InputError for a path that can't
    be read, an unknown suffix, binary or too much data, EncodingError, and UsageError for an unknown encoding.
    """
    data = _read_file(path)
    return read_bytes(data, str(path), suffix=Path(path).suffix, encoding=encoding, source=source)


def read_bytes(
    data: bytes, name: str, *, suffix: str = ".txt", encoding: str | None = None, source: int = 0
) -> Document:
    """Read what a file would hold, such as standard input; ``name`` stands for it in messages.

    Raises what ``read_document`` does.
    """
    reader = READERS.get(suffix.lower())
    if reader is None:
        if suffix.lower() == REVIEW_PROJECT:
            raise InputError(
                f"{name} is a review project. Open it with `aligner review` and export its pairs from there."
            )
        known = ", ".join(sorted(filter(None, READERS)))
        raise InputError(f"{name} has an unknown format, {suffix!r}. Convert it to one of these: {known}.")
    _check_size(len(data), name)
    return reader(data, name, encoding, source)


def read_sentences(path: str | Path, *, encoding: str | None = None, source: int = 0) -> Document:
    """Read a text file of any suffix with one sentence a line; ``lines[n]`` is the sentence with index n, blank or not.

    A format without lines gives a sentence for each of its paragraphs or cues. Raises what ``read_document`` does,
    except for the suffix.
    """
    if READERS.get(Path(path).suffix.lower()) in _WITHOUT_LINES:
        return _paragraph_lines(read_document(path, encoding=encoding, source=source))
    return read_sentence_lines(_read_file(path), str(path), encoding, source)


def _paragraph_lines(document: Document) -> Document:
    """The document with one line for each number: a cue of two lines becomes one."""
    lines: list[Line] = []
    for line in document.lines:
        if lines and lines[-1].number == line.number:
            space = "" if is_chinese(lines[-1].text) or is_chinese(line.text) else " "
            lines[-1] = replace(lines[-1], text=lines[-1].text + space + line.text)
        else:
            lines.append(line)
    return replace(document, lines=tuple(lines))


def read_parallel(path: str | Path, *, encoding: str | None = None) -> tuple[Document, Document]:
    """Read a format in ``TABLES`` as ready sentences: line n of both documents is row n, cells whole, blank ones too.

    The English document comes first. Raises what ``read_document`` does, and InputError where a language is missing.
    """
    name, read_table = str(path), TABLES[Path(path).suffix.lower()]
    table = read_table(_read_file(path), name, encoding, 0)
    if table.english is None or table.chinese is None:
        missing = "Chinese" if table.chinese is None else "English"
        raise InputError(f"{name} has no column of {missing} text. Give the two texts as two files.")
    documents: tuple[Document, Document] = _parallel_documents(table, name)
    return documents


def _read_file(path: str | Path) -> bytes:
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            _check_size(status.st_size, name)
            # A pipe or device has no size, and may have no end.
            data = file.read() if stat.S_ISREG(status.st_mode) else file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise InputError(f"{name} does not exist. Check the path.") from error
    except IsADirectoryError as error:
        raise InputError(f"{name} is a folder. Name a file in it, or give it to `aligner corpus`.") from error
    except PermissionError as error:
        raise InputError(f"{name} can't be opened: no permission to read it.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{name} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    _check_size(len(data), name)
    return data


def _check_size(size: int, name: str) -> None:
    if size > SIZE_LIMIT:
        raise InputError(f"{name} is larger than {SIZE_LIMIT >> 20:,} MiB. Split it and align the parts.")
