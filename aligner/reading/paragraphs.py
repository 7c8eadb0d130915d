"""Printed lines become paragraphs: where a line ends only because the next word did not fit, it goes on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aligner.reading.printed import WIDE, PrintedLine

INDENT = 3.0  # of the size: lines that begin so near each other belong to one column, indented or not
PARAGRAPH_GAP = 1.35  # of the distance between lines
SMALLEST_LEADING = 0.7  # of the size; cells of one row may stand a little lower than each other
COMMON = 0.1  # of the distances between lines; the smallest such is that of lines, the others that of paragraphs
SAME_SIZE = 0.12  # of the size
NEIGHBOURS = 3  # line ends before and after one that tell whether the text around it is wrapped
WRAPPED = 0.5  # of them that end because the next word does not fit; nearly all in wrapped text, few in lists
SMALL = 0.3  # of the lines that go on; most words begin with a small letter, and each headline with a capital
FEWEST_LINES = 5  # that show it
LONGEST_WORD = 60  # letters; what is longer is no word
SOFT_HYPHENS = 2  # words divided at a line's end and whole elsewhere show that the printer divides words

_ENDED = re.compile("[.!?…。！？：:][\"'”’」』)）\\]】》]*$")
_ITEM = re.compile(r"[(（]?\d{1,3}[.)）、]|[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|[•·●▪■◆–-]\s")
_DIVIDED = re.compile(r"([A-Za-z]+)-$")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_LATIN = re.compile("[A-Za-z]")

_Column = tuple[int, int]
"""Size and left edge of lines, rounded: what is set in one width."""


@dataclass(frozen=True, slots=True)
class _Break:
    """Two lines that follow each other: ``below`` if the second stands right under the first, in the same column.

    ``unfinished`` says that the first ends in mid-sentence, ``full`` that the next word would not have fitted.
    """

    one: PrintedLine
    other: PrintedLine
    below: bool
    away: bool
    unfinished: bool
    full: bool


def paragraphs_of(pages: Sequence[Sequence[PrintedLine]]) -> Iterator[str]:
    """The text, a paragraph at a time; a paragraph may go on over a page's end."""
    breaks = _breaks(pages)
    goes_on = _judge(breaks)
    words = Counter(word.lower() for page in pages for line in page for word in _WORD.findall(line.text))
    groups = [[page[0].text] for page in pages if page][:1]
    for one, joined in zip(breaks, goes_on, strict=True):
        if joined:
            groups[-1].append(one.other.text)
        else:
            groups.append([one.other.text])
    divides = sum(_is_divided(a, b, words, False) for group in groups for a, b in pairwise(group)) >= SOFT_HYPHENS
    for group in groups:
        yield _heal(group, words, divides)


def _breaks(pages: Sequence[Sequence[PrintedLine]]) -> list[_Break]:
    """All pairs of lines that follow each other, on a page or over its end."""
    edges = _right_edges([line for page in pages for line in page])
    leadings = _leadings(pages)
    breaks = []
    before: PrintedLine | None = None
    for page in pages:
        for place, line in enumerate(page):
            if before is not None:
                distance = before.y - line.y if place else 0.0
                near = distance <= PARAGRAPH_GAP * leadings.get(round(before.size), distance)
                full = before.right + line.first_word > edges[_column(before)] - before.size / 10
                unfinished = not _ENDED.search(before.text)
                breaks.append(
                    _Break(
                        before, line, distance > SMALLEST_LEADING * line.size and near, distance <= 0, unfinished, full
                    )
                )
            before = line
    return breaks


def _column(line: PrintedLine) -> _Column:
    return round(line.size), int(line.left / (INDENT * max(line.size, 1)))


def _right_edges(lines: Sequence[PrintedLine]) -> dict[_Column, float]:
    """How far the lines of a column reach; a few that stick out into the margin do not count."""
    found: dict[_Column, list[float]] = defaultdict(list)
    for line in lines:
        size, place = _column(line)
        for near in (place - 1, place, place + 1):
            found[size, near].append(line.right)
    return {column: sorted(rights)[int(0.98 * (len(rights) - 1))] for column, rights in found.items()}


