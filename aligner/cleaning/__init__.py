"""Cleaning: lines of a page become paragraphs in English and Chinese; what is neither is dropped with a reason.

Nothing is dropped here for looking like noise: a headline list or a navigation bar only gets a note of what it looks
like, and is dropped later if the other language holds no translation of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aligner.cleaning.gibberish import random_tail
from aligner.cleaning.language import split_by_language
from aligner.cleaning.looks import Look, looks_of
from aligner.cleaning.repeats import repeats_of
from aligner.cleaning.wrapping import Passage, join_lines
from aligner.data import Dropped, Line, Paragraph

__all__ = ["CleanText", "clean"]

NO_WORDS = "no English or Chinese words in it"
LABEL = "label in front of the line"
SEPARATOR = "separator between columns"
RANDOM = "random characters, put there to spoil copies"
MIXED_SHARE = 0.02  # of the passages of a page, most of which may be noise; on others the languages rarely share a line
FEWEST_MIXED = 3  # passages
_SEPARATOR = re.compile(r"[|/｜\-–—\s]{1,5}")


@dataclass(frozen=True)
class CleanText:
    """The paragraphs of a page in their order, both languages together, and what is certainly no text."""

    paragraphs: tuple[Paragraph, ...]
    dropped: tuple[Dropped, ...]


def clean(lines: Sequence[Line]) -> CleanText:
    """Join wrapped lines, sort the text by language, and note what looks like noise.

    Lines of which the reader knew the language are content, whatever they look like.
    """
    passages = list(join_lines(lines))
    languages = [passage.language or _language(passage) for passage in passages]
    both = languages.count("")
    mixed = both >= FEWEST_MIXED and both >= MIXED_SHARE * len(passages)
    looks = looks_of([passage.text for passage in passages], languages)
    repeats = repeats_of(passages)
    paragraphs: list[Paragraph] = []
    dropped: list[Dropped] = []
    for place, (passage, look) in enumerate(zip(passages, looks, strict=True)):
        if passage.language:
            paragraphs.append(_paragraph(passage, 0, len(passage.text), passage.language, ""))
            continue
        reason, repeated = repeats.get(place, ("", 0))
        dropped += _drop(passage, 0, repeated, reason)
        for start, end, language, why in _parts(passage.text, look, mixed, repeated):
            if language:
                paragraphs.append(_paragraph(passage, start, end, language, reason or look.reason))
            else:
                dropped += _drop(passage, start, end, why)
    return CleanText(tuple(paragraphs), tuple(dropped))


def _language(passage: Passage) -> str:
    """The one language of a passage, "" for both, "-" for neither."""
    found = {piece.language for piece in split_by_language(passage.text)} - {""}
    return "" if len(found) > 1 else next(iter(found), "-")


def _parts(text: str, look: Look, mixed: bool, repeated: int) -> Iterator[tuple[int, int, str, str]]:
    """Start, end and language of each part of a text but what is repeated; the reason to drop what has no language."""
    start = max(look.label, repeated)
    yield repeated, start, "", LABEL
    end = max(start, random_tail(text))
    for piece in split_by_language(text[start:end], mixed):
        separates = _SEPARATOR.fullmatch(piece.text) and piece.text.strip() != text.strip()
        yield (
            start,
            start + len(piece.text),
            piece.language,
            SEPARATOR if separates else NO_WORDS,
        )
        start += len(piece.text)
    yield end, len(text), "", RANDOM


def _paragraph(passage: Passage, start: int, end: int, language: str, noise: str) -> Paragraph:
    """Part of a passage as a paragraph, white space at its edges left out."""
    text = passage.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    inside = [(offset - start, line) for offset, line in passage.starts if start < offset < start + len(text)]
    return Paragraph(text, language, ((0, passage.line_at(start)), *inside), passage.source, noise)


def _drop(passage: Passage, start: int, end: int, reason: str) -> Iterator[Dropped]:
    """Part of a passage as dropped text, line by line."""
    edges = [
        start,
        *(offset for offset, _ in passage.starts if start < offset < end),
        end,
    ]
    for first, last in pairwise(edges):
        if text := passage.text[first:last].strip():
            yield Dropped(text, passage.line_at(first), reason, passage.source)
