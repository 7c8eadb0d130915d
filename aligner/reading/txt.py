"""Plain text: every line of the file is a Line, blank ones too, since they part paragraphs."""

from __future__ import annotations

from aligner.data import Document, Line
from aligner.reading.encodings import decode
from aligner.reading.lines import numbered_lines, split_softly

_HTML = ("<!doctype html", "<html")


def read_txt(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read plain text; see ``lines`` for what breaks a line. Raises what ``decode`` does."""
    decoded = decode(data, name, encoding)
    lines = [Line(text, number, source) for number, text in enumerate(numbered_lines(decoded.text), start=1)]
    parts = tuple(part for line in lines for part in split_softly(line))
    return Document(parts, name, decoded.encoding, (*decoded.warnings, *_looks_like_html(decoded.text, name)))


def _looks_like_html(text: str, name: str) -> tuple[str, ...]:
    start = text[:100].lstrip().lower()
    return (f"{name}: looks like a web page; give it the suffix .html",) if start.startswith(_HTML) else ()


def read_sentence_lines(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    r"""Read text with one sentence a line: line n of the file is ``lines[n - 1]``, whatever it holds.

    Only ``\n``, ``\r\n`` and ``\r`` break lines, as in the programs that write such files. Raises what ``decode`` does.
    """
    decoded = decode(data, name, encoding)
    lines = (Line(text, number, source, True) for number, text in enumerate(numbered_lines(decoded.text), start=1))
    return Document(tuple(lines), name, decoded.encoding, decoded.warnings)
