"""Disturbances inside the text: what copying from PDF files, word processors and guarded pages leaves in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from noisy_pages.noise import random_string
from noisy_pages.page import Part, Row

Mark = Callable[[Part, Random], Iterator[Part]]

NO_BREAK_BEFORE = "，。！？；：、”’」』）》…,.!?;:)"


def pdf_spaces(part: Part, random: Random) -> Iterator[Part]:
    """The line breaks of a PDF file as spaces inside Chinese."""
    width = random.randint(15, 40)
    for start in range(0, len(part.text), width):
        if start and part.side == "zh":
            yield Part(" ")
        yield replace(part, text=part.text[start : start + width])


def radicals(part: Part, random: Random) -> Iterator[Part]:
    """Kangxi radicals and compatibility characters in place of ordinary ones."""
    yield replace(part, text=part.text.translate(_look_alikes()))


@cache
def _look_alikes() -> dict[int, str]:
    result = {}
    for code in [*range(0xF900, 0xFA6A), *range(0x2F00, 0x2FD6)]:
        ordinary = unicodedata.normalize("NFKC", chr(code))
        if ordinary != chr(code):
            result[ord(ordinary)] = chr(code)
    return result


def soft_hyphens(part: Part, random: Random) -> Iterator[Part]:
    yield from _inserted(part, random, r"(?<=[a-z]{3})(?=[a-z]{3})", "\u00ad", 0.2)


def zero_width(part: Part, random: Random) -> Iterator[Part]:
    mark = random.choice(("\u200b", "\ufeff", "\u200d"))
    yield from _inserted(part, random, r"(?<=\S)(?=\S)", mark, 0.03)


def no_break_spaces(part: Part, random: Random) -> Iterator[Part]:
    yield replace(part, text=re.sub(" ", lambda _: random.choice(" \u00a0"), part.text))


def half_width(part: Part, random: Random) -> Iterator[Part]:
    """Half-width punctuation in Chinese."""
    table = str.maketrans("，！？：；（）", ",!?:;()") if part.side == "zh" else {}
    yield replace(part, text=part.text.translate(table))


def glossary_marks(part: Part, random: Random) -> Iterator[Part]:
    """Numbers and stars stuck to English words that a glossary explains."""
    if part.side != "en":
        yield part
        return
    style = random.choice(("{}", "[{}]", " [{}]", "★"))
    number = 0
    for piece in re.split(r"(?<=[a-z]{6})(?= )", part.text):
        yield replace(part, text=piece)
        if random.random() < 0.15:
            number += 1
            yield Part(style.format(number))


def copy_marks(part: Part, random: Random) -> Iterator[Part]:
    """Random characters at the end of some lines."""
    yield part
    if random.random() < 0.25:
        yield Part(random_string(random))


def _inserted(part: Part, random: Random, place: str, mark: str, share: float) -> Iterator[Part]:
    start = 0
    for match in re.finditer(place, part.text):
        if random.random() < share:
            yield replace(part, text=part.text[start : match.start()])
            yield Part(mark)
            start = match.start()
    yield replace(part, text=part.text[start:])


MARKS: dict[str, Mark] = {
    "PDF spaces": pdf_spaces,
    "radicals": radicals,
    "soft hyphens": soft_hyphens,
    "zero-width": zero_width,
    "no-break spaces": no_break_spaces,
    "half-width": half_width,
    "glossary marks": glossary_marks,
    "copy marks": copy_marks,
}


def disturb(row: Row, mark: str, random: Random) -> Row:
    """Put marks of one kind into the text of the articles in a row."""
    result: list[Part] = []
    last = max((place for place, part in enumerate(row) if part.side), default=-1)
    for place, part in enumerate(row):
        touched = part.side and (mark != "copy marks" or place == last)
        result += MARKS[mark](part, random) if touched else [part]
    return tuple(part for part in result if part.text)


def wrap(row: Row, width: int) -> list[Row]:
    """Break a row into rows of at most ``width`` columns: English between words, Chinese anywhere."""
    rows: list[list[Part]] = [[]]
    column = 0
    for token in _tokens(row):
        columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in token.text)
        if column and column + columns > width and token.text not in NO_BREAK_BEFORE:
            rows.append([])
            column = 0
        if column or not token.text.isspace():
            rows[-1].append(token)
            column += columns
    return [_merged(tokens) for tokens in rows if tokens]


def _tokens(row: Row) -> Iterator[Part]:
    for part in row:
        for token in re.findall(r"[!-~\u00a0-\u024f’]+|\s|.", part.text):
            yield replace(part, text=token)


def _merged(tokens: Sequence[Part]) -> Row:
    result: list[Part] = []
    for token in tokens:
        if result and replace(result[-1], text=token.text) == token:
            result[-1] = replace(token, text=result[-1].text + token.text)
        else:
            result.append(token)
    return tuple(result)