def _leadings(pages: Sequence[Sequence[PrintedLine]]) -> dict[int, float]:
    """The distance from a line to the next within a paragraph, for each size of letters."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for page in pages:
        for one, other in pairwise(page):
            if one.y - other.y > SMALLEST_LEADING * one.size and _same_size(one, other):
                found[round(one.size)][round(one.y - other.y)] += 1
    result = {}
    for size, counts in found.items():
        common = [distance for distance, count in counts.items() if count >= COMMON * counts.total()]
        if common:
            result[size] = float(min(common))
    return result


def _judge(breaks: Sequence[_Break]) -> list[bool]:
    """For each break, whether the second line goes on with the paragraph of the first.

    What the lines around it are like decides: in a list of headlines, lines end in mid-sentence wherever they end; and
    where all are of about one length, each begins with a capital.
    """
    telling: dict[_Column, list[int]] = defaultdict(list)
    for place, one in enumerate(breaks):
        if one.below and one.unfinished and _column(one.one) == _column(one.other):
            telling[_column(one.one)].append(place)
    wrapped = {column: list(_wrapped(breaks, places)) for column, places in telling.items()}
    lists = {column for column, places in wrapped.items() if not _flows([breaks[place].other for place in places])}
    full = {place for places in wrapped.values() for place in places}
    return [
        _may_join(one) and _joins(one, place in full, _column(one.one) not in lists) for place, one in enumerate(breaks)
    ]


def _wrapped(breaks: Sequence[_Break], places: Sequence[int]) -> Iterator[int]:
    """Those of a column's breaks, in order, around which most lines are full."""
    for index, place in enumerate(places):
        around = places[max(0, index - NEIGHBOURS) : index + NEIGHBOURS + 1]
        if breaks[place].full and sum(breaks[near].full for near in around) >= WRAPPED * len(around):
            yield place


def _flows(lines: Sequence[PrintedLine]) -> bool:
    """Whether lines that go on begin as words within a sentence do."""
    small = sum(line.text[0].islower() or _is_chinese(line.text) for line in lines)
    return len(lines) < FEWEST_LINES or small >= SMALL * len(lines)


def _may_join(one: _Break) -> bool:
    same_language = _is_chinese(one.one.text) == _is_chinese(one.other.text)
    return _same_size(one.one, one.other) and same_language and not _ITEM.match(one.other.text)


def _joins(one: _Break, wrapped: bool, flowing: bool) -> bool:
    if one.away:  # on another page or in another column
        return one.unfinished and one.full and flowing
    if not one.below:
        return False
    if one.unfinished:
        inside = _column(one.one) != _column(one.other)  # a hanging indent, or the end of one
        return one.other.text[0].islower() or (one.full and (wrapped or inside) and flowing)
    return one.full and flowing and one.other.left < one.one.left + one.one.size / 2


def _same_size(one: PrintedLine, other: PrintedLine) -> bool:
    return abs(one.size - other.size) <= SAME_SIZE * max(one.size, other.size)


def _is_chinese(text: str) -> bool:
    """Whether a line is Chinese rather than English with a Chinese name in it, or the reverse."""
    return 2 * len(WIDE.findall(text)) > len(_LATIN.findall(text))


def _heal(lines: Sequence[str], words: Counter[str], divides: bool) -> str:
    text = lines[0]
    for line in lines[1:]:
        if _is_divided(text, line, words, divides):
            text = text[:-1] + line
        elif WIDE.match(text[-1]) or WIDE.match(line) or _DIVIDED.search(text[-LONGEST_WORD:]):
            text += line
        else:
            text += " " + line
    return text


def _is_divided(text: str, line: str, words: Counter[str], otherwise: bool) -> bool:
    """Whether the hyphen at a line's end divides a word and is none of its own: the text has the word whole elsewhere.

    Where it has it neither whole nor with its hyphen, ``otherwise`` decides.
    """
    first, second = _DIVIDED.search(text[-LONGEST_WORD:]), _WORD.match(line)
    if not (first and second and line[0].islower()):
        return False
    start, end = first[1].lower(), second.group().split("-")[0].lower()
    if words[start + end]:
        return True
    return otherwise and not words[f"{start}-{end}"]
