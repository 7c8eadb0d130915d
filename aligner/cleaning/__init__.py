"""Cleaning: lines of a page become paragraphs in English and Chinese; what is neither is dropped with a reason.

Nothing is dropped here for looking like noise: a headline list or a navigation bar only gets a note of what it looks
like, and is dropped later if the other language holds no translation of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aligner.cleaning.language import Piece, split_by_language
from aligner.cleaning.looks import Look, looks_of
from aligner.cleaning.wrapping import joined_runs
from aligner.data import Dropped, Line, Paragraph

__all__ = ["CleanText", "clean"]

NO_WORDS = "no English or Chinese words in it"
LABEL = "label in front of the line"
SEPARATOR = "separator between columns"
SEPARATORS = ("|", "/", "｜")


@dataclass(frozen=True)
class CleanText:
    """The paragraphs of a page in their order, both languages together, and what is certainly no text."""

    paragraphs: tuple[Paragraph, ...]
    dropped: tuple[Dropped, ...]


def clean(lines: Sequence[Line]) -> CleanText:
    """Sort the lines of a page by language, join wrapped lines, and note what looks like noise."""
    paragraphs: list[Paragraph] = []
    dropped: list[Dropped] = []
    filled = [line for line in lines if line.text.strip()]
    looks = looks_of(filled)
    for run in joined_runs(lines):
        pieces = list(_pieces(run, looks))
        dropped += _useless(pieces)
        paragraphs += _paragraphs([(piece, line, look) for piece, line, look in pieces if piece.language])
    return CleanText(tuple(paragraphs), tuple(dropped))


_Placed = tuple[Piece, Line, Look]


def _pieces(run: Sequence[Line], looks: dict[Line, Look]) -> Iterator[_Placed]:
    for line in run:
        look = looks[line]
        label, text = line.text[: look.label], line.text[look.label :]
        if label.strip():
            yield Piece(label, ""), line, look
        for piece in split_by_language(text):
            yield piece, line, look


def _useless(pieces: Sequence[_Placed]) -> Iterator[Dropped]:
    for piece, line, look in pieces:
        text = piece.text.strip()
        if text and not piece.language:
            label = look.label and line.text.startswith(piece.text)
            separator = text in SEPARATORS and text != line.text.strip()
            yield Dropped(text, line.number, LABEL if label else SEPARATOR if separator else NO_WORDS, line.source)


def _paragraphs(pieces: Sequence[_Placed]) -> list[Paragraph]:
    """Join neighbouring pieces of one language that come from successive lines of one run."""
    result: list[Paragraph] = []
    last_line: Line | None = None
    for piece, line, look in pieces:
        follows = result and result[-1].language == piece.language and last_line is not line
        if follows and not (look.reason or result[-1].noise):
            result[-1] = _append(result[-1], piece, line)
        else:
            text = piece.text.strip()
            result.append(Paragraph(text, piece.language, ((0, line.number),), line.source, look.reason))
        last_line = line
    return result


def _append(paragraph: Paragraph, piece: Piece, line: Line) -> Paragraph:
    space = "" if paragraph.language == "zh" and not (paragraph.text[-1:] + piece.text.strip()[:1]).isascii() else " "
    text = paragraph.text + space
    starts = (*paragraph.starts, (len(text), line.number))
    return Paragraph(text + piece.text.strip(), paragraph.language, starts, paragraph.source, paragraph.noise)
