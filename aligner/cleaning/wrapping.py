"""Paragraphs that an editor, a mail program or a PDF file broke into lines of about one width."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aligner.cleaning.language import language_of
from aligner.data import Language, Line

NARROWEST = 30  # columns: shorter lines are titles and lists, not wrapped text
WIDEST = 1000  # characters that are counted: no editor wraps so late
TOLERANCE = 16  # a line may end one part in so many too early: in a book font, letters differ in width
FEWEST = 4  # lines that show the width at which a page is wrapped
NOT_WIDER = 0.95  # of the lines; some may escape the wrapping
EXPLAINED = 0.35  # of the lines that end in mid-sentence before another; in a list of headlines that is 0.15 or so
ENDING = 0.5  # of the lines after full ones that end a sentence; in a list of headlines hardly one does
LARGEST_PASSAGE = 2000  # lines: so much in one paragraph is no paragraph

_FULL_STOP = re.compile("[.!?。！？…][\"'”’」』)）\\]】]*$")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")
_FIRST_WORD = re.compile(r"[!-~]+|.[，。！？；：、”’」』）》…]*")
_HYPHEN = re.compile(r"[a-z]-$")
_ITEM = re.compile(r"\s*(?:[(（]?\d{1,3}[.)）、\]]|[(（][一二三四五六七八九十]|[-–•·*★]\s|[\[【]|https?:)")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that are one paragraph, joined; ``starts`` holds (offset, line number) for each, the first at offset 0.

    ``language`` is set where the reader knew it.
    """

    text: str
    starts: tuple[tuple[int, int], ...]
    source: int = 0
    language: Language = ""

    def line_at(self, offset: int) -> int:
        """The number of the line on which the character at an offset stands."""
        return self.starts[bisect_right(self.starts, offset, key=lambda start: start[0]) - 1][1]


@dataclass(frozen=True, slots=True)
class _Measured:
    line: Line
    language: Language
    width: int
    first: int  # columns of its first word
    unfinished: bool

    @property
    def place(self) -> _Place:
        return self.line.source, self.language


def join_lines(lines: Sequence[Line]) -> Iterator[Passage]:
    """Yield the paragraphs of a page; a line that is a paragraph of its own is a passage too, a blank line is none.

    Lines are joined where the reader said so (``opens`` on the first only, a Markdown paragraph), where the first is
    full, and where the next goes on in lower case.
    """
    marked = {line.source for line in lines if line.opens}
    blocks = [[_measure(line) for line in block] for block in _blocks(lines)]
    widths = _wrapping_widths(blocks)
    for block in blocks:
        passage = block[:1]
        for one, other in pairwise(block):
            if len(passage) < LARGEST_PASSAGE and (one.line.source in marked or _goes_on(one, other, widths)):
                passage.append(other)
            else:
                yield _joined(passage)
                passage = [other]
        yield _joined(passage)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and (not line.text.strip() or line.opens or line.source != block[-1].source):
            yield block
            block = []
        if line.text.strip():
            block.append(line)
    if block:
        yield block


def _measure(line: Line) -> _Measured:
    shown = line.text.strip()[:WIDEST]
    first = _FIRST_WORD.match(shown)
    return _Measured(
        line, language_of(shown), _columns(shown), _columns(first.group()) if first else 0, not _ends(shown)
    )


def _columns(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))


def _ends(text: str) -> bool:
    return _FULL_STOP.search(text[-10:]) is not None


_Place = tuple[int, Language]
"""A source and a language: what is wrapped at one width."""


def _wrapping_widths(blocks: Sequence[Sequence[_Measured]]) -> dict[_Place, int]:
    """Find the width that explains where lines end in mid-sentence, for each place that is wrapped.

    Almost no line is wider, and it explains most lines, or where the lines that it explains come to an end, a sentence
    does: a page may also hold headlines that were never wrapped.
    """
    widths: dict[_Place, list[int]] = defaultdict(list)
    pairs: dict[_Place, list[tuple[_Measured, _Measured]]] = defaultdict(list)
    for block in blocks:
        for one in block:
            widths[one.place].append(one.width)
        for one, other in pairwise(block):
            if one.unfinished and one.width >= NARROWEST:
                pairs[one.place].append((one, other))
    result = {}
    for place, found in pairs.items():
        least = sorted(widths[place])[int(NOT_WIDER * (len(widths[place]) - 1))]
        rooms = {one.line.text: _room(one, other) for one, other in found}  # a repeated line counts once
        width, explained = _most_common(list(rooms.values()), least)
        if explained >= FEWEST and (explained >= EXPLAINED * len(rooms) or _ends_sentences(found, width)):
            result[place] = width
    return result


def _room(one: _Measured, other: _Measured) -> tuple[int, int]:
    """The widths, least and one too many, at which the first line ends because the next word does not fit."""
    return one.width, one.width + 1 + other.first + one.width // TOLERANCE


def _is_full(one: _Measured, other: _Measured, width: int) -> bool:
    low, high = _room(one, other)
    return low <= width < high


def _most_common(ranges: Sequence[tuple[int, int]], least: int) -> tuple[int, int]:
    """The number, not below ``least``, that lies in most of the ranges, and in how many."""
    ranges = [(max(low, least), high) for low, high in ranges if high > least]
    edges = sorted([(low, 1) for low, _ in ranges] + [(high, -1) for _, high in ranges])
    best, most, inside = 0, 0, 0
    for place, step in edges:
        inside += step
        if inside > most:
            best, most = place, inside
    return best, most


def _ends_sentences(pairs: Sequence[tuple[_Measured, _Measured]], width: int) -> bool:
    """Whether the lines after full lines mostly end a sentence, unless they are full themselves."""
    full = {id(one) for one, other in pairs if _is_full(one, other, width)}
    last = [other for one, other in pairs if id(one) in full and id(other) not in full]
    return sum(not other.unfinished for other in last) >= ENDING * len(last)


def _goes_on(one: _Measured, other: _Measured, widths: Mapping[_Place, int]) -> bool:
    """Whether the second line goes on with the paragraph of the first."""
    if one.width < NARROWEST or _ITEM.match(other.line.text):
        return False
    width = widths.get(one.place)
    if width is not None and _is_full(one, other, width):
        ends, begins = one.line.text.rstrip()[-1], other.line.text.lstrip()[0]
        return one.language == other.language or bool(_WIDE.match(ends)) == bool(_WIDE.match(begins))
    if not one.unfinished:
        return False
    lower = other.line.text.lstrip()[:1].islower()
    return lower and one.language == other.language == "en" and 3 * other.width <= 4 * one.width


def _joined(block: Sequence[_Measured]) -> Passage:
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for one in block:
        text = one.line.text.strip()
        space = _space(parts[-1], text) if parts else ""
        starts.append((length + len(space), one.line.number))
        parts.append(space + text)
        length += len(parts[-1])
    return Passage("".join(parts), tuple(starts), block[0].line.source, block[0].line.language)


def _space(text: str, following: str) -> str:
    """What takes the place of a line break: nothing beside Chinese and after a hyphen, else a space."""
    hyphenated = _HYPHEN.search(text) and following[0].islower()
    return "" if _WIDE.match(text[-1]) or _WIDE.match(following) or hyphenated else " "
